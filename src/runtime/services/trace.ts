import type { Tap } from '../../book.js';
import type { Notifications } from '../../control/notifications.js';
import type { Caller } from '../../control/protocol.js';
import { readTraceParams, type TraceParams, type TraceResult } from '../../control/trace.js';
import { explained } from '../../lab/explain/explain.js';
import { type Origin, originAt } from '../../lab/explain/places.js';
import type { LabLoop } from '../../lab/loop.js';
import { datagramFields } from '../../observe/datagram-fields.js';
import { fieldsInJson } from '../../observe/event-record.js';
import { TimeBudget } from '../../observe/time-budget.js';
import type { Parcel } from '../../parcel.js';
import { type Match, parseMatch } from '../../text/match.js';
import type { Instant } from '../../time.js';
import { wordsOf } from './match-words.js';

/** Somebody who traces. */
interface Follower {
  /** What the octets alone must satisfy: most datagrams need not be explained. */
  readonly concerns: Match;
  /** What must hold at one place of its way. */
  readonly matches: Match;
  readonly notifications: Notifications;
  /** How many matching datagrams it was not told of. */
  missed: number;
}

/** The conditions that the octets of a datagram decide. */
const OF_OCTETS = /^(source|destination|protocol|source-port|destination-port|size)[=<>]/;

/**
 * Tells callers of the ways of datagrams, in a tenth of the time at most; how many it has missed, each is told.
 *
 * A datagram is explained from its own octets at the moment it begins its way, be it a host's or a router's own.
 * Nobody looks at datagrams while nobody traces.
 */
export class Traces implements Tap {
  readonly #loop: LabLoop;
  readonly #budget = new TimeBudget();
  readonly #followers = new Set<Follower>();

  constructor(loop: LabLoop) {
    this.#loop = loop;
  }

  /** From now on, and until its connection ends, a caller is told of every datagram that it asked for. */
  follow(params: TraceParams, caller: Caller, name: string): TraceResult {
    const { match } = readTraceParams(params);
    const { lab } = this.#loop;
    const pairs = match.split(/\s+/);
    const follower: Follower = {
      concerns: parseMatch(pairs.filter((pair) => OF_OCTETS.test(pair)).join(' ')),
      matches: parseMatch(pairs.filter((pair) => !OF_OCTETS.test(pair)).join(' '), wordsOf(lab)),
      notifications: caller.follow(),
      missed: 0,
    };
    this.#followers.add(follower);
    lab.book.tap = this;
    caller.onEnd(() => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) lab.book.tap = undefined;
    });
    return { name };
  }

  fromHost(attachment: string, parcel: Parcel, now: Instant): void {
    this.#saw(() => originAt(this.#loop.lab, attachment), parcel, now);
  }

  fromRouter(...[egress, nextHop, parcel, now]: Parameters<Tap['fromRouter']>): void {
    this.#saw(() => ({ kind: 'departure', egress, nextHop }), parcel, now);
  }

  #saw(origin: () => Origin, parcel: Parcel, now: Instant): void {
    const fields = datagramFields(parcel.octets);
    const concerned = [...this.#followers].filter(({ concerns }) => concerns(fields));
    if (concerned.length === 0 || this.#budget.spend(() => this.#tell(concerned, origin(), parcel, now)))
      return;
    for (const each of concerned) each.missed += 1;
  }

  #tell(concerned: readonly Follower[], origin: Origin, { id, octets }: Parcel, now: Instant): void {
    const { steps, ...end } = explained(this.#loop.lab, origin, octets, now).explanation;
    const { reason } = end;
    const places = [...new Set(steps.map(({ at }) => at))].map((at) => ({
      interface: at,
      ...(reason === undefined ? {} : { reason }),
    }));
    const datagram = fieldsInJson(datagramFields(octets));
    const json = JSON.stringify({ time: this.#loop.wallClock(now), id, datagram, ...end, steps });
    for (const each of concerned) if (places.some(each.matches)) this.#add(each, json);
  }

  #add(follower: Follower, json: string): void {
    const { notifications, missed } = follower;
    if (notifications.isFull) {
      follower.missed += 1;
      return;
    }
    if (missed > 0) notifications.add(JSON.stringify({ missed }));
    follower.missed = 0;
    notifications.add(json);
    setImmediate(() => notifications.flush());
  }
}
