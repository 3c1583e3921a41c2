import * as ipv4 from '../../../src/ip/header.js';
import { writeUint32 } from '../../../src/ip/octets.js';
import { datagram, ip } from '../../support/datagram.js';
import { type About, type Expectation, expected, passedOn, pick } from '../expectation.js';
import { MTU, ROUTER } from '../topology.js';
import { icmp, joined } from './sends.js';

export interface ErrorFields extends About {
  readonly type: number;
  readonly code: number;
  /** The second word of the header: four octets or one number. */
  readonly parameter?: number;
  /** What is quoted: the datagram as it was sent unless told; as much of it as fits. */
  readonly quotes?: Uint8Array;
  /** The quoted TTL may be one less, with its checksum: RFC 1812 §4.3.2.3 does not ask to undo that. */
  readonly mayQuoteForwarded?: boolean;
  /** Which address of the router says so; that of the port it leaves by unless told. */
  readonly from?: string;
  /** The source of the datagram it is about unless told. */
  readonly to?: string;
  /** Precedence 6 and the type of service of what it is about, unless told. */
  readonly tos?: number;
  readonly options?: readonly number[];
  /** 576 octets or the MTU of the port, whichever is less, unless told. */
  readonly longest?: number;
  /** In place of header word 2 and quote, whatever the type asks for. */
  readonly body?: Uint8Array;
}

/** An ICMP error of the router about a datagram that was sent. */
export const error =
  (fields: ErrorFields): Expectation =>
  (sent) => {
    const original = pick(sent, fields.of);
    const quoted = fields.quotes ?? original;
    const { mayQuoteForwarded = false } = fields;
    return {
      ...expected(fields.on, writtenError(fields, original, quoted)),
      isOriginated: true,
      orElse: mayQuoteForwarded ? [writtenError(fields, original, passedOn(quoted))] : [],
    };
  };

/** A redirect for the host: use `gateway` instead. */
export const redirect = (
  fields: About & { gateway: string; code?: number } & Partial<ErrorFields>,
): Expectation =>
  error({ type: 5, code: 1, ...fields, parameter: ip(fields.gateway), mayQuoteForwarded: true });

export interface ReplyFields extends About {
  /** The address that was asked unless told. */
  readonly from?: string;
  readonly to?: string;
  readonly options?: readonly number[];
}

/** The answer to an echo request: the same message with type 0. */
export const echoReply =
  ({ on, of, from, to, options = [] }: ReplyFields): Expectation =>
  (sent) => {
    const request = pick(sent, of);
    const message = request.slice(ipv4.headerLength(request));
    return {
      ...expected(
        on,
        datagram({
          tos: ipv4.tos(request),
          id: 0,
          protocol: ipv4.PROTOCOL_ICMP,
          source: from ?? ipv4.destination(request),
          destination: to ?? ipv4.source(request),
          options,
          payload: icmp(0, message[1]!, message.subarray(4)),
        }),
      ),
      isOriginated: true,
    };
  };

const writtenError = (fields: ErrorFields, original: Uint8Array, quoted: Uint8Array): Uint8Array => {
  const { on, type, code, parameter = 0, options = [] } = fields;
  const headers = 20 + ((options.length + 3) & ~3) + 8;
  const longest = fields.longest ?? Math.min(576, MTU[on]!);
  const word = new Uint8Array(4);
  writeUint32(word, 0, parameter);
  return datagram({
    tos: fields.tos ?? (ipv4.tos(original) & 0x1c) | 0xc0,
    id: 0,
    protocol: ipv4.PROTOCOL_ICMP,
    source: fields.from ?? ROUTER[on],
    destination: fields.to ?? ipv4.source(original),
    options,
    payload: icmp(type, code, fields.body ?? joined(word, quoted.subarray(0, longest - headers))),
  });
};
