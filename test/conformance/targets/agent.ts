import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fromHex, hex } from '../../support/datagram.js';
import type { Output } from '../case.js';
import { NotApplicable } from '../target.js';
import type { PortNumber } from '../topology.js';

interface Said {
  readonly error?: string;
  readonly ready?: number;
  readonly outputs?: readonly (readonly [on: PortNumber, hex: string, seconds: number])[];
  readonly querier?: string | null;
  readonly mdb?: unknown;
  /** When it was read or sent, in seconds of the machine's monotonic clock. */
  readonly at?: number;
}

/** The program that stands at the devices, in a network namespace of its own that ends with it. */
export class Agent {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  #processId = 0;

  private constructor(program: string, args: readonly string[]) {
    this.#child = spawn('python3', [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async start(program: string, ...args: readonly string[]): Promise<Agent> {
    const agent = new Agent(program, args);
    agent.#processId = (await agent.#hear()).ready!;
    return agent;
  }

  /** The file of the namespace that it made. */
  get namespace(): string {
    return `/proc/${this.#processId}/ns/net`;
  }

  /** Gives it a command and waits for the answer; throws where it says that something went wrong. */
  async tell(command: object): Promise<Said> {
    const said = await this.ask(command);
    if (said.error !== undefined) throw new Error(`the agent says: ${said.error}`);
    return said;
  }

  async ask(command: object): Promise<Said> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return await this.#hear();
  }

  /** Says when, in milliseconds of the machine's monotonic clock; undefined where it was lost. */
  async send(on: PortNumber, octets: Uint8Array): Promise<number | undefined> {
    const { error, at } = await this.ask({ send: on, hex: hex(octets) });
    if (error === 'EINVAL' || error === 'EMSGSIZE')
      throw new NotApplicable(`the TUN device does not take these octets (${error})`);
    // A device that is down, or gone, takes nothing: as if it had been lost on the wire.
    if (error !== undefined && !['EIO', 'EBADFD', 'ENETDOWN', 'ENXIO', 'ENODEV'].includes(error))
      throw new Error(`${error}, told to send ${octets.length} octets on port ${on}`);
    return at === undefined ? undefined : 1000 * at;
  }

  /**
   * What came out since the last time: waits for `atLeast`, but no longer than `deadline`, then until it is quiet for
   * so long; both in seconds. `at` is when it was read, in milliseconds of the machine's monotonic clock.
   */
  async take(atLeast: number, quiet: number, deadline = 1): Promise<Output[]> {
    const { outputs } = await this.tell({ take: { atLeast, quiet, deadline } });
    return outputs!.map(([on, digits, moment]) => ({ on, octets: fromHex(digits), at: 1000 * moment }));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await ended;
  }

  async #hear(): Promise<Said> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the agent at the devices has ended');
    return JSON.parse(value) as Said;
  }
}

/** The clock that the agent stamps with, in milliseconds. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
