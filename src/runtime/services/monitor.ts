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
import { recordOf } from '../../observe/event-record.js';
import type { EventStream } from '../../observe/event-stream.js';
import type { WallClock } from '../../observe/show.js';
import { TimeBudget } from '../../observe/time-budget.js';
import { type KnownWords, type Match, parseMatch } from '../../text/match.js';
import { wordsOf } from './match-words.js';
import { type WaitingEvent, WaitingEvents } from './waiting-events.js';

/** How long everybody pauses when events have taken more than their share of the time, in milliseconds. */
const PAUSE = 100;
/** So many events are told in one turn of the event loop, of all who follow them together: a third of a millisecond. */
const TOLD_AT_ONCE = 64;

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
 * They wait until whatever they come from is done, and are told some at a time: a turn of the event loop may bring
 * thousands.
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
  readonly #waiting = new WaitingEvents();
  /** How many events of each type there were, but for those that wait. */
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
    if (this.#waiting.isEmpty) {
      if (this.#told.size === 0) return this.#count(event.type);
      setImmediate(this.#tellWaiting);
    }
    this.#waiting.add(event);
  }

  readonly #tellWaiting = (): void => {
    if (!this.#budget.spend(() => this.#tellSome())) this.#pauseAll();
    // Whoever reads too slowly costs nothing.
    if (this.#told.size === 0) this.#passOver();
    if (!this.#waiting.isEmpty) setImmediate(this.#tellWaiting);
  };

  #tellSome(): void {
    for (let left = TOLD_AT_ONCE; left > 0; left -= Math.max(1, this.#told.size)) {
      const next = this.#waiting.take();
      if (next === undefined) break;
      if ('type' in next) this.#tell(next);
      else {
        for (const follower of [...this.#told]) this.#pauseUntilRead(follower);
        for (const [type, count] of next) this.#count(type, count);
      }
    }
    this.#flush();
  }

  /** Everybody misses what waits. */
  #passOver(): void {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take())
      if ('type' in next) this.#count(next.type);
      else for (const [type, count] of next) this.#count(type, count);
  }

  #pauseAll(): void {
    const paused = [...this.#told];
    for (const follower of paused) this.#pause(follower);
    this.#resumeLater(paused);
  }

  #resumeLater(paused: readonly Follower[]): void {
    setTimeout(() => {
      for (const follower of paused) this.#resumeWhenRead(follower);
    }, PAUSE).unref();
  }

  #tell(event: WaitingEvent): void {
    const { type, time, fields } = event;
    let json: string | undefined;
    for (const follower of this.#told) {
      if (!follower.types.has(type) || !follower.matches(fields)) continue;
      if (follower.notifications.isFull) {
        this.#pauseUntilRead(follower);
        continue;
      }
      json ??= JSON.stringify(recordOf(event, fields, this.#wallClock(time)));
      this.#add(follower, json);
    }
    this.#count(type);
  }

  #count(type: EventType, count = 1): void {
    this.#counts[type] += count;
  }

  #add({ notifications }: Follower, json: string): void {
    notifications.add(json);
    this.#toFlush.add(notifications);
  }

  /** All that was told in one turn of the event loop leaves together. */
  #flush(): void {
    for (const each of this.#toFlush) each.flush();
    this.#toFlush.clear();
  }

  #pauseUntilRead(follower: Follower): void {
    this.#pause(follower);
    // What was added to its notifications is to be sent, and then read.
    setImmediate(() => this.#resumeWhenRead(follower));
  }

  /** The first event that it misses is not counted yet. */
  #pause(follower: Follower): void {
    this.#told.delete(follower);
    follower.pausedAt = this.#countFor(follower);
  }

  #resumeWhenRead(follower: Follower): void {
    follower.notifications.onRead(() => {
      if (follower.notifications.isFull) return this.#resumeLater([follower]);
      const missed = this.#countFor(follower) - follower.pausedAt;
      this.#told.add(follower);
      if (missed === 0) return;
      const params = { time: new Date().toISOString(), type: 'missed', events: missed };
      this.#add(follower, JSON.stringify(params));
      this.#flush();
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
