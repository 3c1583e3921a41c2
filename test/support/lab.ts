import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { Background } from './background.js';
import { type Outcome, pythonCommand, type RunOptions, run } from './kernel.js';

/** The program as it is built. */
export const MAIN = join(import.meta.dirname, '../../dist/main.js');

const RUNTIME_DIRECTORY = '/run/tunpike';
/** How long one command may take. In milliseconds. */
const PATIENCE = 20_000;

let serial = 0;

/** A name that no other lab on this machine has. */
export const freshName = (): string => `kt${process.pid}n${serial++}`;

/** A configuration file's text, as `up` gets it. */
export interface LabText {
  readonly name: string;
  readonly text: string;
}

interface LabDocument {
  name?: string;
  hosts?: Record<string, { namespace?: string }>;
}

/**
 * Completes a test's configuration: a name of its own and, where a host names none, a namespace that no other
 * lab has.
 */
export function labText(text: string, name = freshName()): LabText {
  const document = parse(text) as LabDocument;
  const hosts = Object.entries(document.hosts ?? {}).map(
    ([host, each]) => [host, { namespace: `${name}-${host}`, ...each }] as const,
  );
  const completed = { version: 1, name, ...document, hosts: Object.fromEntries(hosts) };
  return { name: completed.name, text: stringify(completed) };
}

/** Runs the program to its end. */
export const tunpike = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  run(process.execPath, [MAIN, ...args], { timeout: PATIENCE, ...options });

/** A lab that `tunpike up` runs in a process of its own. */
export class RunningLab {
  readonly name: string;
  readonly folder: string;
  readonly process: Background;
  /** From the start of the process to its `ready` line, in milliseconds. */
  readonly readyMs: number;

  constructor(name: string, folder: string, process: Background, readyMs: number) {
    this.name = name;
    this.folder = folder;
    this.process = process;
    this.readyMs = readyMs;
  }

  get file(): string {
    return join(this.folder, 'lab.yaml');
  }

  /** The host changes that it printed before it was ready. */
  get changes(): readonly string[] {
    return this.process.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ready'));
  }

  namespaceOf(host: string): string {
    return `${this.name}-${host}`;
  }

  /** Runs a program on a host; words are separated by spaces. */
  on(host: string, command: string, options: RunOptions = {}): Promise<Outcome> {
    const [file = '', ...args] = command.split(' ');
    return run(file, args, { ...options, namespace: this.namespaceOf(host) });
  }

  python(host: string, script: string, ...args: readonly string[]): Promise<Outcome> {
    const [file = '', ...argv] = pythonCommand(script, ...args);
    return run(file, argv, { namespace: this.namespaceOf(host), timeout: 30_000 });
  }

  background(host: string, command: readonly string[]): Background {
    return new Background(['ip', 'netns', 'exec', this.namespaceOf(host), ...command]);
  }

  tunpike(...args: readonly string[]): Promise<Outcome> {
    return tunpike(['-n', this.name, ...args]);
  }

  /** What `show WHAT -j` would print, parsed; asked at the control socket, which starts no program. */
  async show<Shown>(what: string): Promise<Shown> {
    const request = { jsonrpc: '2.0', id: 1, method: 'show', params: { what } };
    const answer = JSON.parse(await answered(`${RUNTIME_DIRECTORY}/${this.name}.sock`, request));
    if (answer.error !== undefined) throw new Error(`show ${what}: ${answer.error.message}`);
    return answer.result;
  }

