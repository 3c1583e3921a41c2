import type { ScheduledChange } from '../config/configuration.js';
import type { Observer } from '../event.js';
import { after, duration, type Instant } from '../time.js';
import { Timers } from '../timers.js';
import { performChange } from './change/perform.js';
import type { Lab } from './lab.js';

/** One entry of the schedule, and what has come of it. */
export interface ScheduleState {
  readonly entry: ScheduledChange;
  /** How often it has been tried. */
  readonly ran: number;
  /** Undefined if it will not be tried again. */
  readonly next: Instant | undefined;
  /** Why the last try failed; undefined if it did not. */
  readonly error: string | undefined;
}

/** An entry while the lab runs. */
interface Running {
  readonly entry: ScheduledChange;
  /** When its time began to count. */
  readonly since: Instant;
  ran: number;
  error: string | undefined;
}

/**
 * Makes the changes that the configuration of a lab asks for, each at its time.
 *
 * Time counts from `begin`, and for an entry that comes with another configuration from then; an entry that stays as it
 * is goes on. What fails is reported, and tried again at its next time.
 */
export class Schedule {
  readonly #lab: Lab;
  readonly #observer: Observer;
  readonly #timers = new Timers<Running>();
  #entries: readonly ScheduledChange[] = [];
  #running: readonly Running[] = [];
  #hasBegun = false;

  constructor(lab: Lab, observer: Observer) {
    this.#lab = lab;
    this.#observer = observer;
  }

  /** The lab is ready. */
  begin(now: Instant): void {
    this.#hasBegun = true;
    this.#look(now);
  }

  /** Makes the changes that are due. */
  poll(now: Instant): void {
    for (const each of this.#timers.takeAllDue(now)) this.#run(each, now);
  }

  /** When the next change is due, by the configuration that is in force now. */
  nextDeadline(now: Instant): Instant {
    this.#look(now);
    return this.#timers.next();
  }

  /** In the order of the configuration. */
  get states(): readonly ScheduleState[] {
    return this.#running.map((each) => ({ ...each, next: this.#timers.deadline(each) }));
  }

  /** Notices another configuration. */
  #look(now: Instant): void {
    const { schedule } = this.#lab.configuration;
    if (!this.#hasBegun || schedule === this.#entries) return;
    const before = new Set(this.#running);
    this.#entries = schedule;
    this.#running = schedule.map((entry) => {
      const known = [...before].find((each) => isSame(each.entry, entry));
      if (known === undefined) return this.#start(entry, now);
      before.delete(known);
      return known;
    });
    for (const each of before) this.#timers.cancel(each);
  }

  #start(entry: ScheduledChange, now: Instant): Running {
    const running: Running = { entry, since: now, ran: 0, error: undefined };
    this.#timers.arm(running, after(now, entry.at));
    return running;
  }

  #run(each: Running, now: Instant): void {
    each.ran += 1;
    this.#armNext(each, now);
    try {
      performChange(this.#lab, each.entry.change, now);
      each.error = undefined;
    } catch (error) {
      each.error = error instanceof Error ? error.message : String(error);
    }
    if (!this.#observer.wants('config')) return;
    const what = `schedule: ${each.entry.do}`;
    this.#observer.notify({
      type: 'config',
      time: now,
      event: each.error === undefined ? 'applied' : 'refused',
      message: each.error === undefined ? what : `${what}: ${each.error}`,
    });
  }

  /** Times that have passed unused, in a process that was stopped, are left out. */
  #armNext(each: Running, now: Instant): void {
    const { at, every, times = every === undefined ? 1 : Number.POSITIVE_INFINITY } = each.entry;
    if (every === undefined || each.ran >= times) return;
    const first = after(each.since, at);
    const passed = Math.floor((now - first) / every);
    let next = after(first, duration(every * (passed + 1)));
    if (next <= now) next = after(next, every);
    this.#timers.arm(each, next);
  }
}

const isSame = (one: ScheduledChange, other: ScheduledChange): boolean =>
  one.at === other.at && one.every === other.every && one.times === other.times && one.do === other.do;
