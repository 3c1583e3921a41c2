import type { ReloadParams, ReloadResult } from '../control/reload.js';
import type { Observer } from '../event.js';
import { Failure } from '../failure.js';
import type { Log } from '../observe/log.js';
import type { Instant } from '../time.js';
import type { ServiceManager } from './service-manager.js';

/** How many lines the log, or an event, has of one reload. */
const MOST_LINES = 20;

export interface ReloadsEnvironment {
  readonly perform: (params: ReloadParams) => Promise<ReloadResult>;
  /** Whether the lab was told to stop. */
  readonly isStopping: () => boolean;
  readonly log: Log;
  readonly events: Observer;
  readonly readClock: () => Instant;
  /** Told when one begins and ends. */
  readonly service?: ServiceManager | undefined;
  /** What goes on when all is well, in a line. */
  readonly status: () => string;
}

/** The reloads of a running lab, one after the other; each is logged, and an event. */
export class Reloads {
  readonly #environment: ReloadsEnvironment;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #hasLastSucceeded = true;

  constructor(environment: ReloadsEnvironment) {
    this.#environment = environment;
  }

  /** False after one that was refused. */
  get hasLastSucceeded(): boolean {
    return this.#hasLastSucceeded;
  }

  /** Reads the file when all earlier reloads are done. Throws a `Failure` as `Reload.perform`. */
  request(params: ReloadParams = {}): Promise<ReloadResult> {
    this.#waiting += 1;
    const result = this.#queue.then(() => {
      this.#waiting -= 1;
      return this.#perform(params);
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  /** The same for whoever waits for no answer; one that has not begun yet reads the newest file, so one is enough. */
  trigger(): void {
    if (this.#waiting === 0) this.request().catch(() => {});
  }

  /** Resolves when no reload is going on. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  async #perform(params: ReloadParams): Promise<ReloadResult> {
    const { perform, isStopping, service } = this.#environment;
    service?.reloading();
    try {
      if (isStopping()) throw new Failure(7, 'the lab is stopping: nothing is changed any more');
      const result = await perform(params);
      if (result.isApplied) this.#tellApplied(result);
      else this.#tellErrors(result);
      return result;
    } catch (error) {
      const lines = (error instanceof Error ? error.message : String(error)).split('\n');
      this.#tellRefused(lines.slice(0, MOST_LINES), lines.length);
      throw error;
    }
  }

  #tellApplied({ file, changes }: ReloadResult): void {
    const { log, service, status } = this.#environment;
    this.#hasLastSucceeded = true;
    service?.ready(status());
    log.info(`reloaded ${file}${changes.length === 0 ? ': nothing to change' : ''}`);
    for (const line of firstOf(changes)) log.info(line);
    this.#notify('applied', null);
  }

  #tellErrors({ problems }: ReloadResult): void {
    const errors = problems.filter(({ severity }) => severity === 'error');
    this.#tellRefused(errors.slice(0, MOST_LINES).map(lineOf), errors.length);
  }

  /** `lines` are the first of `count`. */
  #tellRefused(lines: readonly string[], count: number): void {
    this.#hasLastSucceeded = false;
    const { service, status } = this.#environment;
    service?.ready(`${status()}; the last reload was refused: ${lines[0]}`);
    this.#notify('refused', firstOf(lines, count).join('\n'));
  }

  #notify(event: 'applied' | 'refused', message: string | null): void {
    const { events, readClock } = this.#environment;
    if (events.wants('config')) events.notify({ type: 'config', time: readClock(), event, message });
  }
}

const firstOf = (lines: readonly string[], count = lines.length): readonly string[] =>
  count <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `… and ${count - MOST_LINES} more`];

const lineOf = ({ file, line, column, code, message }: ReloadResult['problems'][number]): string =>
  `${file}:${line}:${column}: error[${code}]: ${message}`;
