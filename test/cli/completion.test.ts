import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELLS, scriptFor } from '../../src/cli/completion/scripts.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import { describeKernel, run } from '../support/kernel.js';
import { ONE_LINK } from '../support/topologies.js';
import { type StandingInstance, standInstance } from './instance.js';
import { tunpike } from './support.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

let instance: StandingInstance;
let folder: string;

beforeAll(async () => {
  instance = await standInstance();
  folder = mkdtempSync(join(tmpdir(), 'tpcompletion-'));
  writeFileSync(join(folder, 'tunpike'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, {
    mode: 0o755,
  });
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), execFileSync(process.execPath, [MAIN, 'completion', shell]));
});

afterAll(async () => {
  await instance.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a script with the program on its path, and gives what it prints. */
const printed = async (program: string, ...args: readonly string[]): Promise<string> => {
  const runtime = instance.env[RUNTIME_DIRECTORY_VARIABLE];
  const environment = [`PATH=${folder}:${process.env.PATH}`, `${RUNTIME_DIRECTORY_VARIABLE}=${runtime}`];
  const { stdout, stderr } = await run(
    'env',
    ['-u', 'TUNPIKE_NAME', ...environment, 'TERM=dumb', program, ...args],
    {
      timeout: 30_000,
    },
  );
  expect(stderr).toBe('');
  return stdout;
};

/** What a word of a command line may become; the last one is begun. */
const completed = async (...words: readonly string[]): Promise<readonly string[]> => {
  const before = process.env[RUNTIME_DIRECTORY_VARIABLE];
  process.env[RUNTIME_DIRECTORY_VARIABLE] = instance.env[RUNTIME_DIRECTORY_VARIABLE];
  try {
    const { exitCode, stdout, stderr } = await tunpike('complete', '--', ...words);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  } finally {
    if (before === undefined) delete process.env[RUNTIME_DIRECTORY_VARIABLE];
    else process.env[RUNTIME_DIRECTORY_VARIABLE] = before;
  }
};

describe('completion', () => {
  it.each([
    [['exe'], ['exec']],
    [['exec', ''], ['alice']],
    [['exec', 'b'], []],
    [['exec', 'alice', '--', 'l'], [':programs']],
    [['exec', 'alice', '--', 'ls', '-n', ''], [':files']],
    [['show', 'ro'], ['routes']],
    [
      ['show', 'routes', '-r', ''],
      ['r1', 'r2'],
    ],
    [
      ['show', 'routes', '--router=r'],
      ['--router=r1', '--router=r2'],
    ],
    [
      ['show', 'routes', '--router', '=', 'r'],
      ['r1', 'r2'],
    ],
    [['-n', ''], ['lab']],
    [['-n', 'other', 'exec', ''], []],
    [['exec', '-n', 'lab', ''], ['alice']],
    [['down', ''], ['lab']],
    [
      ['ping', 'r1'],
      ['r1', 'r1.red'],
    ],
    [
      ['igmp', ''],
      ['query', 'leave'],
    ],
    [
      ['igmp', 'query', ''],
      ['r1.red', 'r2.red'],
    ],
    [
      ['icmp', 'set', '--frag-needed', ''],
      ['true', 'false'],
    ],
    [
      ['icmp', 'set', '-r', ''],
      ['r1', 'r2'],
    ],
    [['monitor', '--type', 'd'], ['drop']],
    [
      ['--color', 'a'],
      ['auto', 'always'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['help', 'would'], ['would-fragment']],
    [['help', 'moni'], ['monitor']],
    [['up', 'la'], [':files']],
    [['up', '--det'], ['--detach']],
    [['nonsense', ''], []],
    [['top', '--w'], ['--watch']],
    [['top', '--inter'], ['--interval']],
    [
      ['show', 'd'],
      ['devices', 'drops'],
    ],
    [['show', 'sch'], ['schedule']],
    [['show', 'cap'], ['captures']],
    [['show', 'filters', '-r', 'r2'], ['r2']],
    [['demo', 'mt'], ['mtu-blackhole']],
    [['plan', 'la'], [':files']],
    [['plan', '--com'], ['--commands']],
    [['capture', '-i', 'r1'], ['r1.red']],
    [['capture', '--rot'], ['--rotate']],
    [['explain', 'a'], ['alice']],
    [['explain', 'alice', 'r1.'], ['r1.red']],
    [
      ['explain', 'alice', 'r1', '--in', ''],
      ['r1.red', 'r2.red'],
    ],
    [
      ['explain', 'alice', 'r1', '--protocol', 'i'],
      ['icmp', 'igmp'],
    ],
    [['filter', 'add', '--protocol', 't'], ['tcp']],
    [['filter', 'add', '--out', 'r2'], ['r2.red']],
    [['filter', 'del', ''], ['no-telnet']],
    [
      ['monitor', '--match', 'so'],
      ['source=', 'source-port='],
    ],
    [['capture', '--match', 'protocol=u'], ['protocol=udp']],
    [['trace', '--match', 'interface=r2'], ['interface=r2.red']],
    [['trace', '--match', 'protocol=udp', 'reason=no-'], ['reason=no-route']],
    [['trace', '--match', 'protocol', '=', 'udp', 'size'], ['size=']],
    [['trace', '--match', 'protocol', '='], ['icmp', 'igmp', 'tcp', 'udp'].map((each) => `protocol=${each}`)],
    [['trace', '--match', 'protocol=udp', '--du'], ['--duration']],
    [
      ['route', 'add', ''],
      ['default', 'unicast', 'blackhole', 'unreachable', 'prohibit'],
    ],
    [['route', 'add', 'blackhole', 'd'], ['default']],
    [['route', 'add', 'blackhole', '10.0.0.0/8', 'm'], ['metric']],
    [['route', 'add', 'default', 'via', ''], []],
    [['route', 'add', 'default', 'via', '198.51.100.9', 'd'], ['dev']],
    [['route', 'replace', 'default', 'dev', ''], ['red']],
    [['route', 'get', '10.0.0.1', ''], ['from']],
    [['igmp', 'leave', 'r1.red', ''], ['239.1.2.3']],
  ])('of %j is %j', async (words, wanted) => {
    expect(await completed(...words)).toEqual(wanted);
  });

  it('of a host of a lab that `test` would bring up is in the file', async () => {
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, `version: 1\n${ONE_LINK}`);
    expect(await completed('test', file, '--host', '')).toEqual(['alice']);
    expect(await completed('test', join(folder, 'none'), '--host', '')).toEqual([]);
    expect(await completed('test', file, '--host', 'alice', '--', 'pi')).toEqual([':programs']);
  });

  it('knows each command and option that is listed', async () => {
    const commands = await completed('');
    expect(commands).toEqual(expect.arrayContaining(['demo', 'up', 'ls', 'logs', 'show', 'completion']));
    expect(commands).not.toContain('complete');
    for (const command of commands) expect(await completed(command, '--hel')).toEqual(['--help']);
  });

  it('says nothing where no lab answers', async () => {
    const said = execFileSync(process.execPath, [MAIN, 'complete', '--', 'exec', ''], {
      env: { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: join(folder, 'none') },
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });

  it.each([
    ['tunpike exec ""', ['alice']],
    ['tunpike show routes --router = r', ['r1', 'r2']],
    ['tunpike nonsense ""', []],
    ['tunpike trace --mat', ['--match']],
    ['tunpike trace --match prot', ['protocol=']],
    ['tunpike trace --match protocol = u', ['udp']],
    ['tunpike route add default dev ""', ['red']],
  ])('works in bash: %s', async (line, wanted) => {
    const script = `source "$0"; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      complete -p tunpike >/dev/null && _tunpike tunpike; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const said = await printed('bash', '--norc', '-c', script, join(folder, 'bash'));
    expect(said.split('\n').filter((each) => each !== '')).toEqual(wanted);
  });
});

/** Types in an interactive zsh: what is run has the name of a host only if that was completed. */
const ZPTY = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "autoload -U compinit; compinit -D -u; source $1; print read''y"
zpty -r shell said '*ready*'
zpty -n -w shell $'tunpike exec al\\t-- echo do""ne\n'
zpty -r shell said '*done*'
zpty -n -w shell $'tunpike trace --match prot\\ttcp -n none\n'
zpty -r shell also '*tunpike up FILE*'
zpty -d shell
print -r -- "$said"
print -r -- "$also"
`;

describeKernel('completion in other shells', ['zsh', 'fish'], () => {
  it('works in fish', async () => {
    const complete = (line: string) =>
      printed('fish', '--no-config', '-c', `source ${join(folder, 'fish')}; complete -C '${line}'`);
    expect(await complete('tunpike exec ')).toBe('alice\n');
    expect(await complete('tunpike show ro')).toBe('routes\n');
    expect(await complete('tunpike mon')).toBe('monitor\tprint events as they happen\n');
    expect(await complete('tunpike capture --match prot')).toBe(
      'protocol=\ticmp, igmp, tcp, udp or a number\n',
    );
    expect(await complete('tunpike capture --match protocol=u')).toBe('protocol=udp\n');
    expect(await complete(`tunpike up ${folder}/fi`)).toBe(`${folder}/fish\n`);
  });

  it('works in zsh, as it is typed', async () => {
    const said = await printed('zsh', '-f', '-c', ZPTY, 'zsh', join(folder, 'zsh'));
    expect(said).toMatch(/^done\r?$/m);
    expect(said).toContain('no instance');
  });
});

describeKernel('a completion script', ['bash', 'zsh', 'fish'], () => {
  it.each(SHELLS)('names the program as one word of %s, whatever its path is', async (shell) => {
    const path = "/opt/a\\'; echo more; 'b $x\\";
    const script = scriptFor(shell, [path]);
    const word = /program(?: |=\()('.*')\)?$/m.exec(script)?.[1];
    const { stdout } = await run(shell, ['-c', `printf %s ${word}`]);
    expect(stdout).toBe(path);
  });
});
