import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

let folder: string;

const tunpike = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [MAIN, ...argv], { encoding: 'utf8', cwd: folder, timeout: 20_000 });

describe.skipIf(!existsSync(MAIN))('the program as it is built', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tpcli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('begins with the line that makes it a command', () => {
    expect(readFileSync(MAIN, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.each([20, 22, 25])('says what to do where it may open %i files only', (limit) => {
    const argv = ['-c', `ulimit -n ${limit}; exec "$@"`, 'bash', process.execPath, MAIN, 'show', 'routes'];
    const { status, stderr } = spawnSync('bash', argv, { encoding: 'utf8' });
    expect(stderr).toMatch(/^error: .* enough open files .*\nfix: ulimit -n 1024\n$/);
    expect(status).toBe(4);
  });

  it('begins no line of what it says with the name of a file', () => {
    const { stdout, stderr } = tunpike('init', 'a\nb.yaml');
    expect(stdout).toBe('wrote a\\nb.yaml\n');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('reads no table of routes from a folder', () => {
    const argv = ['-c', `exec "$@" < /`, 'bash', process.execPath, MAIN, 'route', 'add', '-'];
    const { status, stderr } = spawnSync('bash', argv, { encoding: 'utf8' });
    expect(stderr).toContain('cannot read stdin: it is a directory');
    expect(status).toBe(3);
  });

  it('loads none of the heavy packages for --version', () => {
    const coverage = join(folder, 'coverage');
    const env = { ...process.env, NODE_V8_COVERAGE: coverage };
    execFileSync(process.execPath, [MAIN, '--version'], { env });
    const scripts = readdirSync(coverage)
      .map((file) => readFileSync(join(coverage, file), 'utf8'))
      .join('\n');
    expect(scripts).toContain('node_modules/commander/');
    expect(scripts).not.toMatch(/node_modules\/(zod|yaml|pino|json-rpc-2.0|cli-table3|koffi)\//);
  });

  it('ends with the exit code of the command', () => {
    expect(tunpike('nothing').status).toBe(2);
    expect(tunpike('--version').status).toBe(0);
  });

  it('is quiet where the reader of its answer goes away', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `${process.execPath} ${MAIN} completion bash | head -c 1`],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });

  it('names the file that is not there, without a stack trace', () => {
    for (const command of ['check', 'plan', 'up']) {
      const { status, stderr } = tunpike(command, 'absent.yaml');
      expect(status).toBe(3);
      expect(stderr).toContain('cannot read absent.yaml: no such file (ENOENT)');
      expect(stderr).not.toMatch(/^\s+at /m);
      const none = tunpike(command);
      expect(none.status).toBe(3);
      expect(none.stderr).toContain('tunpike init');
    }
  });

  it('writes a configuration that it finds fine, and never writes over one', () => {
    expect(tunpike('init', 'new.yaml').status).toBe(0);
    expect(tunpike('check', 'new.yaml', '--strict')).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(tunpike('check', 'new.yaml', '-j').stdout)).toEqual([]);
    const before = readFileSync(join(folder, 'new.yaml'), 'utf8');
    expect(tunpike('init', 'new.yaml').status).toBe(6);
    expect(readFileSync(join(folder, 'new.yaml'), 'utf8')).toBe(before);
  });

  it.each(['--minimal', '--full'])('prints a %s configuration that it finds fine', (flag) => {
    const { stdout } = tunpike('init', '-', flag);
    const checked = spawnSync(process.execPath, [MAIN, 'check', '-'], { input: stdout, encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('warns of what an RFC advises against, which is an error where it is to be strict', () => {
    const router = 'r1: { interfaces: { red: { address: 10.0.0.1/24, igmp: { robustness: 1 } } } }';
    const host = 'a: { interfaces: { red: { address: 10.0.0.2/24 } } }';
    writeFileSync(
      join(folder, 'weak.yaml'),
      `version: 1\nlinks: { red: {} }\nhosts: { ${host} }\nrouters: { ${router} }\n`,
    );
    const { status, stderr } = tunpike('check', 'weak.yaml');
    expect([status, stderr]).toEqual([0, expect.stringContaining('weak.yaml:4:81: warning[W-RANGE]: ')]);
    expect(tunpike('check', 'weak.yaml', '--strict').status).toBe(3);
  });

  it('tells every mistake at its line, and as JSON', () => {
    const input = 'version: 1\nlinks: { red: { mtu: 1 } }\nrouter: {}\n';
    const check = (...argv: string[]) =>
      spawnSync(process.execPath, [MAIN, 'check', '-', ...argv], { input, encoding: 'utf8' });
    const people = check();
    expect(people.status).toBe(3);
    expect(people.stderr).toMatch(/^stdin:2:\d+: error\[E-MTU\]: /m);
    expect(people.stderr).toMatch(/^stdin:3:\d+: error\[E-KEY\]: /m);
    const problems = JSON.parse(check('-j').stdout) as { code: string; line: number }[];
    expect(problems.map(({ code, line }) => [line, code])).toContainEqual([2, 'E-MTU']);
  });

  it('plans the host changes, and prints them as commands', () => {
    const input =
      'version: 1\nname: tp-plan\nlinks: { red: {} }\n' +
      'hosts: { tpplan: { interfaces: { red: { address: 192.0.2.2/24, routes: [default] } } } }\n' +
      'routers: { r1: { interfaces: { red: { address: 192.0.2.1/24 } } } }\n';
    const plan = (...argv: string[]) =>
      spawnSync(process.execPath, [MAIN, 'plan', '-', ...argv], { input, encoding: 'utf8' });
    expect(plan('--commands').stdout).toContain('ip netns add tpplan\n');
    expect(plan('--commands').stdout).toContain('route add default via 192.0.2.1');
    expect(JSON.parse(plan('-j').stdout)[0]).toMatchObject({ kind: 'namespace', namespace: 'tpplan' });
    expect(plan().status).toBe(0);
  });

  it('prints a JSON Schema', () => {
    expect(JSON.parse(tunpike('schema').stdout)).toHaveProperty('$schema');
  });
});
