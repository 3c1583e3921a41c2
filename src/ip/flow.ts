import type { Address } from '../address.js';
import { stirred } from '../random.js';
import { reassemblyKey } from './fragment-key.js';
import * as ipv4 from './header.js';
import { uint16, uint32 } from './octets.js';
import { deleteOldest } from './oldest.js';

/** How many first fragments are remembered for the fragments that follow them. */
const REMEMBERED_DATAGRAMS = 1024;

/** What distinguishes one flow from another. Source: RFC 2992 §1. */
interface Flow {
  source: Address;
  destination: Address;
  protocol: number;
  sourcePort: number;
  destinationPort: number;
}

/**
 * Selects one of several next hops by a hash of the flow, so that a flow keeps its path.
 *
 * `l3` uses the addresses; `l4` also protocol and ports. An ICMP error is hashed as the flow that it quotes, reversed,
 * and later fragments as the first one of their datagram, so that both follow the flow to which they belong.
 */
export class FlowHash {
  readonly policy: 'l3' | 'l4';
  readonly #seed: number;
  readonly #firstFragments = new Map<string, number>();

  /** The seed keeps successive routers from all making the same choice. */
  constructor(policy: 'l3' | 'l4', seed: number) {
    this.policy = policy;
    this.#seed = seed;
  }

  /** The hash of the reverse flow, to which an answer to this datagram belongs. */
  hashOfAnswer(datagram: Uint8Array): number {
    return this.#mix(reversed(flowOf(datagram)));
  }

  /** A number from 0 to 2^32 - 1, the same for every datagram of one flow. */
  hash(datagram: Uint8Array): number {
    const remembered =
      ipv4.fragmentOffset(datagram) !== 0 ? this.#firstFragments.get(reassemblyKey(datagram)) : undefined;
    return remembered ?? this.#mix(flowOf(datagram));
  }

  /** Remembers the hash of a datagram, for the fragments that may follow it; to be called before it is rewritten. */
  gone(datagram: Uint8Array): void {
    if (!ipv4.hasMoreFragments(datagram) || ipv4.fragmentOffset(datagram) !== 0) return;
    const key = reassemblyKey(datagram);
    const hash = this.#mix(flowOf(datagram));
    if (this.#firstFragments.size >= REMEMBERED_DATAGRAMS) deleteOldest(this.#firstFragments);
    this.#firstFragments.set(key, hash);
  }

  #mix(flow: Flow): number {
    let hash = stir(this.#seed, flow.source);
    hash = stir(hash, flow.destination);
    if (this.policy === 'l4') {
      hash = stir(hash, flow.protocol);
      hash = stir(hash, (flow.sourcePort << 16) | flow.destinationPort);
    }
    return stirred(hash);
  }
}

/** Types 3, 4, 5, 11 and 12 quote the datagram that they are about. Source: RFC 1122 §3.2.2. */
const quotesDatagram = (type: number): boolean =>
  type === 3 || type === 4 || type === 5 || type === 11 || type === 12;

const QUOTE_AT = 8;

const flowOf = (datagram: Uint8Array): Flow => {
  const payload = ipv4.headerLength(datagram);
  if (
    ipv4.protocol(datagram) === ipv4.PROTOCOL_ICMP &&
    ipv4.fragmentOffset(datagram) === 0 &&
    datagram.length >= payload + QUOTE_AT + ipv4.MINIMUM_HEADER_LENGTH &&
    quotesDatagram(datagram[payload]!)
  ) {
    return reversed(readFlow(datagram, payload + QUOTE_AT));
  }
  return readFlow(datagram, 0);
};

/** `at` is where the header begins; at least 20 octets of it are there. */
const readFlow = (octets: Uint8Array, at: number): Flow => {
  const protocol = octets[at + 9]!;
  const ports = at + ((octets[at]! & 15) << 2);
  const hasPorts =
    (protocol === ipv4.PROTOCOL_TCP || protocol === ipv4.PROTOCOL_UDP) &&
    (uint16(octets, at + 6) & 0x1fff) === 0 &&
    octets.length >= ports + 4;
  return {
    source: uint32(octets, at + 12),
    destination: uint32(octets, at + 16),
    protocol,
    sourcePort: hasPorts ? uint16(octets, ports) : 0,
    destinationPort: hasPorts ? uint16(octets, ports + 2) : 0,
  };
};

const reversed = (flow: Flow): Flow => ({
  source: flow.destination,
  destination: flow.source,
  protocol: flow.protocol,
  sourcePort: flow.destinationPort,
  destinationPort: flow.sourcePort,
});

/** The round of MurmurHash3 (Austin Appleby, public domain). */
const stir = (hash: number, word: number): number => {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  const next = hash ^ mixed;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
};
