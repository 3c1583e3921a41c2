import type { Address } from '../address.js';
import { checksum } from '../ip/checksum.js';
import * as ipv4 from '../ip/header.js';
import { writeUint16 } from '../ip/octets.js';
import { ORIGIN_TTL } from './error.js';
import { ECHO_REPLY } from './message.js';

/** How the datagram that carries an answer is addressed. */
export interface ReplyAddressing {
  readonly source: Address;
  readonly destination: Address;
  readonly identification: number;
  /** A multiple of 4 octets; empty for none. */
  readonly options: Uint8Array;
}

/**
 * Answers an echo request: the same identifier, sequence number and data, as much as there is.
 *
 * `request` is a whole datagram with at least the 8 octets of an ICMP header. DF is clear, for the way
 * back may be narrower; TOS is the request's. The code, which should be 0, comes back as it was.
 *
 * Source: RFC 792, RFC 1812 §4.3.3.6.
 */
export const writeEchoReply = (
  request: Uint8Array,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const message = request.subarray(ipv4.headerLength(request));
  const reply = startReply(request, message.length, addressing, allocate);
  const icmp = reply.length - message.length;
  reply.set(message, icmp);
  reply[icmp] = ECHO_REPLY;
  return finishReply(reply, icmp);
};

/** Room for an answer with a message of this length, its IP header written. Source: RFC 1812 §4.3.2.5. */
export const startReply = (
  request: Uint8Array,
  messageLength: number,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const reply = allocate(ipv4.MINIMUM_HEADER_LENGTH + addressing.options.length + messageLength);
  ipv4.writeHeader(
    reply,
    {
      tos: ipv4.tos(request),
      identification: addressing.identification,
      flags: 0,
      ttl: ORIGIN_TTL,
      protocol: ipv4.PROTOCOL_ICMP,
      source: addressing.source,
      destination: addressing.destination,
    },
    addressing.options,
  );
  return reply;
};

/** Writes the checksum of the message that begins at `icmp`. */
export const finishReply = (reply: Uint8Array, icmp: number): Uint8Array => {
  writeUint16(reply, icmp + 2, 0);
  writeUint16(reply, icmp + 2, checksum(reply, icmp, reply.length));
  return reply;
};
