import { spawn } from 'node:child_process';
import { type ExitCode, Failure } from '../failure.js';
import type { NamespaceName } from './plan.js';

/** The longest that one `ip` may take, in milliseconds; it answers in 3, so this one hangs. */
const TIMEOUT_MS = 10_000;

/** How a batch of `ip` lines ended. */
export interface BatchOutcome {
  /** How many lines took effect, from the first. */
  readonly done: number;
  /** What ended it early, naming the line. */
  readonly failure: Failure | undefined;
}

/**
 * Runs lines as one `ip -batch -` inside a namespace, and stops at the first that fails.
 *
 * Throws a `Failure` only where `ip` itself cannot be run. No lines, no process.
 */
export async function runBatch(lines: readonly string[], namespace?: NamespaceName): Promise<BatchOutcome> {
  if (lines.length === 0) return { done: 0, failure: undefined };
  const { code, stderr } = await execute('ip', inside(namespace, ['-batch', '-']), `${lines.join('\n')}\n`);
  if (code === 0) return { done: lines.length, failure: undefined };
  const line = /^Command failed -:(\d+)$/m.exec(stderr);
  const reason = stderr.replace(/^Command failed -:\d+$/m, '').trim();
  // A word that `ip` cannot parse ends it at once, without the number of the line.
  const done = line === null ? 0 : Number(line[1]) - 1;
  const what = line === null ? 'ip -batch' : `ip ${inside(namespace, [lines[done] ?? '']).join(' ')}`;
  return { done, failure: refused(what, reason || `exit code ${code}`) };
}

/** As {@link runBatch}, but a line that fails is thrown. */
export async function ipBatch(lines: readonly string[], namespace?: NamespaceName): Promise<void> {
  const { failure } = await runBatch(lines, namespace);
  if (failure !== undefined) throw failure;
}

/** What `ip -j ARGS` prints, parsed; an empty list where it prints nothing. */
export async function ipJson(args: readonly string[], namespace?: NamespaceName): Promise<unknown> {
  const argv = inside(namespace, ['-j', ...args]);
  const { code, stdout, stderr } = await execute('ip', argv, '');
  if (code !== 0) throw refused(`ip ${argv.join(' ')}`, stderr.trim() || `exit code ${code}`);
  try {
    return stdout.trim() === '' ? [] : JSON.parse(stdout);
  } catch {
    throw refused(`ip ${argv.join(' ')}`, `printed no JSON: ${stdout.slice(0, 80)}`);
  }
}

/** Runs a shell script in a namespace, for the settings that only files under /proc take. */
export async function runScript(
  script: string,
  args: readonly string[],
  namespace: NamespaceName,
): Promise<void> {
  const argv = ['sh', '-ec', script, 'sh', ...args];
  const [file, rest] =
    namespace === undefined ? ['sh', argv.slice(1)] : ['ip', ['netns', 'exec', namespace, ...argv]];
  const { code, stderr } = await execute(file, rest, '');
  if (code !== 0) throw refused(`a setting in ${namespace ?? 'this namespace'}`, stderr.trim());
}

const inside = (namespace: NamespaceName, args: readonly string[]): string[] =>
  namespace === undefined ? [...args] : ['-n', namespace, ...args];

/**
 * Runs a program to its end, in a session of its own: Ctrl-C is for us, and must not end the `ip` that is just
 * undoing things.
 */
function execute(
  file: string,
  args: readonly string[],
  input: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, PATH: pathWithSbin(), LC_ALL: 'C' };
  const child = spawn(file, args, { env, detached: true, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing(file) : new Failure(70, `\`${file}\`: ${error.message}`)),
    );
    child.once('close', (code, signal) => {
      const command = `\`${[file, ...args].join(' ')}\``;
      if (code !== null) resolve({ code, ...output });
      else if (child.killed) reject(new Failure(8, `${command} did not end within ${TIMEOUT_MS / 1000} s`));
      else reject(new Failure(70, `${command} was ended by ${signal}`));
    });
  }).finally(() => clearTimeout(timer));
}

/** PATH with the folders of administration programs, which an ordinary user's may lack. */
export const pathWithSbin = (): string => `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;

const missing = (file: string): Failure =>
  new Failure(4, `the program \`${file}\` is not installed`, file === 'ip' ? INSTALL_IPROUTE : undefined);

const INSTALL_IPROUTE = 'apt-get install iproute2   (or: dnf install iproute, apk add iproute2)';

function refused(what: string, reason: string): Failure {
  if (reason.includes('BusyBox'))
    return new Failure(
      4,
      'the `ip` of this machine is that of BusyBox, which knows too little',
      INSTALL_IPROUTE,
    );
  const [exitCode, fix]: [ExitCode, string?] = /not permitted|permission denied/i.test(reason)
    ? [4, 'run as root, or without it: tunpike up --rootless']
    : /file exists|busy|already (exists|assigned)/i.test(reason)
      ? [6]
      : [7];
  return new Failure(exitCode, `\`${what}\` failed: ${reason}`, fix);
}
