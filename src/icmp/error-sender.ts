import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { DropDetail, Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import * as ipv4 from '../ip/header.js';
import { errorOptions } from '../ip/options-reply.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';
import type { IcmpEnvironment } from './environment.js';
import { errorFor, type IcmpError, suppressionOf, writeError } from './error.js';
import { extensionFor } from './extension.js';
import type { SentMessage, Suppression } from './message.js';
import { notifySuppressed } from './notify.js';
import { RateLimiter } from './rate-limit.js';
import { betterGateway, RedirectBackoff } from './redirect.js';

/** What a datagram that leaves by its ingress asked for. */
interface How {
  readonly hasSourceRoute: boolean;
  readonly isByTos: boolean;
}

/** A message that some rule forbids. */
interface Suppressed {
  readonly message: SentMessage;
  readonly to: Address;
  readonly why: Suppression;
}

/** A message that no rule forbids, and how it leaves. */
interface Planned {
  readonly message: SentMessage;
  readonly error: IcmpError;
  readonly from: Address;
  readonly to: Address;
  readonly options: Uint8Array;
  readonly exit: Exit;
  readonly why: undefined;
}

/** A message that would be sent now, or why it would not. */
export type ForeseenMessage =
  | Suppressed
  | {
      readonly message: SentMessage;
      readonly from: Address;
      readonly to: Address;
      readonly why: undefined;
    };

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
    const answer = this.#answerTo(reason, detail, original, ingress);
    if (answer === undefined) return;
    const { message, to } = answer;
    if (answer.why !== undefined) return this.#suppress(answer.why, message, to, ingress, now);
    const environment = this.#environment;
    if (isLimited(message) && !this.#currentLimiter.allows(ipv4.source(original), now))
      return this.#suppress('rate-limit', message, ipv4.source(original), ingress, now);
    environment.counters.sent[message] += 1;
    const { error, from, options, exit } = answer;
    const addressing = {
      source: from,
      destination: to,
      identification: environment.nextIdentification(),
      options,
      mtu: exit.egress.mtu,
    };
    const extension = extensionFor(original, ingress, environment);
    const datagram = writeError(error, original, addressing, extension, environment.allocate);
    environment.send({ datagram, exit }, now);
  }

  /** What `answer` would do now; undefined if the reason calls for no error. Sends, counts and spends nothing. */
  foresee(
    reason: DropReason,
    detail: DropDetail,
    original: Uint8Array,
    ingress: Interface,
    now: Instant,
  ): ForeseenMessage | undefined {
    const answer = this.#answerTo(reason, detail, original, ingress);
    if (answer === undefined || answer.why !== undefined) return answer;
    const { message, from, to } = answer;
    const isAllowed = !isLimited(message) || this.#currentLimiter.wouldAllow(ipv4.source(original), now);
    return isAllowed ? { message, from, to, why: undefined } : { message, to, why: 'rate-limit' };
  }

  /**
   * Redirects the sender of a datagram that leaves by its ingress to the better gateway, if one exists. The datagram is
   * forwarded nevertheless. Source: RFC 1812 §5.2.7.2.
   */
  redirect(datagram: Uint8Array, ingress: Interface, nextHop: Address, how: How, now: Instant): void {
    const redirect = this.#redirectAbout(datagram, ingress, nextHop, how);
    if (redirect === undefined) return;
    const { message, to } = redirect;
    if (redirect.why !== undefined) return this.#suppress(redirect.why, message, to, ingress, now);
    const environment = this.#environment;
    if (!this.#backoff.allows(to, ipv4.destination(datagram), now))
      return this.#suppress('rate-limit', message, to, ingress, now);
    environment.counters.sent[message] += 1;
    const addressing = {
      source: redirect.from,
      destination: to,
      identification: environment.nextIdentification(),
      options: NOTHING,
      mtu: ingress.mtu,
    };
    const octets = writeError(redirect.error, datagram, addressing, NOTHING, environment.allocate);
    environment.send({ datagram: octets, exit: redirect.exit }, now);
  }

  /** What `redirect` would do now, and the better gateway; undefined if there is none. Sends and counts nothing. */
  foreseeRedirect(
    datagram: Uint8Array,
    ingress: Interface,
    nextHop: Address,
    how: How,
    now: Instant,
  ): ForeseenMessage | undefined {
    const redirect = this.#redirectAbout(datagram, ingress, nextHop, how);
    if (redirect === undefined || redirect.why !== undefined) return redirect;
    const { message, from, to } = redirect;
    const isAllowed = this.#backoff.wouldAllow(to, ipv4.destination(datagram), now);
    return isAllowed ? { message, from, to, why: undefined } : { message, to, why: 'rate-limit' };
  }

  /** The error about a drop, or what forbids it; its rate is not asked about. Only reads. */
  #answerTo(
    reason: DropReason,
    detail: DropDetail,
    original: Uint8Array,
    ingress: Interface,
  ): Planned | Suppressed | undefined {
    const error = errorFor(reason, detail);
    if (error === undefined) return undefined;
    const { message } = error;
    const environment = this.#environment;
    const why = suppressionOf(message, original, environment.settings, environment.lookup);
    const sender = ipv4.source(original);
    if (why !== undefined) return { message, to: sender, why };
    const { options, firstHop } = errorOptions(original, message === 'parameter-problem');
    const exit = environment.exitTo(firstHop ?? sender, original);
    if (exit === undefined) return { message, to: sender, why: 'no-route' };
    const from = errorSource(original, ingress, exit, environment);
    if (from === undefined) return { message, to: sender, why: 'no-route' };
    return { message, error, from, to: firstHop ?? sender, options, exit, why: undefined };
  }

  /** The redirect about a datagram, or what forbids it; how often is not asked about. Only reads. */
  #redirectAbout(
    datagram: Uint8Array,
    ingress: Interface,
    nextHop: Address,
    how: How,
  ): Planned | Suppressed | undefined {
    const gateway = betterGateway(datagram, ingress, nextHop, how.hasSourceRoute);
    if (gateway === undefined) return undefined;
    const environment = this.#environment;
    const isToldByTos = how.isByTos && environment.settings.icmp.redirectsByTos;
    const message = isToldByTos ? 'redirect-host-tos' : 'redirect-host';
    const why = suppressionOf(message, datagram, environment.settings, environment.lookup);
    const to = ipv4.source(datagram);
    if (why !== undefined) return { message, to, why };
    const from = environment.addressOn(ingress, to);
    if (from === undefined) return undefined;
    const error = { message, parameter: gateway } as const;
    return {
      message,
      error,
      from,
      to,
      options: NOTHING,
      exit: { egress: ingress, nextHop: to },
      why: undefined,
    };
  }

  get #currentLimiter(): RateLimiter {
    this.#limiter.limits = this.#environment.settings.icmp.rateLimit;
    return this.#limiter;
  }

  #suppress(why: Suppression, message: SentMessage, to: Address, ingress: Interface, now: Instant): void {
    this.#environment.counters.suppressed[why] += 1;
    notifySuppressed(this.#environment, message, to, ingress, why, now);
  }
}

const NOTHING = new Uint8Array(0);

/** Path MTU discovery must work under load. Source: RFC 1191 §4. */
const isLimited = (message: SentMessage): boolean => message !== 'frag-needed';

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
