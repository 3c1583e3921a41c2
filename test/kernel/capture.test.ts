import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksIn, INTERFACE_STATISTICS } from '../../src/observe/capture/pcapng.js';
import type { CaptureRow } from '../../src/observe/shown.js';
import { Background } from '../support/background.js';
import { describeKernel, run, until } from '../support/kernel.js';
import { MAIN, sharedLab, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const LAB = `
links: { red: {}, core: {}, blue: { mtu: 1400 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, core: { address: 10.1.0.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 10.1.0.2 }]
  r2:
    interfaces: { core: { address: 10.1.0.2/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 10.1.0.1 }]
capture:
  - { name: drops, file: drops.pcapng, only: drops }
`;

describeKernel('capture', ['capinfos', 'ping', 'tcpdump', 'tshark', 'unshare'], () => {
  const lab = sharedLab(LAB);

  /** What is captured while a host does something: what tshark says of each frame. */
  const captured = async (
    command: string,
    fields: readonly string[],
    ...words: readonly string[]
  ): Promise<readonly string[][]> => {
    const file = join(lab().folder, `${Math.random()}.pcapng`);
    const capture = new Background([
      process.execPath,
      MAIN,
      '-n',
      lab().name,
      'capture',
      '-w',
      file,
      ...words,
    ]);
    try {
      await until(() => capture.stderr.includes('capturing'), 10_000, 'the capture to begin');
      await lab().on('alice', command);
      await until(
        async () =>
          (await lab().show<readonly CaptureRow[]>('captures')).some(
            (row) => row.file === file && row.packets > 0,
          ),
        10_000,
        'a frame',
      );
      capture.signal('SIGINT');
      expect(await capture.ended()).toBe(0);
    } finally {
      await capture.stop();
    }
    // The statistics, which come when it is told to end.
    expect([...blocksIn(readFileSync(file))].at(-1)?.type).toBe(INTERFACE_STATISTICS);
    for (const reader of [
      ['capinfos', file],
      ['tcpdump', '-n', '-r', file],
    ])
      expect(await run(reader[0]!, reader.slice(1))).toMatchObject({ code: 0 });
    return rowsOf(file, fields);
  };

  it('shows each passage with its TTL and direction, and one id on all hops', async () => {
    const rows = await captured(
      'ping -c 1 -W 5 203.0.113.10',
      ['frame.interface_name', 'frame.packet_flags_direction', 'ip.ttl', 'frame.packet_id'],
      '--match',
      'source=198.51.100.10 protocol=icmp',
    );
    const [id] = rows.map((row) => row[3]);
    expect(rows).toEqual([
      ['r1.red', '0x00000001', '64', id],
      ['r1.core', '0x00000002', '63', id],
      ['r2.core', '0x00000001', '63', id],
      ['r2.blue', '0x00000002', '62', id],
    ]);
  });

  it('is read as it happens, and ends after so many frames', async () => {
    const words = `${process.execPath} ${MAIN} -n ${lab().name} capture -i r1.red -c 2 -w - | tshark -n -l -r -`;
    const reader = new Background(['sh', '-c', words]);
    try {
      await until(() => reader.stderr.includes('capturing'), 10_000, 'the capture to begin');
      await lab().on('alice', 'ping -c 1 -W 5 203.0.113.10');
      await until(() => reader.stdout.includes('Echo (ping) reply'), 10_000, 'tshark to show the reply');
      expect(await reader.ended()).toBe(0);
    } finally {
      await reader.stop();
    }
  });

  it('K10: the IGMP of each interface is in it', async () => {
    const rows = await captured(
      `ip addr add 239.1.2.3/32 dev ${await device()} autojoin`,
      ['frame.interface_name', '_ws.col.Info'],
      '--match',
      'protocol=igmp interface=r1.red',
    );
    expect(rows[0]?.[0]).toBe('r1.red');
    expect(rows[0]?.[1]).toContain('239.1.2.3');
  });

  it('of the file has the drops, and why', async () => {
    await lab().on('alice', 'ping -c 1 -W 5 -M do -s 1400 203.0.113.10');
    const file = join(lab().folder, 'drops.pcapng');
    const rows = await until(
      async () => {
        const all = await rowsOf(file, ['frame.interface_name', 'frame.comment']);
        return all.find(([, comment]) => comment?.startsWith('drop: would-fragment'));
      },
      10_000,
      'the frame to be written',
    );
    expect(rows?.[0]).toBe('r2.core');
    const [row] = await lab().shown<readonly CaptureRow[]>('captures');
    expect(row).toMatchObject({ name: 'drops', file, only: 'drops', lostPackets: 0 });

    // Somebody removes it: it is there again with the next drop, and whoever watches is told.
    const monitor = new Background([
      ...[process.execPath, MAIN, '-n', lab().name, 'monitor', '-j', '--type', 'config'],
    ]);
    try {
      await until(() => monitor.stderr !== '', 10_000, 'the monitor to begin');
      rmSync(file);
      await lab().on('alice', 'ping -c 1 -W 5 203.0.113.99');
      const record = JSON.parse((await monitor.printed(/^.*warning.*$/m))[0]);
      expect(record).toMatchObject({ type: 'config', event: 'warning' });
      expect(record.message).toBe(`the file of the capture drops was removed: ${file} is begun anew`);
      expect(lab().process.stderr).toContain(record.message);
      const again = () => rowsOf(file, ['frame.comment']).then((rows) => rows.length);
      await expect.poll(again, { timeout: 10_000 }).toBe(1);
    } finally {
      await monitor.stop();
    }
  });

  it('loses what a full disk does not take, counts it, and leaves files that can be read', async () => {
    const folder = join(lab().folder, 'small');
    mkdirSync(folder);
    const words = [process.execPath, MAIN, '-j', '-n', lab().name, 'capture', '-w', `${folder}/a.pcapng`];
    // Room for one file, and not for the beginning of another one.
    const script = `mount -t tmpfs -o size=100k tmpfs ${folder}
      ${words.join(' ')} --rotate 100kB --keep 2 --duration 2s; code=$?
      for file in ${folder}/*; do tcpdump -n -r $file 2>/dev/null | wc -l >&2; done; exit $code`;
    const capture = new Background(['unshare', '-m', 'sh', '-c', script]);
    try {
      await until(() => capture.stderr.includes('capturing'), 10_000, 'the capture to begin');
      await lab().on('alice', 'ping -c 60 -i 0.002 -s 1200 -W 5 203.0.113.10');
      await until(() => capture.stderr.includes('no space left'), 10_000, 'a full disk');
      expect(await capture.ended()).toBe(0);
    } finally {
      await capture.stop();
    }
    const { packets, lostPackets } = JSON.parse(capture.stdout) as CaptureRow;
    expect(lostPackets).toBeGreaterThan(0);
    expect(packets).toBe(Number(/^\d+$/m.exec(capture.stderr)?.[0]));
  });

  it('begins no interface twice, and counts nothing twice, on a disk that is full for a while', async () => {
    const folder = join(lab().folder, 'tiny');
    mkdirSync(folder);
    const script = `mount -t tmpfs -o size=64k tmpfs ${folder} && exec ${process.execPath} --input-type=module -e "$0" ${folder}`;
    const { code, stdout, stderr } = await run('unshare', ['-m', 'sh', '-c', script, FULL_FOR_A_WHILE]);
    expect([code, stderr]).toEqual([0, '']);
    const { given, lost, files, interfaces, inFile, isWhole } = JSON.parse(stdout);
    expect(lost).toBeGreaterThan(0);
    expect(inFile).toBe(given - lost);
    expect({ files, interfaces, isWhole }).toEqual({ files: ['a.pcapng'], interfaces: 2, isWhole: true });
  });

  it('says so where standard output is a full disk, and ends with 4', async () => {
    const capture = new Background([
      ...['sh', '-c', 'exec "$@" >/dev/full', 'sh', process.execPath, MAIN],
      ...['-n', lab().name, 'capture', '-w', '-'],
    ]);
    try {
      expect(await capture.ended()).toBe(4);
      expect(capture.stderr).toContain('standard output cannot be written');
    } finally {
      await capture.stop();
    }
  });

  it('keeps neither itself nor the lab from ending where a reader is stuck', () =>
    withLab(ONE_LINK, async (own) => {
      const pipe = join(own.folder, 'pipe');
      await run('mkfifo', [pipe]);
      const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
      const capturing = () =>
        new Background([
          ...['sh', '-c', `exec "$@" >${pipe}`, 'sh', process.execPath, MAIN],
          ...['-n', own.name, 'capture', '-w', '-'],
        ]);
      // One waits for somebody who reads, the other does not even take what the lab sends.
      const [unread, deaf] = [capturing(), capturing()];
      try {
        for (const each of [unread, deaf])
          await until(() => each.stderr.includes('capturing'), 10_000, 'the capture to begin');
        deaf.signal('SIGSTOP');
        await own.on('alice', 'ping -q -c 300 -i 0.002 -l 100 -s 1400 198.51.100.1');
        unread.signal('SIGINT');
        own.process.signal('SIGTERM');
        await unread.ended(10_000);
        expect(await own.process.ended(10_000)).toBe(0);
      } finally {
        await Promise.all([unread.kill(), deaf.kill()]);
        closeSync(reader);
      }
    }));

  it('stands in the list of interfaces that Wireshark asks for', async () => {
    const { stdout } = await lab().tunpike('extcap', '--extcap-interfaces');
    expect(stdout).toContain(`interface {value=tunpike-${lab().name}:r1.red}`);
  });

  it('refuses what it cannot do, and says what can be done', async () => {
    for (const [words, code] of [
      [['-w', '/dev/full'], 6],
      [[], 2],
      [['-w', 'a', '--keep', '3'], 2],
      [['-w', 'a', '--match', 'ttl=1'], 2],
    ] as const)
      expect((await lab().tunpike('capture', ...words)).code).toBe(code);
  });

  const device = async (): Promise<string> => {
    const { stdout } = await lab().on('alice', 'ip -br link show type tun');
    return stdout.split(/\s+/)[0]!;
  };
});

/** Fills a disk, with a new interface in the middle of what has no room, and makes room again. */
const FULL_FOR_A_WHILE = `
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
const { CaptureFile } = await import('${join(dirname(MAIN), 'observe/capture/capture-file.js')}');
const { blocksIn, countedIn, interfaceDescription, sectionHeader } =
  await import('${join(dirname(MAIN), 'observe/capture/pcapng.js')}');
const folder = process.argv[1];
const file = CaptureFile.prepare({ path: folder + '/a.pcapng' });
file.publish();
file.keep();
const frame = new Uint8Array(Uint32Array.of(6, 64, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 64).buffer);
const frames = (count) => Buffer.concat(Array.from({ length: count }, () => frame));
const description = (name) => interfaceDescription(name, name, 96);
const write = (...blocks) => new Promise((resolve) => file.write(Buffer.concat(blocks), resolve));
let [given, lost] = [0, 0];
const add = async (count, ...before) => {
  given += before.length === 2 ? 2 * count : count;
  const result = await write(...(before.length === 2 ? [frames(count), before[1], frames(count)] : [...before, frames(count)]));
  lost += result.frames;
};
writeFileSync(folder + '/ballast', Buffer.alloc(48_000));
await add(10, sectionHeader('tunpike test'));
await add(1, description('r1.red'));
await add(300, null, description('r1.blue'));
await add(5);
rmSync(folder + '/ballast');
for (let before = -1; before !== lost; ) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  before = lost;
  await add(7);
}
await file.close();
const octets = readFileSync(folder + '/a.pcapng');
const blocks = [...blocksIn(octets)];
console.log(JSON.stringify({
  given, lost, files: readdirSync(folder), inFile: countedIn(octets).frames,
  interfaces: blocks.filter(({ type }) => type === 1).length,
  isWhole: blocks.at(-1).to === octets.length,
}));
`;

const rowsOf = async (file: string, fields: readonly string[]): Promise<readonly string[][]> => {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', file, '-T', 'fields', ...wanted]);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
};
