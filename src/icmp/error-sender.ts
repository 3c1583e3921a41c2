import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { DropDetail, Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import * as ipv4 from '../ip/header.js';
import { errorOptions } from '../ip/options-reply.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';
import type { IcmpEnvironment } from './environment.js';
import { errorFor, suppressionOf, writeError } from './error.js';
import { extensionFor } from './extension.js';
import type { SentMessage, Suppression } from './message.js';
import { notifySuppressed } from './notify.js';
import { RateLimiter } from './rate-limit.js';
import { betterGateway, RedirectBackoff } from './redirect.js';

/**
 * Sends ICMP errors and redirects about other datagrams, or suppresses them.
 *
 * Counts what is sent and, by reason, what is suppressed. Source: RFC 1812 §4.3.2.
 */
export class ErrorSender {
  readonly #environment: IcmpEnvironment;
  readonly #limiter: RateLimiter;
  readonly #backoff = new RedirectBackoff();

  constructor(environment: IcmpEnvironment, random: Random, now: Instant) {
    this.#environment = environment;
    this.#limiter = new RateLimiter(environment.settings.icmp.rateLimit, random, now);
  }

  /** Answers a dropped datagram with an error, if its reason calls for one and no rule forbids it. */
  answer(
    reason: DropReason,
    detail: DropDetail,
    original: Uint8Array,
    ingress: Interface,
    now: Instant,
  ): void {
    const error = errorFor(reason, detail);
    if (error === undefined) return;
    const { message } = error;
    const environment = this.#environment;
    const { settings } = environment;
    const suppression = suppressionOf(message, original, settings, environment.lookup);
    const sender = ipv4.source(original);
    if (suppression !== undefined) return this.#suppress(suppression, message, sender, ingress, now);
    const { options, firstHop } = errorOptions(original, message === 'parameter-problem');
    const exit = environment.exitTo(firstHop ?? sender, original);
    if (exit === undefined) return this.#suppress('no-route', message, sender, ingress, now);
    const source = errorSource(original, ingress, exit, environment);
    if (source === undefined) return this.#suppress('no-route', message, sender, ingress, now);
    // Path MTU discovery must work under load. Source: RFC 1191 §4.
    this.#limiter.limits = settings.icmp.rateLimit;
    if (message !== 'frag-needed' && !this.#limiter.allows(sender, now))
      return this.#suppress('rate-limit', message, sender, ingress, now);
    environment.counters.sent[message] += 1;
    const addressing = {
      source,
      destination: firstHop ?? sender,
      identification: environment.nextIdentification(),
      options,
      mtu: exit.egress.mtu,
    };
    const extension = extensionFor(original, ingress, environment);
    const datagram = writeError(error, original, addressing, extension, environment.allocate);
    environment.send({ datagram, exit }, now);
  }

  /**
   * Redirects the sender of a datagram that leaves by its ingress to the better gateway, if one exists. The datagram is
   * forwarded nevertheless. Source: RFC 1812 §5.2.7.2.
   */
  redirect(
    datagram: Uint8Array,
    ingress: Interface,
    nextHop: Address,
    how: { readonly hasSourceRoute: boolean; readonly isByTos: boolean },
    now: Instant,
  ): void {
    const gateway = betterGateway(datagram, ingress, nextHop, how.hasSourceRoute);
    if (gateway === undefined) return;
    const environment = this.#environment;
    const isToldByTos = how.isByTos && environment.settings.icmp.redirectsByTos;
    const message = isToldByTos ? 'redirect-host-tos' : 'redirect-host';
    const suppression = suppressionOf(message, datagram, environment.settings, environment.lookup);
    const sender = ipv4.source(datagram);
    if (suppression !== undefined) return this.#suppress(suppression, message, sender, ingress, now);
    const source = environment.addressOn(ingress, sender);
    if (source === undefined) return;
    if (!this.#backoff.allows(sender, ipv4.destination(datagram), now))
      return this.#suppress('rate-limit', message, sender, ingress, now);
    environment.counters.sent[message] += 1;
    const addressing = {
      source,
      destination: sender,
      identification: environment.nextIdentification(),
      options: NOTHING,
      mtu: ingress.mtu,
    };
    const error = { message, parameter: gateway } as const;
    const redirect = writeError(error, datagram, addressing, NOTHING, environment.allocate);
    environment.send({ datagram: redirect, exit: { egress: ingress, nextHop: sender } }, now);
  }

  #suppress(why: Suppression, message: SentMessage, to: Address, ingress: Interface, now: Instant): void {
    this.#environment.counters.suppressed[why] += 1;
    notifySuppressed(this.#environment, message, to, ingress, why, now);
  }
}

const NOTHING = new Uint8Array(0);

/** The source address of an error; if the original was sent to one of our addresses, that one. Source: RFC 1812 §4.3.2.4. */
const errorSource = (
  original: Uint8Array,
  ingress: Interface,
  exit: Exit,
  environment: IcmpEnvironment,
): Address | undefined => {
  const { icmp, ip } = environment.settings;
  const destination = ipv4.destination(original);
  if (environment.isOurs(destination)) return destination;
  if (icmp.source === 'loopback' && ip.loopback !== undefined) return ip.loopback;
  return icmp.source === 'ingress'
    ? environment.addressOn(ingress, ipv4.source(original))
    : environment.addressOn(exit.egress, exit.nextHop);
};
