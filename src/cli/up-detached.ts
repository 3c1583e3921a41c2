import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { makeRuntimeDirectory } from '../host/runtime-directory.js';
import { ENDING } from '../host/stopping-signals.js';
import { writeFailure } from '../host/write-failure.js';
import { DETACHED_VARIABLE, READY_DESCRIPTOR, type StarterLine } from './detached.js';
import { isStray, isWarning, lineFormat } from './log-line.js';
import { startingLog, sweepStartingLogs } from './starting-logs.js';
import type { Terminal } from './terminal.js';

/** How long what a lab said last may be on its way, in milliseconds. */
const FAREWELL = 1000;

export interface DetachedStart {
  readonly isRootless: boolean;
  /** Whether the configuration comes from stdin. */
  readonly readsStdin: boolean;
}

/**
 * Runs this same command line once more in a session of its own, and returns when that lab is ready, with what it
 * printed printed.
 *
 * Gives its exit code where it ended before. A signal before it is ready ends it, too.
 */
export const upDetached = async (terminal: Terminal, start: DetachedStart): Promise<number> => {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ENDING) process.on(signal, end);
  const directory = makeRuntimeDirectory();
  sweepStartingLogs(directory);
  const path = startingLog(directory);
  const log = openLog(path);
  try {
    const child = await spawnLab(terminal, start, { path, fd: log.write });
    const { code, said } = await outcomeOf(child, terminal, ending.signal);
    await tell(terminal, readFileSync(log.read, 'utf8'));
    await tell(terminal, said);
    return code;
  } finally {
    closeSync(log.write);
    closeSync(log.read);
    rmSync(path, { force: true });
    for (const signal of ENDING) process.off(signal, end);
  }
};

interface LogDescriptors {
  readonly write: number;
  readonly read: number;
}

const openLog = (path: string): LogDescriptors => {
  try {
    return { write: openSync(path, 'ax', 0o600), read: openSync(path, 'r') };
  } catch (error) {
    throw writeFailure(error, path, 'cannot be written');
  }
};

const spawnLab = async (
  { errorColors, flags }: Terminal,
  { isRootless, readsStdin }: DetachedStart,
  log: { readonly path: string; readonly fd: number },
): Promise<ChildProcess> => {
  // What it says is for this terminal, which it does not see.
  const color = errorColors.isColorSupported && flags.color === undefined ? ['--color', 'always'] : [];
  const argv = [...color, ...process.argv.slice(2)];
  const { command, environment } = isRootless
    ? await (await import('../host/rootless.js')).rootlessCommand(argv)
    : {
        command: [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...argv],
        environment: process.env,
      };
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    detached: true,
    stdio: [
      ...([readsStdin ? 'inherit' : 'ignore', 'pipe', log.fd, 'pipe'] as const),
      ...(isRootless ? (['ipc'] as const) : []),
    ],
    env: { ...environment, [DETACHED_VARIABLE]: log.path },
  });
  if (isRootless) (await import('../host/outside.js')).serveOutside(child);
  return child;
};

interface Outcome {
  /** 0 when it is ready and all of its output is here, else its exit code. */
  readonly code: number;
  /** What it said for which its log had no room. */
  readonly said: string;
}

/** Waits until it is ready or has ended; relays the output meanwhile. */
const outcomeOf = async (child: ChildProcess, { io }: Terminal, ending: AbortSignal): Promise<Outcome> => {
  const decoder = new TextDecoder();
  const ready = child.stdio[READY_DESCRIPTOR] as Readable;
  let [printed, expected] = [0, Number.POSITIVE_INFINITY];
  let said = '';
  const lines = createInterface({ input: ready });
  const isAllHeard = new Promise((resolve) => child.once('close', resolve));
  const end = (): void => void child.kill('SIGTERM');
  if (ending.aborted) end();
  ending.addEventListener('abort', end);
  try {
    const ended = once(child, 'exit').then(async ([code, signal]: unknown[]) => {
      // What it said last may still be on its way.
      await Promise.race([isAllHeard, delay(FAREWELL, undefined, { ref: false })]);
      // Our signal came before it handled any, and so before it made anything.
      if (signal === 'SIGTERM' && ending.aborted) return 0;
      return typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals];
    });
    const isReady = new Promise<number>((resolve) => {
      const look = (): void => {
        if (printed >= expected && !ending.aborted) resolve(0);
      };
      child.stdout?.on('data', (octets: Buffer) => {
        printed += octets.length;
        io.stdout.write(decoder.decode(octets, { stream: true }));
        look();
      });
      lines.on('line', (text) => {
        const line: StarterLine = JSON.parse(text);
        said += line.said ?? '';
        expected = line.printed ?? expected;
        look();
      });
    });
    const code = await Promise.race([ended, isReady]);
    return { code, said };
  } finally {
    // From here on they would only keep this process.
    child.unref();
    if (child.connected) child.disconnect();
    child.stdout?.destroy();
    ready.destroy();
  }
};

/** What the lab said on stderr: its errors, hints, and of its log what weighs at least a warning. */
const tell = async (terminal: Terminal, said: string): Promise<void> => {
  const { io, errorColors } = terminal;
  const format = await lineFormat(terminal, io.stderr, errorColors.isColorSupported);
  for (const line of said.split('\n').slice(0, -1))
    if (isStray(line)) io.stderr.write(`${line}\n`);
    else if (isWarning(line)) io.stderr.write(`${format(line)}\n`);
};