  /** What `show WHAT -j` prints, parsed. */
  async shown<Shown>(what: string): Promise<Shown> {
    const { code, stdout, stderr } = await this.tunpike('show', what, '-j');
    if (code !== 0) throw new Error(`show ${what}: exit code ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Ends it as Ctrl-C or systemd would, and gives the exit code. */
  async stop(): Promise<number> {
    if (this.process.code === undefined) this.process.signal('SIGTERM');
    const code = await this.process.ended();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  /** Stops it, and sees that the program says that all went well and that nothing is left. */
  async finish(): Promise<void> {
    const code = await this.stop();
    if (code !== 0) throw new Error(`the lab ended with exit code ${code}: ${this.process.stderr}`);
    expect(leftovers(this.name)).toEqual([]);
  }

  /** Removes everything, however the test ended. */
  async abandon(): Promise<void> {
    await this.process.stop();
    if (leftovers(this.name).length > 0) await tunpike(['down', this.name, '--force']);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks at a control socket, and gives the line that comes back. */
const answered = async (path: string, request: object): Promise<string> => {
  const socket = connect(path).setEncoding('utf8').setTimeout(PATIENCE);
  socket.once('timeout', () => socket.destroy(new Error(`no answer on ${path}`)));
  socket.write(`${JSON.stringify(request)}\n`);
  let said = '';
  for await (const chunk of socket) {
    said += chunk;
    // Leaving the loop closes the connection.
    if (said.endsWith('\n')) break;
  }
  return said;
};

/** Every trace of a lab on this machine: namespaces, devices in ours, files of the runtime folder. */
export function leftovers(name: string): readonly string[] {
  const in_ = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
  return [
    ...in_('/run/netns').filter((namespace) => namespace.startsWith(`${name}-`)),
    ...in_('/sys/class/net').filter((device) => device.startsWith(name)),
    ...in_(RUNTIME_DIRECTORY).filter((file) => file.startsWith(`${name}.`)),
  ];
}

export interface StartOptions {
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** What the program is started by: `unshare -m …`. */
  readonly by?: readonly string[];
  /** What it prints on stdout when it is ready. */
  readonly ready?: RegExp;
}

/** Starts `tunpike up` with a configuration, without waiting for anything. */
export function launch(
  { text }: LabText,
  { flags = [], environment, by = [] }: StartOptions = {},
): {
  readonly folder: string;
  readonly process: Background;
} {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
  const folder = mkdtempSync(join(tmpdir(), 'tpkernel-'));
  // Whoever the program is run as may read it.
  chmodSync(folder, 0o755);
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, text);
  const command = [...by, process.execPath, MAIN, 'up', ...flags, file];
  return { folder, process: new Background(command, { ...process.env, ...environment }) };
}

/** Starts what cannot start; gives what it said once it has ended. */
export async function failingStart(lab: LabText, options: StartOptions = {}): Promise<Background> {
  const { folder, process } = launch(lab, options);
  try {
    await process.ended();
    return process;
  } finally {
    await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a lab and waits until it is ready; throws with what it said where it never is. */
export async function startLab(text: string | LabText, options: StartOptions = {}): Promise<RunningLab> {
  const startedAt = performance.now();
  const lab = typeof text === 'string' ? labText(text) : text;
  const { folder, process } = launch(lab, options);
  try {
    await process.printed(options.ready ?? /^ready.*\n/m);
    return new RunningLab(lab.name, folder, process, performance.now() - startedAt);
  } catch (error) {
    await process.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Lends a running lab to a test; it is stopped, and nothing of it may be left, whatever happens. */
export async function withLab<Result>(
  text: string | LabText,
  body: (lab: RunningLab) => Promise<Result>,
  options: StartOptions = {},
): Promise<Result> {
  const lab = await startLab(text, options);
  let result: Result;
  try {
    result = await body(lab);
  } catch (error) {
    await lab.abandon();
    throw error;
  }
  try {
    await lab.finish();
  } catch (error) {
    await lab.abandon();
    throw error;
  }
  return result;
}

/** One lab for all tests of a group. */
export function sharedLab(text: string): () => RunningLab {
  let lab: RunningLab | undefined;
  beforeAll(async () => {
    lab = await startLab(text);
  });
  afterAll(async () => {
    try {
      await lab?.finish();
    } finally {
      await lab?.abandon();
    }
  });
  return () => {
    if (lab === undefined) throw new Error('the lab did not come up');
    return lab;
  };
}
