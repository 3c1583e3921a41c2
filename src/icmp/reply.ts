import type { Address } from '../address.js';
import * as ipv4 from '../ip/header.js';
import { checksum, writeUint16 } from '../ip/octets.js';
import { ORIGIN_TTL } from './error.js';

/** How the datagram that carries an answer is addressed. */
export interface ReplyAddressing {
  readonly source: Address;
  readonly destination: Address;
  readonly identification: number;
  /** A multiple of 4 octets; empty if there are none. */
  readonly options: Uint8Array;
}

/** The IP header fields of an answer other than its addresses. */
export interface ReplyHeader {
  readonly tos: number;
  /** `ipv4.FLAG_DONT_FRAGMENT` or 0. */
  readonly flags: number;
  readonly ttl: number;
}

/** DF is clear, because the way back may have a smaller MTU; TOS is the request's. Source: RFC 1812 §4.3.2.5. */
export const ordinaryHeader = (request: Uint8Array): ReplyHeader => ({
  tos: ipv4.tos(request),
  flags: 0,
  ttl: ORIGIN_TTL,
});

/** Room for an answer with its IP header written; the message is the last `messageLength` octets. */
export const startReply = (
  header: ReplyHeader,
  addressing: ReplyAddressing,
  messageLength: number,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const { source, destination, identification, options } = addressing;
  const reply = allocate(ipv4.MINIMUM_HEADER_LENGTH + options.length + messageLength);
  ipv4.writeHeader(
    reply,
    { ...header, identification, protocol: ipv4.PROTOCOL_ICMP, source, destination },
    options,
  );
  return reply;
};

/** Writes the checksum of the message that begins at `icmp`. */
export const finishReply = (reply: Uint8Array, icmp: number): Uint8Array => {
  writeUint16(reply, icmp + 2, 0);
  writeUint16(reply, icmp + 2, checksum(reply, icmp, reply.length));
  return reply;
};

/**
 * An answer that starts as a copy of the request's message with another type.
 *
 * `finishReply` must still write the checksum. `length` is how much of the message is copied.
 */
export const copyAsReply = (
  request: Uint8Array,
  type: number,
  length: number,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const asked = ipv4.headerLength(request);
  const reply = startReply(ordinaryHeader(request), addressing, length, allocate);
  const icmp = reply.length - length;
  reply.set(request.subarray(asked, asked + length), icmp);
  reply[icmp] = type;
  return reply;
};
