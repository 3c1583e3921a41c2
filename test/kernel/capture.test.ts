import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksIn, INTERFACE_STATISTICS } from '../../src/observe/capture/pcapng.js';
import type { CaptureRow } from '../../src/observe/shown.js';
import { Background } from '../support/background.js';
import { describeKernel, run, until } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';

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

const rowsOf = async (file: string, fields: readonly string[]): Promise<readonly string[][]> => {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', file, '-T', 'fields', ...wanted]);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
};
