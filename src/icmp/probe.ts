import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { isSingleHost } from '../ip/martian.js';
import { isChecksumRight, uint16, uint32 } from '../ip/octets.js';
import type { IcmpEnvironment } from './environment.js';
import { EXTENSION_HEADER_LENGTH, EXTENSION_VERSION, FAMILY_IPV4, FAMILY_IPV6 } from './extension.js';
import { EXTENDED_ECHO_REPLY, ICMP_HEADER_LENGTH } from './message.js';
import { finishReply, type ReplyAddressing, startReply } from './reply.js';

/** The contents of an extended echo reply: its code, and the octet with state and flags. */
export interface ProbeFinding {
  readonly code: number;
  readonly status: number;
}

/** Codes of the reply. Source: RFC 8335 §3. */
const MALFORMED: ProbeFinding = { code: 1, status: 0 };
const NO_SUCH_INTERFACE: ProbeFinding = { code: 2, status: 0 };
const NO_SUCH_TABLE_ENTRY: ProbeFinding = { code: 3, status: 0 };
const MULTIPLE_INTERFACES: ProbeFinding = { code: 4, status: 0 };

/** Bits of the status octet: active, IPv4 runs on it, and the state of a neighbor in the upper three. */
const ACTIVE = 0x04;
const RUNS_IPV4 = 0x02;
const REACHABLE = 2 << 5;

/** The L bit in the last octet of the request's header: the probed interface is one of ours. */
const LOCAL = 0x01;

/**
 * Answers an extended echo request, which asks about one of our interfaces or neighbors.
 *
 * `request` is a whole datagram with at least the 8 octets of an ICMP header. The TTL tells how far away we are; the
 * reply repeats only identifier and sequence number, so it is never longer than the request.
 *
 * Source: RFC 8335 §4.
 */
export const writeExtendedEchoReply = (
  request: Uint8Array,
  { code, status }: ProbeFinding,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const asked = ipv4.headerLength(request);
  const header = { tos: 0, flags: ipv4.FLAG_DONT_FRAGMENT, ttl: 255 };
  const reply = startReply(header, addressing, ICMP_HEADER_LENGTH, allocate);
  const icmp = reply.length - ICMP_HEADER_LENGTH;
  reply.set(request.subarray(asked, asked + ICMP_HEADER_LENGTH), icmp);
  reply[icmp] = EXTENDED_ECHO_REPLY;
  reply[icmp + 1] = code;
  reply[icmp + 7] = status;
  return finishReply(reply, icmp);
};

/** The state of what an extended echo request names. Source: RFC 8335 §4.1. */
export const probe = (request: Uint8Array, environment: IcmpEnvironment): ProbeFinding => {
  const message = request.subarray(ipv4.headerLength(request));
  const probed = readProbed(message);
  if (probed === undefined) return MALFORMED;
  const isLocal = (message[7]! & LOCAL) !== 0;
  if (isLocal) return probeInterface(probed, environment);
  return 'address' in probed ? probeNeighbor(probed.address, environment) : MALFORMED;
};

/** What a request names. An address of a family that we do not run is undefined: nobody here has it. */
type Probed =
  | { readonly name: string }
  | { readonly index: number }
  | { readonly address: Address | undefined };

const probeInterface = (probed: Probed, environment: IcmpEnvironment): ProbeFinding => {
  const [found, ...others] = environment.interfaces.filter((each) => isMeant(each, probed, environment));
  if (found === undefined) return NO_SUCH_INTERFACE;
  if (others.length > 0) return MULTIPLE_INTERFACES;
  return { code: 0, status: found.up ? ACTIVE | RUNS_IPV4 : 0 };
};

const isMeant = (each: Interface, probed: Probed, environment: IcmpEnvironment): boolean => {
  if ('name' in probed) return each.name === probed.name;
  if ('index' in probed) return each.index === probed.index;
  if (probed.address === undefined) return false;
  // An unnumbered interface is known by the loopback address.
  if (each.addresses.length === 0) return probed.address === environment.settings.ip.loopback;
  return each.addresses.some(({ address }) => address === probed.address);
};

/** The link serves as the ARP table: it knows who owns an address. */
const probeNeighbor = (address: Address | undefined, environment: IcmpEnvironment): ProbeFinding => {
  if (address === undefined || !isSingleHost(address, environment.settings.ip)) return NO_SUCH_TABLE_ENTRY;
  if (environment.lookup(address)?.kind !== 'route') return NO_SUCH_TABLE_ENTRY;
  const [found, ...others] = environment.interfaces.filter(
    (each) => each.up && each.wire.resolve(address) !== undefined,
  );
  if (found === undefined) return NO_SUCH_TABLE_ENTRY;
  return others.length > 0 ? MULTIPLE_INTERFACES : { code: 0, status: REACHABLE };
};

const OBJECT_AT = ICMP_HEADER_LENGTH + EXTENSION_HEADER_LENGTH;
const PAYLOAD_AT = OBJECT_AT + 4;
const CLASS_INTERFACE_IDENTIFICATION = 3;
const BY_NAME = 1;
const BY_INDEX = 2;
const BY_ADDRESS = 3;

/**
 * The only Interface Identification Object of an extended echo request; undefined if it is malformed.
 *
 * The object must fill the message: anything after it would be a second one. An extension checksum of zero
 * means that there is none. Source: RFC 8335 §2, §2.1, RFC 4884 §7.
 */
const readProbed = (message: Uint8Array): Probed | undefined => {
  const length = message.length - OBJECT_AT;
  if (length <= 4 || length % 4 !== 0) return undefined;
  if (message[ICMP_HEADER_LENGTH]! >>> 4 !== EXTENSION_VERSION) return undefined;
  const hasChecksum = uint16(message, ICMP_HEADER_LENGTH + 2) !== 0;
  if (hasChecksum && !isChecksumRight(message, ICMP_HEADER_LENGTH, message.length)) return undefined;
  if (uint16(message, OBJECT_AT) !== length) return undefined;
  if (message[OBJECT_AT + 2] !== CLASS_INTERFACE_IDENTIFICATION) return undefined;
  switch (message[OBJECT_AT + 3]) {
    case BY_NAME:
      return readName(message.subarray(PAYLOAD_AT));
    case BY_INDEX:
      return length === 8 ? { index: uint32(message, PAYLOAD_AT) } : undefined;
    case BY_ADDRESS:
      return readAddress(message.subarray(PAYLOAD_AT));
    default:
      return undefined;
  }
};

const readName = (payload: Uint8Array): Probed | undefined => {
  let end = payload.length;
  while (end > 0 && payload[end - 1] === 0) end -= 1;
  return end === 0 ? undefined : { name: new TextDecoder().decode(payload.subarray(0, end)) };
};

/** Family, length and a reserved octet, then the address, padded to a multiple of 4 octets. */
const readAddress = (payload: Uint8Array): Probed | undefined => {
  const family = uint16(payload, 0);
  const length = payload[2]!;
  if (length === 0 || payload.length !== 4 + ((length + 3) & ~3)) return undefined;
  if (family === FAMILY_IPV6 && length !== 16) return undefined;
  if (family !== FAMILY_IPV4) return { address: undefined };
  return length === 4 ? { address: uint32(payload, 4) } : undefined;
};
