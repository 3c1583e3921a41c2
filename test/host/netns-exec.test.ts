import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeKernel, until, withNamespace } from '../support/kernel.js';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

interface Outcome {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly code: () => Promise<number | null>;
}

/** Runs `execIn` in a process of its own, because it takes over stdin, stdout and the signals. */
function execute(namespace: string, ...command: readonly string[]): Outcome {
  return watched(spawn(process.execPath, argvOf(namespace, command)));
}

const argvOf = (namespace: string, command: readonly string[]): string[] => [
  ...['--import', here('typescript-hooks.mjs'), here('exec-program.ts'), namespace, ...command],
];

/** Becomes a program at a terminal, and ends as it does. */
const AT_TERMINAL = `
import os, pty, sys
pid, master = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
try:
  while os.read(master, 65536): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

function watched(child: ChildProcessWithoutNullStreams): Outcome {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (octets) => {
      output += octets;
    });
  const code = async () => {
    await new Promise((resolve) => child.once('close', resolve));
    return child.exitCode;
  };
  return { child, output: () => output, code };
}

describeKernel('exec in a namespace', ['python3'], () => {
  it('runs the program there, with our stdin and stdout, and passes its exit code on', () =>
    withNamespace('tpexec', async (namespace) => {
      const { child, output, code } = execute(namespace, 'sh', '-c', 'ip netns identify; cat; exit 42');
      child.stdin?.end('through stdin');
      expect(await code()).toBe(42);
      expect(output()).toBe(`${namespace}\nthrough stdin`);
    }));

  it('passes signals on, and its death by one', () =>
    withNamespace('tpexec', async (namespace) => {
      const script = 'trap "exit 5" INT; echo ready; for i in $(seq 200); do sleep 0.05; done';
      const handled = execute(namespace, 'sh', '-c', script);
      const killed = execute(namespace, 'sh', '-c', 'echo ready; exec sleep 60');
      await until(() => `${handled.output()}${killed.output()}`.split('ready').length === 3, 20_000, 'both');
      const codes = Promise.all([handled.code(), killed.code()]);
      handled.child.kill('SIGINT');
      killed.child.kill('SIGTERM');
      expect(await codes).toEqual([5, 128 + 15]);
    }));

  it('passes Ctrl-C on that came before there was a program to have it', () =>
    withNamespace('tpexec', async (namespace) => {
      const command = [process.execPath, ...argvOf(namespace, ['sleep', '60'])];
      const env = { ...process.env, SIGNAL_BEFORE: 'SIGINT' };
      const { child, code } = watched(spawn('python3', ['-c', AT_TERMINAL, ...command], { env }));
      const late = setTimeout(() => child.kill('SIGKILL'), 8000);
      expect(await code()).toBe(128 + 2);
      clearTimeout(late);
    }));

  it('answers as a shell where there is no such program', () =>
    withNamespace('tpexec', async (namespace) => {
      const { output, code } = execute(namespace, 'no-such-program');
      expect(await code()).toBe(127);
      expect(output()).toBe('tunpike: no-such-program: no such program\n');
    }));

  it('answers as a shell where a folder is named', () =>
    withNamespace('tpexec', async (namespace) => {
      const { output, code } = execute(namespace, '/tmp');
      expect(await code()).toBe(126);
      expect(output()).toBe('tunpike: /tmp: not a file\n');
    }));
});
