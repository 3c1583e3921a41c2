import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { until } from './kernel.js';

/** How long a program may take to say something or to end, unless told. In milliseconds. */
const PATIENCE = 20_000;

/** A program that runs beside the test. */
export class Background {
  readonly #child: ChildProcess;
  readonly #label: string;
  stdout = '';
  stderr = '';

  constructor(command: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    const [file = '', ...args] = command;
    this.#label = command.join(' ').slice(0, 80);
    this.#child = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (octets) => {
      this.stdout += octets;
    });
    this.#child.stderr?.on('data', (octets) => {
      this.stderr += octets;
    });
    this.#child.once('error', (error) => {
      this.stderr += error.message;
    });
    running.add(this.#child);
    this.#child.once('close', () => running.delete(this.#child));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The exit code, or 128 and the signal's number; undefined while it runs. */
  get code(): number | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode ?? (signalCode === null ? undefined : 128 + constants.signals[signalCode]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has printed something on stdout, behind so many characters that it had printed before. */
  async printed(pattern: RegExp, deadlineMs = PATIENCE, behind = 0): Promise<RegExpExecArray> {
    const found = (): RegExpExecArray | null => pattern.exec(this.stdout.slice(behind));
    const done = () => found() !== null || this.code !== undefined;
    await until(done, deadlineMs, `${pattern} from ${this.#label}`);
    const match = found();
    if (match === null) throw new Error(`${this.#label} ended (${this.code}): ${this.stdout}${this.stderr}`);
    return match;
  }

  /** Waits for its end, and gives the exit code. */
  async ended(deadlineMs = PATIENCE): Promise<number> {
    await until(
      () => this.code !== undefined && !running.has(this.#child),
      deadlineMs,
      `${this.#label} to end`,
    );
    return this.code ?? 0;
  }

  /** Asks it to end, and sees that it does. */
  async stop(): Promise<void> {
    if (this.code === undefined) this.signal('SIGTERM');
    await this.ended().catch(() => this.kill());
  }

  /** Ends it, whatever it does. */
  async kill(): Promise<void> {
    if (this.code === undefined) this.signal('SIGKILL');
    await this.ended();
  }
}

/** What a test left running ends with its process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
