import * as ipv4 from '../ip/header.js';
import { ECHO_REPLY } from './message.js';
import { copyAsReply, finishReply, type ReplyAddressing } from './reply.js';

/**
 * Answers an echo request with the same identifier, sequence number and data.
 *
 * `request` is a whole datagram with at least the 8 octets of an ICMP header. The code, which should
 * be 0, is returned unchanged.
 *
 * Source: RFC 792, RFC 1812 §4.3.3.6.
 */
export const writeEchoReply = (
  request: Uint8Array,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const length = request.length - ipv4.headerLength(request);
  const reply = copyAsReply(request, ECHO_REPLY, length, addressing, allocate);
  return finishReply(reply, reply.length - length);
};
