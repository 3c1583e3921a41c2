import { type Address, contains } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { after, type Instant, milliseconds, seconds, since } from '../time.js';

/** The first redirect goes at once, the next after this long, then twice as long each time. */
const FIRST_PAUSE = milliseconds(20);
/** After so many without effect, silence. */
const MOST_REDIRECTS = 9;
/** So long without traffic that calls for a redirect, and the host is told anew. */
const FORGOTTEN_AFTER = seconds(20.48);
/** How many pairs of host and destination are remembered. */
const REMEMBERED_PAIRS = 4096;

/**
 * The gateway that the sender of a datagram should use instead of us, or undefined where we are right for it.
 *
 * `nextHop` is on the link of `ingress`, by which the datagram also leaves. Better are we not where the sender
 * is not on the next hop's subnet, or is the next hop, or asked for this path by a source route.
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
 * Who was told of a better gateway, how often, and when it may be told again.
 *
 * One that does not listen is told nine times, at growing distances, then no more until it has been
 * quiet for a while. By host and destination, for a host may need many redirects and ignore one.
 *
 * Source: RFC 1812 §4.3.2.8.
 */
export class RedirectBackoff {
  readonly #told = new Map<string, Told>();

  /** Whether to tell this host about this destination now; if so, it counts as told. */
  allows(host: Address, destination: Address, now: Instant): boolean {
    const key = `${host} ${destination}`;
    const told = this.#told.get(key);
    if (told === undefined || since(told.calledAt, now) > FORGOTTEN_AFTER) {
      this.#remember(key, { times: 1, nextAt: after(now, FIRST_PAUSE), calledAt: now });
      return true;
    }
    told.calledAt = now;
    if (told.times >= MOST_REDIRECTS || now < told.nextAt) return false;
    told.nextAt = after(now, milliseconds(FIRST_PAUSE * 2 ** told.times));
    told.times += 1;
    return true;
  }

  #remember(key: string, told: Told): void {
    this.#told.delete(key);
    if (this.#told.size >= REMEMBERED_PAIRS) {
      for (const oldest of this.#told.keys()) {
        this.#told.delete(oldest);
        break;
      }
    }
    this.#told.set(key, told);
  }
}
