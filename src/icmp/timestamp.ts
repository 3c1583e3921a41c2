import { writeUint32 } from '../ip/octets.js';
import { NON_STANDARD_TIME } from '../ip/option-stamp.js';
import { TIMESTAMP_REPLY } from './message.js';
import { copyAsReply, finishReply, type ReplyAddressing } from './reply.js';

/** The length of the header and the originate, receive and transmit timestamps. */
export const TIMESTAMP_LENGTH = 20;

const RECEIVE_AT = 12;
const TRANSMIT_AT = 16;

/**
 * Answers a timestamp request with its originate timestamp and our receive and transmit timestamps, which are equal.
 *
 * `request` carries at least `TIMESTAMP_LENGTH` octets. `utcMilliseconds` counts from midnight UT; undefined if the
 * clock cannot be trusted, which the reply marks with its high-order bit.
 *
 * Source: RFC 792, RFC 1122 §3.2.2.8, RFC 1812 §4.3.3.8.
 */
export const writeTimestampReply = (
  request: Uint8Array,
  utcMilliseconds: number | undefined,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const reply = copyAsReply(request, TIMESTAMP_REPLY, TIMESTAMP_LENGTH, addressing, allocate);
  const icmp = reply.length - TIMESTAMP_LENGTH;
  const time = utcMilliseconds === undefined ? NON_STANDARD_TIME : Math.floor(utcMilliseconds);
  writeUint32(reply, icmp + RECEIVE_AT, time);
  writeUint32(reply, icmp + TRANSMIT_AT, time);
  return finishReply(reply, icmp);
};
