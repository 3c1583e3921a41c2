import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHOWN } from '../../src/observe/shown.js';
import { type StandingInstance, standInstance } from './instance.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');

/** What such a command may load of others. */
const PACKAGES = ['commander'];
/** What it has no use for, of ours: the configuration, and whatever moves datagrams. */
const ROOMS = ['config', 'icmp', 'ip', 'lab', 'link', 'router', 'runtime', 'tun'];

let instance: StandingInstance;
let folder: string;

beforeEach(async () => {
  instance = await standInstance();
  folder = mkdtempSync(join(tmpdir(), 'tpstart-'));
});

afterEach(async () => {
  await instance.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command line to its end, and gives the files of ours and the packages that it has loaded. */
const loadedBy = async (line: string): Promise<{ rooms: string[]; packages: string[] }> => {
  const env = { ...instance.env, NODE_V8_COVERAGE: folder };
  const child = spawn(process.execPath, [MAIN, ...line.split(' ')], { env, timeout: 20_000 });
  let said = '';
  const hear = (text: unknown): void => {
    said += text;
    if (said.includes('following')) child.kill('SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code, said).toBe(0);
  const urls = readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
  const firstOf = (folders: string): string[] => [
    ...new Set(urls.flatMap((url) => url.split(`${ROOT}/${folders}/`)[1]?.split('/')[0] ?? [])),
  ];
  return { rooms: firstOf('dist'), packages: firstOf('node_modules') };
};

describe.skipIf(!existsSync(MAIN))('a command that asks a running lab', () => {
  it.each([
    ...Object.keys(SHOWN).map((what) => `show ${what}`),
    'show status -j',
    'filter list',
    'show routes -j',
    'exec alice -- true',
    'ping -c 1 --from r1 198.51.100.2 -j',
    'ping -c 1 --from r1 198.51.100.2',
    'ping -c 1 -n -q --from r1 r2',
    'igmp query r1.red',
    'igmp query r1.red --group 239.1.2.3 --max-response 1s',
    'monitor',
    'monitor --type drop --match destination=239.0.0.0/8',
    'down',
    '--version',
    'completion bash',
    'complete -- exec a',
    'ls',
    'show routes 198.51.100.10 -r r1',
  ])('loads no more than it needs: %s', async (line) => {
    const { rooms, packages } = await loadedBy(line);
    expect(rooms).toContain('cli');
    expect(packages).toContain('commander');
    expect(packages.filter((each) => !PACKAGES.includes(each))).toEqual([]);
    expect(rooms.filter((each) => ROOMS.includes(each))).toEqual([]);
  });

  it('is told by TUNPIKE_NAME which lab is meant', () => {
    const env = { ...instance.env, TUNPIKE_NAME: 'other' };
    const told = spawnSync(process.execPath, [MAIN, 'show', 'status'], { env, encoding: 'utf8' });
    expect([told.status, told.stderr]).toEqual([5, expect.stringContaining('no instance other')]);
  });

  it('is seen to load more where it does', async () => {
    const { rooms, packages } = await loadedBy('schema');
    expect(rooms).toContain('config');
    expect(packages).toContain('zod');
  });

  it.each([
    ['ping -n 198.51.100.2 -c 1 --from r1', /^PING 198.*\n64 bytes from 198\.51\.100\.2: icmp_seq=1/, 0],
    [
      'ping -qnc1 r2 --from r1',
      /^PING r2 \(198\.51\.100\.2\) .*\n\n--- r2 ping statistics ---\n1 packets/,
      0,
    ],
    ['ping r1.red -w 0.3 -i 0.05 --from r2 -q', /\n\d packets transmitted, \d received, 0% packet loss/, 0],
    ['ping r1 -w 0.2 -i 0.05 -c 2 --from r2', /\n2 packets transmitted, 2 received/, 0],
    ['ping r1 -w 0.2 -i 0.05 -c 1000 --from r2 -q', /packets transmitted/, 1],
    ['ping bob', /has no host or router 'bob'/, 2],
    ['ping r11', /did you mean r1\?/, 2],
    ['ping 198.51.100.256', /198\.51\.100\.256/, 2],
  ])('pings as iputils do: %s', async (line, says, code) => {
    const child = spawn(process.execPath, [MAIN, ...line.split(' ')], { env: instance.env, timeout: 10_000 });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(code);
    expect(said).toMatch(says);
  });

  it('ends quietly when nobody reads it any more: ping', async () => {
    const script = `"${process.execPath}" "${MAIN}" ping --from r1 198.51.100.2 -i 0.01 | head -2`;
    const child = spawn('bash', ['-c', script], { env: instance.env, timeout: 10_000 });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(said).toMatch(/^PING .*\n64 bytes from .*\n$/);
  });
});
