import * as ipv4 from '../../src/ip/header.js';
import { checksum, isChecksumRight, writeUint16, writeUint32 } from '../../src/ip/octets.js';
import { addressOctets, datagram, ip } from '../support/datagram.js';
import type { Output, PortNumber } from './case.js';
import { isIcmp, octetFault } from './octet-faults.js';
import { icmp, joined } from './stimulus.js';
import { MTU, ROUTER } from './topology.js';

/** A datagram that is to come out. */
export interface Expected extends Output {
  /** The router chose the identification itself, so any will do; the header checksum must be right for it. */
  readonly isOriginated: boolean;
  /** Octets, by offset and length, that may have any value; checksums over them must still be right. */
  readonly free: readonly (readonly [at: number, length: number])[];
  /** Other octets that the source allows as well. */
  readonly orElse: readonly Uint8Array[];
  /** What must hold beside the octets: says what is wrong, or undefined. */
  readonly also: ((octets: Uint8Array) => string | undefined) | undefined;
}

/** What is to come out, from all that was sent in the case so far, the newest last. */
export type Expectation = (sent: readonly Uint8Array[]) => Expected;

interface About {
  readonly on: PortNumber;
  /** Which of the datagrams sent it is about, from 0; the newest unless told. */
  readonly of?: number;
}

/** The datagram leaves as it came, but for TTL and header checksum; `as` is how it must leave where more changes. */
export const forwarded =
  ({ on, of, as }: About & { readonly as?: Uint8Array }): Expectation =>
  (sent) =>
    expected(on, as ?? passedOn(pick(sent, of)));

/** Exactly these octets. */
export const exactly =
  (on: PortNumber, octets: Uint8Array): Expectation =>
  () =>
    expected(on, octets);

/** A datagram of the router's own: these octets, with an identification that it may choose. */
export const originated =
  (on: PortNumber, octets: Uint8Array, rest: Partial<Omit<Expected, 'on' | 'octets'>> = {}): Expectation =>
  () => ({ ...expected(on, octets), isOriginated: true, ...rest });

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

/** A datagram as it leaves the next router: TTL one less, header checksum to match, all else the same. */
export const passedOn = (original: Uint8Array): Uint8Array => {
  const octets = original.slice(0, ipv4.totalLength(original));
  octets[8] = octets[8]! - 1;
  ipv4.writeChecksum(octets);
  return octets;
};

/** What is wrong with a datagram that came out, in a few words; undefined where it is as expected. */
export const difference = (wanted: Expected, got: Output): string | undefined => {
  if (wanted.on !== got.on) return `on port ${got.on} instead of ${wanted.on}`;
  const faults = [wanted.octets, ...wanted.orElse].map((octets) => faultOf(wanted, octets, got.octets));
  return faults.includes(undefined) ? undefined : faults[0];
};

const faultOf = (wanted: Expected, octets: Uint8Array, got: Uint8Array): string | undefined => {
  if (got.length !== octets.length) return `${got.length} octets instead of ${octets.length}`;
  const message = ipv4.headerLength(octets);
  const free = new Set<number>();
  const release = (at: number, length: number): void => {
    for (let octet = at; octet < at + length; octet += 1) free.add(octet);
  };
  if (wanted.isOriginated) {
    release(4, 2);
    release(10, 2);
    if (!isChecksumRight(got, 0, ipv4.headerLength(got))) return 'a wrong header checksum';
  }
  for (const [at, length] of wanted.free) release(at, length);
  if (wanted.free.length > 0 && isIcmp(octets)) {
    release(message + 2, 2);
    if (!isChecksumRight(got, message, got.length)) return 'a wrong ICMP checksum';
  }
  return octetFault(octets, got, free) ?? wanted.also?.(got);
};

const expected = (on: PortNumber, octets: Uint8Array): Expected => ({
  on,
  octets,
  isOriginated: false,
  free: [],
  orElse: [],
  also: undefined,
});

const pick = (sent: readonly Uint8Array[], of: number | undefined): Uint8Array => {
  const original = of === undefined ? sent.at(-1) : sent[of];
  if (original === undefined) throw new Error('the expectation is about a datagram that was not sent');
  return original;
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

/** The fragments of a datagram that leave by a port, as they must: TTL one less, in order, as few as the MTU allows. */
export const fragments = (
  { on, of }: About,
  pieces: readonly (readonly [offset: number, length: number, more: boolean])[],
): Expectation[] =>
  pieces.map(([offset, length, more]) => (sent) => {
    const whole = passedOn(pick(sent, of));
    const header = ipv4.headerLength(whole);
    const first = ipv4.fragmentOffset(whole);
    const from = header + offset - first;
    const piece = joined(whole.subarray(0, header), whole.subarray(from, from + length));
    writeUint16(piece, 2, piece.length);
    const flags = ipv4.flagsAndOffset(whole) & (ipv4.FLAG_RESERVED | ipv4.FLAG_DONT_FRAGMENT);
    writeUint16(piece, 6, flags | (more ? ipv4.FLAG_MORE_FRAGMENTS : 0) | (offset >>> 3));
    writeUint16(piece, 10, 0);
    writeUint16(piece, 10, checksum(piece, 0, header));
    return expected(on, piece);
  });

/** The four octets of an address, for options. */
export const octetsOf = addressOctets;
