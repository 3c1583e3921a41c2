import type { Address } from '../../address.js';
import { Failure } from '../../failure.js';
import * as ipv4 from '../../ip/header.js';
import { checksum, writeUint16, writeUint32 } from '../../ip/octets.js';
import { accepted } from '../../text/fault.js';
import { hasPorts, parseProtocol } from '../../text/protocols.js';

/** What is asked about, in the words of the command line; what is left out is usual. */
export interface Question {
  /** An address, or the name of a host, a router or an interface. */
  readonly source: string;
  readonly destination: string;
  /** Where it comes in: an interface of a router, or of a host. */
  readonly in?: string;
  readonly protocol?: string;
  readonly sourcePort?: string;
  readonly destinationPort?: string;
  readonly ttl?: string;
  /** The total length in octets. */
  readonly size?: string;
  readonly df?: boolean;
}

/** What a datagram is like where nothing else is asked for: `ping`'s echo request, or a small one. */
const USUAL = { protocol: 'icmp', ttl: 64, echoSize: 84, size: 60, sourcePort: 49_152, destinationPort: 9 };
const TRANSPORT_HEADERS: ReadonlyMap<number, number> = new Map([
  [ipv4.PROTOCOL_ICMP, 8],
  [ipv4.PROTOCOL_IGMP, 8],
  [ipv4.PROTOCOL_TCP, 20],
  [ipv4.PROTOCOL_UDP, 8],
]);
const ECHO_REQUEST = 8;
const IGMPV2_REPORT = 0x16;
const TCP_SYN = 2;

/** The datagram that a question is about; throws a `Failure` (2) that says what is wrong. */
export const datagramOf = (question: Question, source: Address, destination: Address): Uint8Array => {
  const asksForPorts = question.sourcePort !== undefined || question.destinationPort !== undefined;
  const protocol = accepted(parseProtocol(question.protocol ?? (asksForPorts ? 'udp' : USUAL.protocol)));
  if (asksForPorts && !hasPorts(protocol))
    throw new Failure(2, `${question.protocol} has no ports`, 'ask for --protocol udp or tcp');
  const isIgmp = protocol === ipv4.PROTOCOL_IGMP;
  const least = ipv4.MINIMUM_HEADER_LENGTH + (TRANSPORT_HEADERS.get(protocol) ?? 0);
  const usualSize = protocol === ipv4.PROTOCOL_ICMP ? USUAL.echoSize : isIgmp ? least : USUAL.size;
  const size = numberIn('size', question.size, least, ipv4.MAXIMUM_DATAGRAM_LENGTH) ?? usualSize;
  const ttl = numberIn('ttl', question.ttl, 0, 255) ?? (isIgmp ? 1 : USUAL.ttl);
  const sourcePort = numberIn('source-port', question.sourcePort, 0, 0xffff) ?? USUAL.sourcePort;
  const destinationPort =
    numberIn('destination-port', question.destinationPort, 0, 0xffff) ?? USUAL.destinationPort;

  const octets = new Uint8Array(size);
  const payload = octets.subarray(ipv4.MINIMUM_HEADER_LENGTH);
  const flags = question.df === true ? ipv4.FLAG_DONT_FRAGMENT : 0;
  ipv4.writeHeader(octets, { tos: 0, identification: 1, flags, ttl, protocol, source, destination });
  if (hasPorts(protocol)) {
    writeUint16(payload, 0, sourcePort);
    writeUint16(payload, 2, destinationPort);
  }
  switch (protocol) {
    case ipv4.PROTOCOL_UDP:
      writeUint16(payload, 4, payload.length);
      break;
    case ipv4.PROTOCOL_TCP:
      payload[12] = 5 << 4;
      payload[13] = TCP_SYN;
      break;
    case ipv4.PROTOCOL_ICMP:
      payload[0] = ECHO_REQUEST;
      writeUint16(payload, 2, checksum(payload, 0, payload.length));
      break;
    case ipv4.PROTOCOL_IGMP:
      payload[0] = IGMPV2_REPORT;
      writeUint32(payload, 4, destination);
      writeUint16(payload, 2, checksum(payload, 0, payload.length));
      break;
  }
  return octets;
};

const numberIn = (
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined => {
  if (text === undefined) return undefined;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Failure(
    2,
    `${name}: \`${text.slice(0, 40)}\` is not valid`,
    `write a number from ${least} to ${most}`,
  );
};
