import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import * as ipv4 from '../ip/header.js';
import { errorOptions } from '../ip/options-reply.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';
import { type IcmpError, suppressionOf, writeError } from './error.js';
import { extensionFor } from './extension.js';
import type { IcmpCounters, SentMessage, Suppression } from './message.js';
import { RateLimiter } from './rate-limit.js';
import { betterGateway, RedirectBackoff } from './redirect.js';
import { reportSuppressed } from './report.js';
import type { Surroundings } from './surroundings.js';

/** A datagram of our own and the way it leaves. */
export interface Departure {
  readonly datagram: Uint8Array;
  readonly exit: Exit;
}

/**
 * The ICMP errors and redirects that a router sends about other datagrams, and those that it keeps to itself.
 *
 * Counts what is sent and, by reason, what is not. Source: RFC 1812 §4.3.2.
 */
export class Answers {
  readonly #around: Surroundings;
  readonly #counters: IcmpCounters;
  readonly #limiter: RateLimiter;
  readonly #backoff = new RedirectBackoff();

  constructor(around: Surroundings, counters: IcmpCounters, random: Random, now: Instant) {
    this.#around = around;
    this.#counters = counters;
    this.#limiter = new RateLimiter(around.settings.icmp.rateLimit, random, now);
  }

  /** The error that answers a dropped datagram, unless one of the rules forbids it. */
  error(error: IcmpError, original: Uint8Array, ingress: Interface, now: Instant): Departure | Suppression {
    const around = this.#around;
    const suppression = suppressionOf(error.message, original, around.settings, around.lookup);
    const sender = ipv4.source(original);
    if (suppression !== undefined) return this.#suppress(suppression, error.message, sender, ingress, now);
    const { options, firstHop } = errorOptions(original, error.message === 'parameter-problem');
    const exit = around.exitTo(firstHop ?? sender, original);
    if (exit === undefined) return this.#suppress('no-route', error.message, sender, ingress, now);
    const source = errorSource(original, ingress, exit, around);
    if (source === undefined) return this.#suppress('no-route', error.message, sender, ingress, now);
    // Path MTU discovery must work under load. Source: RFC 1191 §4.
    if (error.message !== 'frag-needed' && !this.#limiter.allows(sender, now))
      return this.#suppress('rate-limit', error.message, sender, ingress, now);
    this.#counters.sent[error.message] += 1;
    const addressing = {
      source,
      destination: firstHop ?? sender,
      identification: around.nextIdentification(),
      options,
      mtu: exit.egress.mtu,
    };
    const extension = extensionFor(original, ingress, around);
    return { datagram: writeError(error, original, addressing, extension, around.allocate), exit };
  }

  /**
   * Tells the sender of a datagram, which leaves by the interface it came in by, of the better gateway.
   *
   * Undefined where there is none. The datagram is forwarded all the same. Source: RFC 1812 §5.2.7.2.
   */
  redirect(
    datagram: Uint8Array,
    ingress: Interface,
    nextHop: Address,
    how: { readonly hasSourceRoute: boolean; readonly isByTos: boolean },
    now: Instant,
  ): Departure | Suppression | undefined {
    const around = this.#around;
    const gateway = betterGateway(datagram, ingress, nextHop, how.hasSourceRoute);
    if (gateway === undefined) return undefined;
    const isToldByTos = how.isByTos && around.settings.icmp.redirectsByTos;
    const message = isToldByTos ? 'redirect-host-tos' : 'redirect-host';
    const suppression = suppressionOf(message, datagram, around.settings, around.lookup);
    const sender = ipv4.source(datagram);
    if (suppression !== undefined) return this.#suppress(suppression, message, sender, ingress, now);
    const source = around.addressOn(ingress, sender);
    if (source === undefined) return undefined;
    if (!this.#backoff.allows(sender, ipv4.destination(datagram), now))
      return this.#suppress('rate-limit', message, sender, ingress, now);
    this.#counters.sent[message] += 1;
    const addressing = {
      source,
      destination: sender,
      identification: around.nextIdentification(),
      options: NOTHING,
      mtu: ingress.mtu,
    };
    const error = { message, parameter: gateway } as const;
    const redirect = writeError(error, datagram, addressing, NOTHING, around.allocate);
    return { datagram: redirect, exit: { egress: ingress, nextHop: sender } };
  }

  #suppress(
    why: Suppression,
    message: SentMessage,
    to: Address,
    ingress: Interface,
    now: Instant,
  ): Suppression {
    this.#counters.suppressed[why] += 1;
    reportSuppressed(this.#around, message, to, ingress, why, now);
    return why;
  }
}

const NOTHING = new Uint8Array(0);

/** Whose address an error carries; for a datagram to one of ours, that one. Source: RFC 1812 §4.3.2.4. */
const errorSource = (
  original: Uint8Array,
  ingress: Interface,
  exit: Exit,
  around: Surroundings,
): Address | undefined => {
  const { icmp, ip } = around.settings;
  const destination = ipv4.destination(original);
  if (around.lookup(destination)?.kind === 'local') return destination;
  if (icmp.source === 'loopback' && ip.loopback !== undefined) return ip.loopback;
  return icmp.source === 'ingress'
    ? around.addressOn(ingress, ipv4.source(original))
    : around.addressOn(exit.egress, exit.nextHop);
};
