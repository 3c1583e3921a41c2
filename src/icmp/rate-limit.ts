import type { Address } from '../address.js';
import { deleteOldest } from '../ip/oldest.js';
import { type Random, randomBelow } from '../random.js';
import type { IcmpSettings } from '../settings.js';
import type { Instant } from '../time.js';

/** How many destinations are remembered; beyond that, the least recent is forgotten. */
const REMEMBERED_DESTINATIONS = 4096;

type Rate = IcmpSettings['rateLimit']['perDestination'];

interface Bucket {
  tokens: number;
  filledAt: Instant;
}

/**
 * Limits the rate of ICMP errors: a bucket for each destination, and a common one.
 *
 * A destination's bucket is checked before the common one is charged, so that nobody can use up the share of others
 * with messages that would not have been sent. The common bucket charges 0, 1 or 2 tokens at random, so that its
 * level reveals nothing about other traffic.
 *
 * Source: RFC 1812 §4.3.2.8.
 */
export class RateLimiter {
  /** May be replaced at any time; the levels of the buckets stay. */
  limits: IcmpSettings['rateLimit'];
  readonly #random: Random;
  readonly #common: Bucket;
  readonly #destinations = new Map<Address, Bucket>();

  /** Starts full. */
  constructor(limits: IcmpSettings['rateLimit'], random: Random, now: Instant) {
    this.limits = limits;
    this.#random = random;
    this.#common = { tokens: limits.burst, filledAt: now };
  }

  /** Whether one more error may be sent to this destination now; if so, it is charged. */
  allows(destination: Address, now: Instant): boolean {
    fill(this.#common, this.limits, now);
    if (this.#common.tokens < 1) return false;
    const bucket = this.#bucketOf(destination, this.limits.perDestination, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    // It may go to -1: if it stopped at zero, the average charge would be below 1, and the rate too high.
    this.#common.tokens -= randomBelow(this.#random, 3);
    return true;
  }

  /** What `allows` would say now. Charges nothing. */
  wouldAllow(destination: Address, now: Instant): boolean {
    if (levelOf(this.#common, this.limits, now) < 1) return false;
    const { perDestination } = this.limits;
    const bucket = this.#destinations.get(destination);
    return (bucket === undefined ? perDestination.burst : levelOf(bucket, perDestination, now)) >= 1;
  }

  #bucketOf(destination: Address, rate: Rate, now: Instant): Bucket {
    const destinations = this.#destinations;
    let bucket = destinations.get(destination);
    if (bucket === undefined) {
      bucket = { tokens: rate.burst, filledAt: now };
      if (destinations.size >= REMEMBERED_DESTINATIONS) deleteOldest(destinations);
    } else {
      fill(bucket, rate, now);
      destinations.delete(destination);
    }
    destinations.set(destination, bucket);
    return bucket;
  }
}

const fill = (bucket: Bucket, rate: Rate, now: Instant): void => {
  bucket.tokens = levelOf(bucket, rate, now);
  bucket.filledAt = now;
};

const levelOf = ({ tokens, filledAt }: Bucket, { perSecond, burst }: Rate, now: Instant): number =>
  Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1000);
