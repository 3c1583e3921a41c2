import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel } from '../support/kernel.js';
import { freshName, MAIN, tunpike } from '../support/lab.js';
import { twoLinks } from '../support/topologies.js';

describeKernel('tunpike test', ['ping'], () => {
  const name = freshName();
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tptest-'));
    file = join(folder, 'lab.yaml');
    // Both would be in the way of a second run, and the device would stay.
    const text = twoLinks().replace('routes: [default] } } }', 'routes: [default], persistent: true } } }');
    writeFileSync(
      file,
      `version: 1\nname: ${name}\nhttp: { listen: "127.0.0.1:19476" }\ncontrol: { socket: ${folder}/lab.sock }\n${text}`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const commandLines = (): readonly string[] =>
    readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        } catch {
          return '';
        }
      });
  const leftovers = (): readonly string[] =>
    ['/run/netns', '/run/tunpike']
      .filter(existsSync)
      .flatMap((each) => readdirSync(each))
      .filter((each) => each.startsWith(name));
  const run = (...words: readonly string[]) => tunpike(['test', file, '--host', 'alice', ...words]);

  it('gives the output and the exit code of the program, and leaves nothing', async () => {
    const { code, stdout, stderr } = await run('--', 'ping', '-n', '-c', '1', '203.0.113.10');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ttl=63');
    expect((await run('--', 'sh', '-c', 'exit 5')).code).toBe(5);
    expect(leftovers()).toEqual([]);
  });

  it('runs several at once, each in a lab of its own', async () => {
    const script = 'echo $TUNPIKE_NAME; ping -n -q -c 3 -i 0.2 203.0.113.10';
    const runs = await Promise.all([1, 2, 3].map(() => run('--', 'sh', '-c', script)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(new Set(runs.map(({ stdout }) => stdout.split('\n')[0])).size).toBe(3);
    expect(leftovers()).toEqual([]);
  });

  it('tells what happened where the program fails, and keeps the evidence', async () => {
    const evidence = join(folder, 'evidence');
    const { code, stderr } = await run(
      '--evidence',
      evidence,
      '--',
      'ping',
      '-c',
      '1',
      '-W',
      '1',
      '10.9.9.9',
    );
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines[0]).toMatch(/^alice: ping .* ended with exit code 1 after /);
    expect(stderr).toContain('drop r1.red no-route: icmp 198.51.100.10 > 10.9.9.9, 84 octets');
    expect(stderr).toContain('net-unreachable');
    const drops = JSON.parse(readFileSync(join(evidence, 'drops.json'), 'utf8'));
    expect(drops).toMatchObject([{ interface: 'r1.red', reason: 'no-route', packets: 1 }]);
    const events = readFileSync(join(evidence, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line).type)).toContain('drop');
    const capture = readFileSync(join(evidence, 'capture.pcapng'));
    expect(capture.includes('drop: no-route')).toBe(true);
    // What succeeds leaves no evidence, of an earlier run neither.
    expect((await run('--evidence', evidence, '--', 'true')).code).toBe(0);
    expect(readdirSync(evidence)).toEqual([]);
  });

  it('ends what takes too long, and what the program has left running', async () => {
    const script = 'sleep 61.7 & sleep 61.7';
    const { code, stdout } = await run('--timeout', '300ms', '-j', '--', 'sh', '-c', script);
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({ host: 'alice', exitCode: 8, timedOut: true });
    expect(leftovers()).toEqual([]);
    expect(commandLines()).not.toContain('sleep\x0061.7\0');
  });

  it('ends what runs on in a lab of many hosts, whichever host that is on', async () => {
    const hosts = Array.from(
      { length: 300 },
      (_, i) => `  h${i}: { interfaces: { red: { address: 10.0.${1 + (i >> 7)}.${i % 128}/16 } } }\n`,
    );
    const many = join(folder, 'many.yaml');
    const routers = 'routers: { r1: { interfaces: { red: { address: 10.0.0.1/16 } } } }\n';
    writeFileSync(many, `version: 1\nname: ${name}\nlinks: { red: {} }\nhosts:\n${hosts.join('')}${routers}`);
    const left = 'setsid sleep 62.7 >/dev/null 2>&1 </dev/null &';
    const { code } = await tunpike(['test', many, '--host', 'h299', '--', 'sh', '-c', `${left} true`]);
    expect(code).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(commandLines()).not.toContain('sleep\x0062.7\0');
  });

  it('changes nothing where something else than a file is in the place of evidence', async () => {
    const evidence = join(folder, 'taken');
    mkdirSync(evidence);
    symlinkSync(file, join(evidence, 'events.jsonl'));
    const { code, stdout, stderr } = await run('--evidence', evidence, '--', 'echo', 'it ran');
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('events.jsonl cannot be written as evidence: it is a symbolic link');
    expect(lstatSync(join(evidence, 'events.jsonl')).isSymbolicLink()).toBe(true);
  });

  it('refuses files of others under the names of the evidence before the lab starts', async () => {
    const evidence = join(folder, 'others');
    mkdirSync(evidence);
    for (const each of ['capture.pcapng', 'drops.json', 'events.jsonl'])
      writeFileSync(join(evidence, each), 'mine\n');
    const { code, stdout, stderr } = await run('--evidence', evidence, '--', 'echo', 'it ran');
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('capture.pcapng exists already, and is no evidence of an earlier run\nfix: ');
    for (const each of readdirSync(evidence))
      expect(readFileSync(join(evidence, each), 'utf8')).toBe('mine\n');
  });

  it.each([
    ['a link', 'rm -r ev; ln -s "$PWD/victim" ev'],
    ['another folder', 'rm -r ev; mkdir ev'],
    ['another folder, and its own was moved away', 'mv ev moved; mkdir ev'],
  ])('writes into no other folder that the program has put in its place: %s', async (_, swap) => {
    const inner = mkdtempSync(join(folder, 'swap-'));
    mkdirSync(join(inner, 'victim'));
    // The second datagram finds the capture written.
    const ping = 'ping -n -q -c 1 203.0.113.10';
    const script = `cd ${inner}; ${swap}; ${ping}; sleep 0.3; ${ping}`;
    for (const end of ['true', 'exit 3']) {
      rmSync(join(inner, 'ev'), { recursive: true, force: true });
      rmSync(join(inner, 'moved'), { recursive: true, force: true });
      const words = ['--evidence', join(inner, 'ev'), '--', 'sh', '-c', `${script}; ${end}`];
      const { code, stderr } = await run(...words);
      expect(code).toBe(end === 'true' ? 0 : 3);
      if (end !== 'true') expect(stderr).toContain('does not get the evidence: somebody has put another');
      for (const each of readdirSync(inner)) expect(readdirSync(join(inner, each))).toEqual([]);
    }
  });

  it('ends with the code of the program where it has put links into the place of the evidence', async () => {
    const evidence = join(folder, 'linked');
    const script = `ln -s ${file} ${evidence}/drops.json; exit 5`;
    const before = readFileSync(file, 'utf8');
    const { code, stderr } = await run('--evidence', evidence, '--', 'sh', '-c', script);
    expect(code).toBe(5);
    expect(stderr).toContain('drops.json cannot be evidence: it is a symbolic link');
    expect(stderr).toMatch(/^evidence: \S+capture.pcapng \S+events.jsonl$/m);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each(['SIGTERM', 'SIGXCPU'] as const)(
    'passes %s on to the program, and takes the lab down after it',
    async (signal) => {
      const trap = `trap 'echo got it; exit 42' ${signal.slice(3)}`;
      const script = `${trap}; echo waiting; while :; do sleep 0.05; done`;
      const program = new Background([
        process.execPath,
        ...[MAIN, 'test', file, '--host', 'alice', '--', 'sh', '-c', script],
      ]);
      try {
        await program.printed(/waiting/);
        program.signal(signal);
        expect(await program.ended()).toBe(42);
        expect(program.stdout).toContain('got it');
        expect(leftovers()).toEqual([]);
      } finally {
        await program.stop();
      }
    },
  );

  it('takes the lab down, and says why, where something in it fails that nobody expected', async () => {
    const fault = join(folder, 'fault.mjs');
    const isTest = "process.argv[2] === 'test'";
    writeFileSync(fault, `if (${isTest}) setTimeout(() => { throw new Error('what nobody caught') }, 1500);`);
    const words = ['test', file, '--host', 'alice', '--', 'sleep', '30'];
    const environment = { ...process.env, NODE_OPTIONS: `--import=${fault}` };
    const program = new Background([process.execPath, MAIN, ...words], environment);
    try {
      expect(await program.ended()).toBe(70);
      expect(program.stderr).toContain('what nobody caught');
      expect(leftovers()).toEqual([]);
    } finally {
      await program.stop();
    }
  });

  it('needs no root', async () => {
    const { code, stdout } = await run('--rootless', '--', 'ping', '-n', '-c', '1', '203.0.113.10');
    expect(stdout).toContain('ttl=63');
    expect(code).toBe(0);
  });

  it('says what is wrong with its words', async () => {
    expect((await run('--timeout', '3', '--', 'true')).code).toBe(2);
    const { code, stderr } = await tunpike(['test', file, '--host', 'alcie', '--', 'true']);
    expect(code).toBe(2);
    expect(stderr).toContain('alice bob');
    expect((await tunpike(['test', join(folder, 'none.yaml'), '--', 'true'])).code).toBe(3);
  });
});
