import { type Address, isMulticast, LIMITED_BROADCAST } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import { DEFAULT_CODE } from '../filter.js';
import type { DropDetail } from '../interface.js';
import type { FibEntry } from '../ip/fib.js';
import * as ipv4 from '../ip/header.js';
import { isSingleHost } from '../ip/martian.js';
import { checksum, writeUint16, writeUint32 } from '../ip/octets.js';
import type { IcmpSettings, RouterSettings } from '../settings.js';
import {
  DESTINATION_UNREACHABLE,
  ICMP_HEADER_LENGTH,
  isQuery,
  PARAMETER_PROBLEM,
  SENT_MESSAGES,
  type SentMessage,
  type Suppression,
  TIME_EXCEEDED,
} from './message.js';

/** The maximum length of an error, in octets. Source: RFC 1812 §4.3.2.3. */
const MAXIMUM_ERROR_LENGTH = 576;

/** The TTL of all datagrams that we originate. Source: RFC 1122 §3.2.1.7. */
export const ORIGIN_TTL = 64;

/** An error to be sent: its name and the second word of its header. */
export interface IcmpError {
  readonly message: SentMessage;
  readonly parameter: number;
}

/** The error that a drop reason calls for, or undefined if the drop is silent. Source: RFC 1812 §4.3.3, §5.2.7. */
export const errorFor = (reason: DropReason, detail: DropDetail): IcmpError | undefined => {
  switch (reason) {
    case 'no-route':
      return { message: 'net-unreachable', parameter: 0 };
    case 'tos-route':
      return { message: detail.isAttached ? 'host-unreachable-tos' : 'net-unreachable-tos', parameter: 0 };
    case 'host-unreachable':
    case 'unreachable-route':
      return { message: 'host-unreachable', parameter: 0 };
    case 'protocol-unreachable':
      return { message: 'protocol-unreachable', parameter: 0 };
    case 'port-unreachable':
      return { message: 'port-unreachable', parameter: 0 };
    case 'would-fragment':
      return { message: 'frag-needed', parameter: detail.egress?.mtu ?? 0 };
    case 'source-route':
      return { message: 'source-route-failed', parameter: 0 };
    case 'prohibit-route':
      return { message: 'admin-prohibited', parameter: 0 };
    case 'filter-reject': {
      const message = detail.code ?? DEFAULT_CODE;
      return { message, parameter: message === 'frag-needed' ? (detail.egress?.mtu ?? 0) : 0 };
    }
    case 'ttl-expired':
      return { message: 'ttl-exceeded', parameter: 0 };
    case 'reassembly-timeout':
      return { message: 'reassembly-exceeded', parameter: 0 };
    case 'bad-option':
      return { message: 'parameter-problem', parameter: (detail.pointer ?? 0) << 24 };
    case 'truncated':
      // The offset of the total length. Source: RFC 1812 §5.2.2.
      return { message: 'parameter-problem', parameter: 2 << 24 };
    default:
      return undefined;
  }
};

const isSwitchedOn = (message: SentMessage, icmp: IcmpSettings): boolean => {
  switch (SENT_MESSAGES[message][0]) {
    case DESTINATION_UNREACHABLE:
      return message === 'frag-needed' ? icmp.fragNeeded : icmp.unreachables;
    case TIME_EXCEEDED:
      return icmp.timeExceeded;
    case PARAMETER_PROBLEM:
      return icmp.parameterProblems;
    default:
      return icmp.redirects;
  }
};

/**
 * Why an error about this original must not be sent, or undefined if it may.
 *
 * Follows the RFC clause by clause; the rate limit, which is costlier, is checked later and
 * elsewhere. Source: RFC 1812 §4.3.2.7, RFC 1122 §3.2.2.
 */
