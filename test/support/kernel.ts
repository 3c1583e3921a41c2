import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Whether a missing requirement is a failing test; CI sets it. */
const REQUIRED = process.env.TUNPIKE_REQUIRE_TUN === '1';

/**
 * A group of tests that have Linux itself as the other party.
 *
 * Needs root, `/dev/net/tun`, `ip` and the named programs. Where one is missing the group is skipped, the
 * reason stands in its title and on stderr; with `TUNPIKE_REQUIRE_TUN=1` it is a failing test instead.
 *
 * A group that is concurrent runs beside others of its file, and so does each of its tests but `it.sequential`.
 */
export function describeKernel(
  title: string,
  programs: readonly string[],
  tests: () => void,
  options: { readonly concurrent?: boolean } = {},
): void {
  const missing = missingRequirement(programs);
  if (missing === undefined) {
    describe(title, options, tests);
  } else if (REQUIRED) {
    describe(title, () => {
      it('has what it needs', () => {
        throw new Error(missing);
      });
    });
  } else {
    console.error(`skipped: ${title}: ${missing}`);
    describe.skip(`${title} (skipped: ${missing})`, tests);
  }
}

/** What keeps kernel tests from running here; undefined where nothing does. */
export function missingRequirement(programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  const absent = ['ip', ...programs].filter((program) => !isInstalled(program));
  return absent.length === 0 ? undefined : `not installed: ${absent.join(', ')}`;
}

export interface Outcome {
  /** The exit code; 128 + the signal's number, or 124 where the timeout ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The name of a network namespace, as `ip netns` knows it; undefined for ours. */
  readonly namespace?: string | undefined;
  /** In milliseconds; 10 s unless told. */
  readonly timeout?: number;
  readonly input?: string;
}

/** Runs a program to its end; never throws for an exit code, only where the program cannot be started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [file, argv] =
    options.namespace === undefined
      ? [command, [...args]]
      : ['ip', ['netns', 'exec', options.namespace, command, ...args]];
  return new Promise((resolve, reject) => {
    const settings = { timeout: options.timeout ?? 10_000, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(file, argv, settings, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else if (error.killed === true) resolve({ code: 124, stdout, stderr });
      else if (error.signal != null) resolve({ code: 128, stdout, stderr });
      else reject(error);
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** A Python script to run; without its site packages, which nobody needs, it starts in half the time. */
export const pythonCommand = (script: string, ...args: readonly string[]): string[] => [
  ...['python3', '-I', '-S', '-c', script],
  ...args,
];

/** `ip` with its arguments in one string; throws with its message where it fails. */
export async function ip(args: string, namespace?: string): Promise<string> {
  const { code, stdout, stderr } = await run('ip', args.split(' '), { namespace });
  if (code !== 0) throw new Error(`ip ${args}: ${stderr.trim() || `exit code ${code}`}`);
  return stdout;
}

let serial = 0;

/**
 * Makes a network namespace with a name of its own; the caller removes it, whatever happens.
 *
 * Its `lo` is up and it speaks no IPv6, so that nothing is sent in it that the test did not ask for.
 */
export async function makeNamespace(
  prefix: string,
): Promise<{ namespace: string; remove: () => Promise<void> }> {
  const namespace = `${prefix}-${process.pid}-${serial++}`;
  await ip(`netns add ${namespace}`);
  const remove = async (): Promise<void> => {
    await ip(`netns del ${namespace}`);
  };
  try {
    await ip('link set lo up', namespace);
    await run('sysctl', ['-qw', 'net.ipv6.conf.default.disable_ipv6=1'], { namespace });
    return { namespace, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Lends a namespace of {@link makeNamespace} to a test, and removes it whatever happens. */
export async function withNamespace<Result>(
  prefix: string,
  body: (namespace: string) => Promise<Result>,
): Promise<Result> {
  const { namespace, remove } = await makeNamespace(prefix);
  try {
    return await body(namespace);
  } finally {
    await remove();
  }
}

/** The file of a namespace that {@link makeNamespace} made. */
export const namespacePath = (namespace: string): string => `/run/netns/${namespace}`;

/**
 * Waits until a condition holds and gives its value; throws once the deadline, in milliseconds from now, has
 * passed.
 */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  deadlineMs: number,
  what: string,
): Promise<Value> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`after ${deadlineMs} ms still waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const isInstalled = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/lib/frr'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
