import type { Lab } from '../../lab/lab.js';
import type { Instant } from '../../time.js';
import type { CaptureRow } from '../shown.js';
import type { CaptureOutput } from './backlog.js';
import { Capture, type CaptureWanted } from './capture.js';
import { Journal, placeOf } from './journal.js';

export interface CapturesEnvironment {
  readonly lab: Lab;
  /** The program and its version, as files name it. */
  readonly program: string;
  readonly now: () => Instant;
  /** Milliseconds since 1970. */
  readonly timeOfDay: (at: Instant) => number;
  /** Has the end of each turn told, or no longer. */
  readonly onTurn: (action: (() => void) | undefined) => void;
}

/**
 * The captures of a running lab. While there is none, nobody looks at datagrams.
 *
 * All of them are served from one journal, which is written once whatever their number.
 */
export class Captures {
  readonly #environment: CapturesEnvironment;
  readonly #journal: Journal;
  readonly #running = new Set<Capture>();
  #configuration: Lab['configuration'] | undefined;
  #addresses: ReadonlySet<number> = new Set();
  #serial = 0;

  constructor(environment: CapturesEnvironment) {
    this.#environment = environment;
    this.#journal = new Journal({
      timeOfDay: environment.timeOfDay,
      pass: (journal) => {
        for (const each of [...this.#running]) each.take(journal);
      },
    });
  }

  /** Begins with the next datagram; `onFull` is told when it has as many frames as it wants. */
  begin(wanted: CaptureWanted, output: CaptureOutput, onFull?: () => void): Capture {
    const { lab, program, now, timeOfDay, onTurn } = this.#environment;
    const journal = this.#journal;
    // What is in the journal is older.
    journal.settle();
    const capture = new Capture(wanted, {
      output,
      program,
      isOfRouters: (address) => this.#isOfRouters(address),
      timeOfDay: () => timeOfDay(now()),
      ...(onFull === undefined ? {} : { onFull }),
    });
    const interfaces = [...lab.routers.values()].flatMap((router) => router.interfaces);
    const numbers = interfaces.map(({ name }) => journal.numberOf(placeOf('interface', name)));
    capture.describe(
      journal,
      numbers.filter(
        (each) => wanted.interface === undefined || journal.places[each]!.name === wanted.interface,
      ),
    );
    this.#running.add(capture);
    journal.snaplen = this.#snaplen();
    lab.book.recorder = journal;
    onTurn(() => journal.settle());
    return capture;
  }

  /** Ends a capture, and resolves when its output is written and closed. Once is enough. */
  async end(capture: Capture): Promise<void> {
    if (!this.#running.has(capture)) return;
    this.#journal.settle();
    this.#running.delete(capture);
    this.#journal.snaplen = this.#snaplen();
    if (this.#running.size === 0) {
      this.#environment.lab.book.recorder = undefined;
      this.#environment.onTurn(undefined);
    }
    await capture.close();
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((each) => this.end(each)));
  }

  /** A name that no capture had before. */
  freshName(): string {
    this.#serial += 1;
    return `capture-${this.#serial}`;
  }

  get rows(): readonly CaptureRow[] {
    return [...this.#running].map(({ wanted: { name, file, only = null }, counts }) => ({
      name,
      file,
      only,
      ...counts,
    }));
  }

  #snaplen(): number {
    return Math.max(0, ...[...this.#running].map(({ snaplen }) => snaplen));
  }

  #isOfRouters(address: number): boolean {
    const { configuration } = this.#environment.lab;
    if (configuration !== this.#configuration) {
      this.#configuration = configuration;
      this.#addresses = new Set(
        [...configuration.routers.values()].flatMap(({ interfaces, settings }) => [
          ...interfaces.flatMap(({ addresses }) => addresses.map((each) => each.address)),
          ...(settings.ip.loopback === undefined ? [] : [settings.ip.loopback]),
        ]),
      );
    }
    return this.#addresses.has(address);
  }
}
