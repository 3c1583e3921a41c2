import { type Address, LIMITED_BROADCAST, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import * as ipv4 from '../ip/header.js';
import { isChecksumRight } from '../ip/octets.js';
import { replyOptions } from '../ip/options-reply.js';
import type { Instant } from '../time.js';
import { ADDRESS_MASK_LENGTH, maskFor, writeAddressMaskReply } from './address-mask.js';
import { writeEchoReply } from './echo.js';
import type { IcmpEnvironment } from './environment.js';
import {
  ADDRESS_MASK_REQUEST,
  ECHO_REQUEST,
  EXTENDED_ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  RECEIVED_NAMES,
  ROUTER_SOLICITATION,
  type SentMessage,
  TIMESTAMP_REQUEST,
} from './message.js';
import { probe, writeExtendedEchoReply } from './probe.js';
import type { ReplyAddressing } from './reply.js';
import { solicitationFault } from './router-discovery.js';
import { TIMESTAMP_LENGTH, writeTimestampReply } from './timestamp.js';

/** An answer, ready to leave. */
export interface IcmpAnswer {
  readonly message: SentMessage;
  readonly datagram: Uint8Array;
  /** Its exit, if the routes do not determine it. */
  readonly exit?: Exit;
}

/** A host solicited routers, and is answered after a delay. */
export const SOLICITED = 'solicited';

/**
 * Takes a whole ICMP datagram for us: returns an answer, or why there is none.
 *
 * Queries are answered; errors and unsolicited replies are ignored, and never change a route. Source: RFC 1812 §4.3.
 */
export const receiveIcmp = (
  datagram: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): IcmpAnswer | typeof SOLICITED | DropReason => {
  const at = ipv4.headerLength(datagram);
  if (datagram.length < at + ICMP_HEADER_LENGTH) return 'icmp-malformed';
  if (!isChecksumRight(datagram, at, datagram.length)) return 'icmp-bad-checksum';
  const type = datagram[at]!;
  const name = RECEIVED_NAMES[type];
  const { received } = environment.counters;
  if (name !== undefined) received[name] = (received[name] ?? 0) + 1;
  switch (type) {
    case ECHO_REQUEST:
      return answerEcho(datagram, ingress, environment, now);
    case TIMESTAMP_REQUEST:
      return answerTimestamp(datagram, ingress, environment, now);
    case ADDRESS_MASK_REQUEST:
      return answerAddressMask(datagram, ingress, environment, now);
    case EXTENDED_ECHO_REQUEST:
      return answerProbe(datagram, ingress, environment, now);
    case ROUTER_SOLICITATION:
      return solicitationFault(datagram, ingress, environment) ?? SOLICITED;
    default:
      return 'icmp-ignored';
  }
};

const answerEcho = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): IcmpAnswer | DropReason => {
  const { icmp } = environment.settings;
  if (!icmp.echoReply) return 'icmp-ignored';
  if (!isToOneOfUs(request, environment) && !icmp.echoBroadcast) return 'icmp-ignored';
  const addressing = replyAddressing(request, ingress, environment, now);
  if (addressing === undefined) return 'icmp-ignored';
  return { message: 'echo-reply', datagram: writeEchoReply(request, addressing, environment.allocate) };
};

const answerTimestamp = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): IcmpAnswer | DropReason => {
  if (!environment.settings.icmp.timestampReply || !isToOneOfUs(request, environment)) return 'icmp-ignored';
  if (ipv4.payloadLength(request) < TIMESTAMP_LENGTH) return 'icmp-malformed';
  const addressing = replyAddressing(request, ingress, environment, now);
  if (addressing === undefined) return 'icmp-ignored';
  const datagram = writeTimestampReply(
    request,
    environment.utcMilliseconds(now),
    addressing,
    environment.allocate,
  );
  return { message: 'timestamp-reply', datagram };
};

/** A host without an address is answered by a broadcast. Source: RFC 950 Appendix I. */
const answerAddressMask = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): IcmpAnswer | DropReason => {
  if (!environment.settings.icmp.addressMaskReply) return 'icmp-ignored';
  if (ipv4.payloadLength(request) < ADDRESS_MASK_LENGTH) return 'icmp-malformed';
  const host = ipv4.source(request);
  const mask = maskFor(host, ingress);
  if (mask === undefined) return 'icmp-ignored';
  const addressing =
    host === UNSPECIFIED
      ? broadcastAddressing(request, ingress, environment)
      : replyAddressing(request, ingress, environment, now);
  if (addressing === undefined) return 'icmp-ignored';
  const datagram = writeAddressMaskReply(request, mask, addressing, environment.allocate);
  const exit = { egress: ingress, nextHop: LIMITED_BROADCAST };
  return { message: 'address-mask-reply', datagram, ...(host === UNSPECIFIED ? { exit } : {}) };
};

const answerProbe = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): IcmpAnswer | DropReason => {
  if (!environment.settings.icmp.probe || !isToOneOfUs(request, environment)) return 'icmp-ignored';
  const addressing = replyAddressing(request, ingress, environment, now);
  if (addressing === undefined) return 'icmp-ignored';
  const datagram = writeExtendedEchoReply(
    request,
    probe(request, environment),
    addressing,
    environment.allocate,
  );
  return { message: 'extended-echo-reply', datagram };
};

const isToOneOfUs = (request: Uint8Array, environment: IcmpEnvironment): boolean =>
  environment.isOurs(ipv4.destination(request));

/**
 * How an answer to a query is addressed: from the queried address, or from our address on the interface if
 * everybody was queried; undefined if there is nobody to answer.
 *
 * Source: RFC 1812 §4.3.3.6.
 */
export const replyAddressing = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
  now: Instant,
): ReplyAddressing | undefined => {
  const peer = ipv4.source(request);
  if (peer === UNSPECIFIED) return undefined;
  const source = addressAsked(request, ingress, environment);
  if (source === undefined) return undefined;
  const { options, firstHop } = replyOptions(request, source, environment, now);
  return {
    source,
    destination: firstHop ?? peer,
    identification: environment.nextIdentification(),
    options,
  };
};

const broadcastAddressing = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
): ReplyAddressing | undefined => {
  const source = addressAsked(request, ingress, environment);
  if (source === undefined) return undefined;
  const identification = environment.nextIdentification();
  return { source, destination: LIMITED_BROADCAST, identification, options: new Uint8Array(0) };
};

const addressAsked = (
  request: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
): Address | undefined => {
  const asked = ipv4.destination(request);
  return environment.isOurs(asked) ? asked : environment.addressOn(ingress, ipv4.source(request));
};
