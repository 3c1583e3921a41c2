import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import * as ipv4 from '../ip/header.js';
import { errorOptions } from '../ip/options-reply.js';
import type { Instant } from '../time.js';
import { type IcmpError, suppressionOf, writeError } from './error.js';
import { extensionFor } from './extension.js';
import type { IcmpCounters, Suppression } from './message.js';
import type { RateLimiter } from './rate-limit.js';
import { betterGateway, type RedirectBackoff } from './redirect.js';
import type { Surroundings } from './surroundings.js';

/** A datagram of our own and the way it leaves. */
export interface Departure {
  readonly datagram: Uint8Array;
  readonly exit: Exit;
}

/**
 * Answers a dropped datagram with an ICMP error, unless one of the rules forbids it.
 *
 * Counts what it sends and, by reason, what it does not. Undefined where nothing is to be sent.
 * Source: RFC 1812 §4.3.2.
 */
export const answerWithError = (
  error: IcmpError,
  original: Uint8Array,
  ingress: Interface,
  around: Surroundings,
  limiter: RateLimiter,
  counters: IcmpCounters,
  now: Instant,
): Departure | Suppression => {
  const suppression = suppressionOf(error.message, original, around.settings, around.lookup);
  if (suppression !== undefined) return suppress(counters, suppression);
  const sender = ipv4.source(original);
  const { options, firstHop } = errorOptions(original, error.message === 'parameter-problem');
  const exit = around.exitTo(firstHop ?? sender, original);
  if (exit === undefined) return suppress(counters, 'no-route');
  const source = errorSource(original, ingress, exit, around);
  if (source === undefined) return suppress(counters, 'no-route');
  // Path MTU discovery must work under load. Source: RFC 1191 §4.
  if (error.message !== 'frag-needed' && !limiter.allows(sender, now))
    return suppress(counters, 'rate-limit');
  counters.sent[error.message] += 1;
  const addressing = {
    source,
    destination: firstHop ?? sender,
    identification: around.nextIdentification(),
    options,
    mtu: exit.egress.mtu,
  };
  const extension = extensionFor(original, ingress, around);
  return { datagram: writeError(error, original, addressing, extension, around.allocate), exit };
};

/**
 * Tells the sender of a datagram, which leaves by the interface it came in by, of the better gateway.
 *
 * Undefined where there is none, or the sender has been told often enough. The datagram is forwarded all
 * the same. Source: RFC 1812 §5.2.7.2.
 */
export const redirectSender = (
  datagram: Uint8Array,
  ingress: Interface,
  nextHop: Address,
  how: { readonly hasSourceRoute: boolean; readonly isByTos: boolean },
  around: Surroundings,
  backoff: RedirectBackoff,
  counters: IcmpCounters,
  now: Instant,
): Departure | Suppression | undefined => {
  const gateway = betterGateway(datagram, ingress, nextHop, how.hasSourceRoute);
  if (gateway === undefined) return undefined;
  const isToldByTos = how.isByTos && around.settings.icmp.redirectsByTos;
  const message = isToldByTos ? 'redirect-host-tos' : 'redirect-host';
  const suppression = suppressionOf(message, datagram, around.settings, around.lookup);
  if (suppression !== undefined) return suppress(counters, suppression);
  const sender = ipv4.source(datagram);
  const source = around.addressOn(ingress, sender);
  if (source === undefined) return undefined;
  if (!backoff.allows(sender, ipv4.destination(datagram), now)) return suppress(counters, 'rate-limit');
  counters.sent[message] += 1;
  const addressing = {
    source,
    destination: sender,
    identification: around.nextIdentification(),
    options: NOTHING,
    mtu: ingress.mtu,
  };
  const redirect = writeError(
    { message, parameter: gateway },
    datagram,
    addressing,
    NOTHING,
    around.allocate,
  );
  return { datagram: redirect, exit: { egress: ingress, nextHop: sender } };
};

const NOTHING = new Uint8Array(0);

const suppress = (counters: IcmpCounters, why: Suppression): Suppression => {
  counters.suppressed[why] += 1;
  return why;
};

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
