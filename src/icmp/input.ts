import { type Address, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import { isChecksumRight } from '../ip/checksum.js';
import * as ipv4 from '../ip/header.js';
import { replyOptions } from '../ip/options-reply.js';
import type { Instant } from '../time.js';
import { type ReplyAddressing, writeEchoReply } from './echo.js';
import {
  ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  type IcmpCounters,
  RECEIVED_NAMES,
  type SentMessage,
} from './message.js';
import type { Surroundings } from './surroundings.js';

/** An answer, ready to leave. */
export interface Answer {
  readonly message: SentMessage;
  readonly datagram: Uint8Array;
}

/**
 * Takes a whole ICMP datagram that is for us: an answer, or why there is none.
 *
 * Queries get their answer; errors and answers that nobody here asked for are ignored, and never change a
 * route. Source: RFC 1812 §4.3.
 */
export const receiveIcmp = (
  datagram: Uint8Array,
  ingress: Interface,
  around: Surroundings,
  counters: IcmpCounters,
  now: Instant,
): Answer | DropReason => {
  const at = ipv4.headerLength(datagram);
  if (datagram.length < at + ICMP_HEADER_LENGTH) return 'icmp-malformed';
  if (!isChecksumRight(datagram, at, datagram.length)) return 'icmp-bad-checksum';
  const type = datagram[at]!;
  const name = RECEIVED_NAMES[type];
  if (name !== undefined) counters.received[name] = (counters.received[name] ?? 0) + 1;
  switch (type) {
    case ECHO_REQUEST:
      return answerEcho(datagram, ingress, around, now);
    default:
      return 'icmp-ignored';
  }
};

const answerEcho = (
  request: Uint8Array,
  ingress: Interface,
  around: Surroundings,
  now: Instant,
): Answer | DropReason => {
  const { icmp } = around.settings;
  if (!icmp.echoReply) return 'icmp-ignored';
  const isUnicast = around.lookup(ipv4.destination(request))?.kind === 'local';
  if (!isUnicast && !icmp.echoBroadcast) return 'icmp-ignored';
  const addressing = replyAddressing(request, ingress, around, now);
  if (addressing === undefined) return 'icmp-ignored';
  return { message: 'echo-reply', datagram: writeEchoReply(request, addressing, around.allocate) };
};

/**
 * How an answer to a query is addressed: from the address that was asked, or from ours on the interface
 * where everybody was asked; undefined where there is nobody to answer.
 *
 * Source: RFC 1812 §4.3.3.6.
 */
export const replyAddressing = (
  request: Uint8Array,
  ingress: Interface,
  around: Surroundings,
  now: Instant,
): ReplyAddressing | undefined => {
  const peer = ipv4.source(request);
  if (peer === UNSPECIFIED) return undefined;
  const source = addressAsked(request, ingress, around);
  if (source === undefined) return undefined;
  const { options, firstHop } = replyOptions(request, source, around, now);
  return {
    source,
    destination: firstHop ?? peer,
    identification: around.nextIdentification(),
    options,
  };
};

const addressAsked = (request: Uint8Array, ingress: Interface, around: Surroundings): Address | undefined => {
  const asked = ipv4.destination(request);
  return around.lookup(asked)?.kind === 'local' ? asked : around.addressOn(ingress, ipv4.source(request));
};
