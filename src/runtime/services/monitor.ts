import {
  MONITORED,
  type MonitorParams,
  type MonitorResult,
  readMonitorParams,
} from '../../control/monitor.js';
import type { Notifications } from '../../control/notifications.js';
import type { Caller } from '../../control/protocol.js';
import type { Event, EventType, Observer } from '../../event.js';
import type { LabLoop } from '../../lab/loop.js';
import { eventFieldsOf, recordOf } from '../../observe/event-record.js';
import type { EventStream } from '../../observe/event-stream.js';
import type { WallClock } from '../../observe/show.js';
import { TimeBudget } from '../../observe/time-budget.js';
import { type KnownWords, type Match, parseMatch } from '../../text/match.js';
import { wordsOf } from './match-words.js';

/** How long everybody pauses when events have taken more than their share of the time, in milliseconds. */
const PAUSE = 100;

/** Somebody who follows events. */
interface Follower {
  readonly types: ReadonlySet<EventType>;
  readonly matches: Match;
  readonly notifications: Notifications;
  /** How many events of its types there were when it was last paused. */
  pausedAt: number;
}

/**
 * Tells everybody who follows events of them, in a tenth of the time at most.
 *
 * Whoever reads too slowly is passed over at no cost until it has read what it has, and is then told how many
 * events of its types it has missed. If events come faster than they can be told, that happens to everybody.
 */
export class Monitors implements Observer {
  readonly #wallClock: WallClock;
  readonly #words: () => KnownWords;
  readonly #tellForwarded: (isTold: boolean) => void;
  readonly #budget = new TimeBudget();
  readonly #told = new Set<Follower>();
  /** How many events of each type there were. */
  readonly #counts: Record<EventType, number>;
  /** How many follow each type, whether they are told or not. */
  readonly #followed: Record<EventType, number>;
  readonly #toFlush = new Set<Notifications>();

  /** `words` gives what routers, links and messages there are; `tellForwarded` says whether that is to be told. */
  constructor(
    wallClock: WallClock,
    words: () => KnownWords = () => ({}),
    tellForwarded: (isTold: boolean) => void = () => {},
  ) {
    this.#tellForwarded = tellForwarded;
    this.#wallClock = wallClock;
    this.#words = words;
    this.#counts = zeroes();
    this.#followed = zeroes();
  }

  /** From now on, and until its connection ends, a caller is told of every event it asked for. */
  follow(params: MonitorParams, caller: Caller, name: string): MonitorResult {
    const { types, match } = readMonitorParams(params);
    const follower: Follower = {
      types: new Set(types),
      matches: parseMatch(match, this.#words()),
      notifications: caller.follow(),
      pausedAt: 0,
    };
    this.#told.add(follower);
    this.#follows(follower, 1);
    caller.onEnd(() => {
      this.#told.delete(follower);
      this.#follows(follower, -1);
    });
    return { name, types };
  }

  #follows({ types }: Follower, more: 1 | -1): void {
    for (const type of types) this.#followed[type] += more;
    if (types.has('forward')) this.#tellForwarded(this.#followed.forward > 0);
  }

  wants(type: EventType): boolean {
    return this.#followed[type] > 0;
  }

  notify(event: Event): void {
    this.#counts[event.type] += 1;
    if (this.#told.size === 0 || this.#budget.spend(() => this.#tell(event))) return;
    const paused = [...this.#told];
    for (const follower of paused) this.#pause(follower, event);
    setTimeout(() => {
      for (const follower of paused) this.#resumeWhenRead(follower);
    }, PAUSE).unref();
  }

  #tell(event: Event): void {
    const fields = eventFieldsOf(event);
    let json: string | undefined;
    for (const follower of this.#told) {
      if (!follower.types.has(event.type) || !follower.matches(fields)) continue;
      if (follower.notifications.isFull) {
        this.#pause(follower, event);
        // What was added to its notifications is to be sent, and then read.
        setImmediate(() => this.#resumeWhenRead(follower));
        continue;
      }
      json ??= JSON.stringify(recordOf(event, fields, this.#wallClock(event.time)));
      this.#add(follower, json);
    }
  }

  /** All events of one turn of the event loop leave together. */
  #add({ notifications }: Follower, json: string): void {
    notifications.add(json);
    if (this.#toFlush.size === 0)
      setImmediate(() =>
        this.#budget.charge(() => {
          for (const each of this.#toFlush) each.flush();
          this.#toFlush.clear();
        }),
      );
    this.#toFlush.add(notifications);
  }

  /** The event is the first that it misses. */
  #pause(follower: Follower, { type }: Event): void {
    this.#told.delete(follower);
    follower.pausedAt = this.#countFor(follower) - (follower.types.has(type) ? 1 : 0);
  }

  #resumeWhenRead(follower: Follower): void {
    follower.notifications.onRead(() => {
      const missed = this.#countFor(follower) - follower.pausedAt;
      this.#told.add(follower);
      if (missed === 0) return;
      const params = { time: new Date().toISOString(), type: 'missed', events: missed };
      this.#add(follower, JSON.stringify(params));
    });
  }

  #countFor({ types }: Follower): number {
    let count = 0;
    for (const type of types) count += this.#counts[type];
    return count;
  }
}

/** Tells whoever follows it of the events of a running lab. */
export const monitorsOf = (loop: LabLoop, events: EventStream): Monitors => {
  const monitors = new Monitors(
    (at) => loop.wallClock(at),
    () => wordsOf(loop.lab),
    (isTold) => {
      loop.lab.book.tellsForwarded = isTold;
    },
  );
  events.add(monitors);
  return monitors;
};

const zeroes = (): Record<EventType, number> =>
  Object.fromEntries(Object.keys(MONITORED).map((type) => [type, 0])) as Record<EventType, number>;