export const suppressionOf = (
  message: SentMessage,
  original: Uint8Array,
  settings: RouterSettings,
  lookup: (address: Address) => FibEntry | undefined,
): Suppression | undefined => {
  if (!isSwitchedOn(message, settings.icmp)) return 'switched-off';
  if (ipv4.fragmentOffset(original) !== 0) return 'not-first-fragment';
  if (ipv4.protocol(original) === ipv4.PROTOCOL_ICMP) {
    const at = ipv4.headerLength(original);
    // If it is too short for type, code and checksum, its type cannot be believed.
    if (original.length < at + 4 || !isQuery(original[at]!)) return 'icmp-error';
  }
  const destination = ipv4.destination(original);
  if (isMulticast(destination) || destination === LIMITED_BROADCAST) return 'multicast-or-broadcast';
  const to = lookup(destination);
  if (to !== undefined && (to.kind === 'broadcast' || to.kind === 'network')) return 'multicast-or-broadcast';
  const source = ipv4.source(original);
  if (!isSingleHost(source, settings.ip)) return 'bad-source';
  const from = lookup(source);
  return from !== undefined && from.kind !== 'route' ? 'bad-source' : undefined;
};

/** How the datagram that carries an error is addressed. */
export interface ErrorAddressing {
  readonly source: Address;
  readonly destination: Address;
  readonly identification: number;
  /** The reversed source route, a multiple of 4 octets; empty if there is none. */
  readonly options: Uint8Array;
  /** The MTU of the egress; the quote shrinks to fit. */
  readonly mtu: number;
}

/** The length of a quote before an extension, padded with zeros. Source: RFC 4884 §5.3. */
const EXTENDED_QUOTE_LENGTH = 128;
/** The offset of the quote's length, in words. */
const QUOTE_WORDS_AT = 5;

/** The messages that may carry an extension. Source: RFC 4884 §4.6. */
const isExtensible = (type: number): boolean =>
  type === DESTINATION_UNREACHABLE || type === TIME_EXCEEDED || type === PARAMETER_PROBLEM;

/** The octets of payload that a host needs to identify the original. Source: RFC 792. */
const shortestQuote = (original: Uint8Array): number =>
  Math.min(original.length, ipv4.headerLength(original) + 8);

/**
 * Writes an ICMP error that quotes as much of the original as fits, but no less than RFC 792 requires.
 *
 * An extension (empty for none) is left out of messages that may not carry one, or if there is no room for it. Before
 * an extension the quote has 128 octets, as readers without support for the length field expect.
 *
 * The quote is the original as it arrived, octet for octet. TOS is the original's, with precedence 6 and no ECN mark.
 * Source: RFC 792, RFC 1812 §4.3.2.3 to §4.3.2.5, RFC 3168 §5, RFC 4884 §4.
 */
export const writeError = (
  error: IcmpError,
  original: Uint8Array,
  addressing: ErrorAddressing,
  extension: Uint8Array,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const [type, code] = SENT_MESSAGES[error.message];
  const headers = ipv4.MINIMUM_HEADER_LENGTH + addressing.options.length + ICMP_HEADER_LENGTH;
  const room = Math.min(MAXIMUM_ERROR_LENGTH, addressing.mtu) - headers;
  const isExtended =
    extension.length > 0 && isExtensible(type) && EXTENDED_QUOTE_LENGTH + extension.length <= room;
  const quoted = isExtended
    ? Math.min(original.length, EXTENDED_QUOTE_LENGTH)
    : Math.max(Math.min(original.length, room), shortestQuote(original));
  const end = headers + (isExtended ? EXTENDED_QUOTE_LENGTH + extension.length : quoted);
  const datagram = allocate(end);
  const icmp = headers - ICMP_HEADER_LENGTH;
  datagram[icmp] = type;
  datagram[icmp + 1] = code;
  writeUint16(datagram, icmp + 2, 0);
  writeUint32(datagram, icmp + 4, error.parameter);
  datagram.set(original.subarray(0, quoted), headers);
  if (isExtended) {
    datagram[icmp + QUOTE_WORDS_AT] = EXTENDED_QUOTE_LENGTH / 4;
    datagram.fill(0, headers + quoted, headers + EXTENDED_QUOTE_LENGTH);
    datagram.set(extension, headers + EXTENDED_QUOTE_LENGTH);
  }
  writeUint16(datagram, icmp + 2, checksum(datagram, icmp, datagram.length));
  ipv4.writeHeader(
    datagram,
    {
      tos: (ipv4.tos(original) & 0x1c) | ipv4.INTERNETWORK_CONTROL,
      identification: addressing.identification,
      flags: 0,
      ttl: ORIGIN_TTL,
      protocol: ipv4.PROTOCOL_ICMP,
      source: addressing.source,
      destination: addressing.destination,
    },
    addressing.options,
  );
  return datagram;
};
