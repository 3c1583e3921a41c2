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

/** The interval between advertisements, plus or minus the jitter. Source: RFC 4286 §3.1. */
export const ADVERTISEMENT_INTERVAL = seconds(20);
const JITTER = milliseconds(ADVERTISEMENT_INTERVAL * 0.025);
/** The first few are sent faster, so that a new router is found soon. Source: RFC 4286 §3.1. */
const INITIAL_ADVERTISEMENTS = 3;
/** The longest wait before each of those, and before an answer. */
const LONGEST_DELAY = seconds(2);
/** No more than ten messages a second, however many solicitations come. Source: RFC 4286 §3.1. */
const SHORTEST_INTERVAL = milliseconds(100);

/**
 * Advertises a multicast router to the snooping switches of a link, periodically and on request.
 *
 * Several solicitations get one answer, which restarts the interval. An advertisement that no longer holds is taken
 * back, unless the link is gone.
 *
 * Source: RFC 4286 §3, §4, §5.
 */
export class MulticastRouterDiscovery {
  readonly #random: Random;
  /** How many of the initial advertisements have been sent. */
  #sent = 0;
  #isAsked = false;
  #sentAt = PAST;
  #nextAt: Instant = NEVER;
  #isOver = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A switch solicits an advertisement. */
  solicited(now: Instant): void {
    if (this.#isAsked || this.#nextAt === NEVER) return;
    this.#isAsked = true;
    const soon = latest(this.#soon(now), after(this.#sentAt, SHORTEST_INTERVAL));
    this.#nextAt = earliest(this.#nextAt, soon);
  }

  /** Starts or ends advertising if `isWanted` has changed; nothing starts after `stop`. */
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

  /** The router is going away: takes back its advertisements, and sends no more. */
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
