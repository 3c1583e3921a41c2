import { type Address, contains } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { deleteOldest } from '../ip/oldest.js';
import { after, type Instant, milliseconds, seconds, since } from '../time.js';

/** The pause after the first redirect; it doubles each time. */
const FIRST_PAUSE = milliseconds(20);
/** The number of redirects without effect after which no more are sent. */
const MOST_REDIRECTS = 9;
/** After this long without traffic that calls for a redirect, counting starts over. */
const FORGOTTEN_AFTER = seconds(20.48);
/** How many pairs of host and destination are remembered. */
const REMEMBERED_PAIRS = 4096;

/**
 * The gateway that the sender of a datagram should use instead of us, or undefined if none is better.
 *
 * `nextHop` is on the link of `ingress`, by which the datagram also leaves. No better gateway exists if the sender is
 * not in the next hop's subnet, is the next hop itself, or asked for this path by a source route.
 *
 * Source: RFC 1812 §5.2.7.2.
 */
export const betterGateway = (
  datagram: Uint8Array,
  ingress: Interface,
  nextHop: Address,
  hasSourceRoute: boolean,
): Address | undefined => {
  const source = ipv4.source(datagram);
  if (hasSourceRoute || source === nextHop) return undefined;
  const sharesSubnet = ingress.addresses.some(
    ({ prefix }) => contains(prefix, source) && contains(prefix, nextHop),
  );
  return sharesSubnet ? nextHop : undefined;
};

interface Told {
  times: number;
  nextAt: Instant;
  /** When traffic of this pair last called for a redirect. */
  calledAt: Instant;
}

/**
 * Which hosts were redirected, how often, and when they may be redirected again.
 *
 * A host that ignores redirects gets nine, at growing intervals, then no more until it has been quiet for a while.
 * Tracked by host and destination, because a host may need many redirects and ignore one.
 *
 * Source: RFC 1812 §4.3.2.8.
 */
export class RedirectBackoff {
  readonly #told = new Map<string, Told>();

  /** Whether to redirect this host for this destination now; if so, it is recorded. */
  allows(host: Address, destination: Address, now: Instant): boolean {
    const key = keyOf(host, destination);
    const told = this.#told.get(key);
    if (told === undefined || isForgotten(told, now)) {
      this.#remember(key, { times: 1, nextAt: after(now, FIRST_PAUSE), calledAt: now });
      return true;
    }
    told.calledAt = now;
    if (!isDue(told, now)) return false;
    told.nextAt = after(now, milliseconds(FIRST_PAUSE * 2 ** told.times));
    told.times += 1;
    return true;
  }

  /** What `allows` would say now. Records nothing. */
  wouldAllow(host: Address, destination: Address, now: Instant): boolean {
    const told = this.#told.get(keyOf(host, destination));
    return told === undefined || isForgotten(told, now) || isDue(told, now);
  }

  #remember(key: string, told: Told): void {
    this.#told.delete(key);
    if (this.#told.size >= REMEMBERED_PAIRS) deleteOldest(this.#told);
    this.#told.set(key, told);
  }
}

const keyOf = (host: Address, destination: Address): string => `${host} ${destination}`;

const isForgotten = ({ calledAt }: Told, now: Instant): boolean => since(calledAt, now) > FORGOTTEN_AFTER;

const isDue = ({ times, nextAt }: Told, now: Instant): boolean => times < MOST_REDIRECTS && now >= nextAt;
