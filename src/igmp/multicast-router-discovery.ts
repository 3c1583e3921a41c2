import type { Random } from '../random.js';
import {
  after,
  type Duration,
  earliest,
  type Instant,
  latest,
  milliseconds,
  NEVER,
  PAST,
  seconds,
} from '../time.js';
import { type Action, NO_ACTIONS } from './action.js';

/** Between advertisements, give or take the jitter. Source: RFC 4286 §3.1. */
export const ADVERTISEMENT_INTERVAL = seconds(20);
const JITTER = milliseconds(ADVERTISEMENT_INTERVAL * 0.025);
/** The first few come faster, so that a new router is known soon. Source: RFC 4286 §3.1. */
const INITIAL_ADVERTISEMENTS = 3;
/** The longest wait before each of those, and before an answer. */
const LONGEST_DELAY = seconds(2);
/** No more than ten messages a second, however many solicitations come. Source: RFC 4286 §3.1. */
const SHORTEST_INTERVAL = milliseconds(100);

/**
 * Tells the snooping switches of a link that a multicast router is there, from time to time and when one asks.
 *
 * Many questions get one answer, which starts the interval anew. What no longer is to be advertised is taken
 * back; nothing is said of a link that is gone.
 *
 * Source: RFC 4286 §3, §4, §5.
 */
export class MulticastRouterDiscovery {
  readonly #random: Random;
  /** How many advertisements since it began; no more are counted than the initial ones. */
  #sent = 0;
  #isAsked = false;
  #sentAt = PAST;
  #nextAt: Instant = NEVER;
  #isOver = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A switch asks whether there is a router. */
  solicited(now: Instant): void {
    if (this.#isAsked || this.#nextAt === NEVER) return;
    this.#isAsked = true;
    const soon = latest(this.#soon(now), after(this.#sentAt, SHORTEST_INTERVAL));
    this.#nextAt = earliest(this.#nextAt, soon);
  }

  /** Begins or ends where something else is wanted than before; nothing begins after `stop`. */
  want(isWanted: boolean, now: Instant): readonly Action[] {
    if (!isWanted || this.#isOver) return this.#end();
    if (this.#nextAt === NEVER) this.#nextAt = this.#soon(now);
    return NO_ACTIONS;
  }

  /** Sends what has become due. */
  poll(now: Instant): readonly Action[] {
    if (this.#nextAt > now) return NO_ACTIONS;
    this.#sent = Math.min(this.#sent + 1, INITIAL_ADVERTISEMENTS);
    this.#isAsked = false;
    this.#sentAt = now;
    this.#nextAt = this.#sent < INITIAL_ADVERTISEMENTS ? this.#soon(now) : after(now, this.#interval());
    return [{ type: 'send-advertisement' }];
  }

  nextDeadline(): Instant {
    return this.#nextAt;
  }

  /** The link is gone. */
  down(): void {
    this.#sent = 0;
    this.#isAsked = false;
    this.#nextAt = NEVER;
  }

  /** The router goes away: says so where it has said that it is there, and nothing more. */
  stop(): readonly Action[] {
    this.#isOver = true;
    return this.#end();
  }

  #end(): readonly Action[] {
    const hasAdvertised = this.#sent > 0;
    this.down();
    return hasAdvertised ? [{ type: 'send-termination' }] : NO_ACTIONS;
  }

  #soon(now: Instant): Instant {
    return after(now, milliseconds(this.#random() * LONGEST_DELAY));
  }

  #interval(): Duration {
    return milliseconds(ADVERTISEMENT_INTERVAL + (2 * this.#random() - 1) * JITTER);
  }
}
