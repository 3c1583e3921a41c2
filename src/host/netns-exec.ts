import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { Failure } from '../failure.js';
import { printable } from '../text/printable.js';
import { CAP_SYS_ADMIN, holdsCapability } from './capabilities.js';
import type { NamespaceName } from './plan.js';
import { pathWithSbin } from './program-path.js';
import { ENDING } from './stopping-signals.js';

/** Signals that end or steer a program, and that a sender means for the program, not for us. */
const PASSED_ON = [...ENDING, 'SIGUSR1', 'SIGCONT'] as const;
/** Those that a terminal sends to the whole foreground group, so that the program has its own already. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

/** How long a program that is to end may take, in milliseconds. */
const PATIENCE = 2000;

/** Where a host's programs run. */
export interface ExecPlace {
  readonly namespace: NamespaceName;
  /** The process whose user and mount namespace hold a rootless lab; undefined for one with root. */
  readonly rootlessPid: number | undefined;
}

export interface ExecOptions extends Pick<RunOptions, 'ending'> {
  /** Told, as a line, why a program cannot be run; stderr by default. */
  readonly say?: (text: string) => void;
}

/**
 * Runs a program in a host's namespace with our own terminal, and gives its exit code.
 *
 * As a shell would: 128 + N after signal N, 127 where there is no such program, 126 where it cannot be run. Throws a
 * `Failure` (4) where we may not enter the namespace.
 */
export async function execIn(
  place: ExecPlace,
  command: readonly string[],
  { ending, say = (text) => void process.stderr.write(text) }: ExecOptions = {},
): Promise<number> {
  const program = command[0];
  if (program === undefined) throw new Failure(2, 'no program to run', 'tunpike exec HOST -- CMD');
  const fault = programFault(program);
  if (fault !== undefined) {
    say(`tunpike: ${printable(program)}: ${fault.reason}\n`);
    return fault.code;
  }
  refuseEntry(place);
  return runPassingSignals(enterCommand(place, command), process.env, { ending });
}

/** Asked first: what enters says so in words of its own, with exit codes that a program may have. */
function refuseEntry({ namespace, rootlessPid }: ExecPlace): void {
  if (rootlessPid === undefined && namespace !== undefined && !holdsCapability(CAP_SYS_ADMIN))
    throw new Failure(
      4,
      `no permission to enter the network namespace ${namespace}: this needs CAP_SYS_ADMIN`,
      'run as root',
    );
  if (rootlessPid === undefined) return;
  try {
    closeSync(openSync(`/proc/${rootlessPid}/ns/user`, 'r'));
  } catch (error) {
    // A process that has ended is told of by what enters.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return;
    throw new Failure(
      4,
      `no permission to enter the namespaces of process ${rootlessPid}`,
      'run as the user who started the lab, or root',
    );
  }
}

/** The command that runs another in a host's namespace, in the folder where we are. */
export function enterCommand({ namespace, rootlessPid }: ExecPlace, command: readonly string[]): string[] {
  const inside = namespace === undefined ? [...command] : ['ip', 'netns', 'exec', namespace, ...command];
  if (rootlessPid === undefined) return inside;
  // Entering a mount namespace leads to its root folder; the shell goes back to where we were.
  const back = ['sh', '-c', 'cd "$0" 2>/dev/null; exec "$@"', process.cwd()];
  const keep = process.getuid?.() === 0 ? [] : ['--preserve-credentials'];
  return ['nsenter', '-t', String(rootlessPid), '-U', '-m', '-n', ...keep, ...back, ...inside];
}

export interface RunOptions {
  /** Where it is aborted the program is asked to end, and a moment later forced. */
  readonly ending?: AbortSignal | undefined;
  /** Given the process as soon as it runs, which then has a channel to us. */
  readonly talk?: (child: ChildProcess) => void;
}

/** Runs a command with our stdin, stdout and stderr until it ends; signals that we get are passed on to it. */
export function runPassingSignals(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  { ending, talk }: RunOptions = {},
): Promise<number> {
  const [file = '', ...args] = command;
  const env = { ...environment, PATH: pathWithSbin() };
  let isNew = true;
  const pass = (signal: NodeJS.Signals): void => {
    // What came before there was a program is told here only after it.
    if (!isNew && process.stdin.isTTY && FROM_TERMINAL.includes(signal)) return;
    child.kill(signal);
  };
  // First, for the program may run, and be waited for, before anything else happens here.
  for (const signal of PASSED_ON) process.on(signal, pass);
  const child = spawn(file, args, {
    stdio: ['inherit', 'inherit', 'inherit', ...(talk === undefined ? [] : (['ipc'] as const))],
    env,
  });
  talk?.(child);
  // Between the two is one look at signals that came before.
  setImmediate(() =>
    setImmediate(() => {
      isNew = false;
    }),
  );
  let force: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    force = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  };
  if (ending?.aborted) end();
  ending?.addEventListener('abort', end);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Failure(4, `the program \`${file}\` is not installed`, installCommand(file))
          : error,
      ),
    );
    child.once('exit', (code, signal) =>
      resolve(signal === null ? (code ?? 0) : 128 + osConstants.signals[signal]),
    );
  }).finally(() => {
    for (const signal of PASSED_ON) process.off(signal, pass);
    ending?.removeEventListener('abort', end);
    clearTimeout(force);
  });
}

const installCommand = (file: string): string =>
  `apt-get install ${file === 'ip' ? 'iproute2' : 'util-linux'}`;

function programFault(program: string): { code: 126 | 127; reason: string } | undefined {
  const isPath = program.includes('/');
  const candidates = isPath
    ? [program]
    : pathWithSbin()
        .split(delimiter)
        .map((folder) => join(folder, program));
  const found = candidates.filter(isFile);
  if (found.length === 0 && isPath && existsSync(program)) return { code: 126, reason: 'not a file' };
  if (found.length === 0) return { code: 127, reason: 'no such program' };
  return found.some(isExecutable) ? undefined : { code: 126, reason: 'not executable' };
}

/** False also where a folder of PATH is not ours to look into. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
