import * as ipv4 from '../../../src/ip/header.js';
import { writeUint16 } from '../../../src/ip/octets.js';
import { pattern } from '../../support/datagram.js';
import type { Step } from '../case.js';
import { ROUTER } from '../topology.js';
import { echoReply } from './expects.js';
import { about, pieces } from './pieces.js';
import { echoRequest, joined, transit, udp } from './sends.js';

export const WAITS = 'it waits for a reassembly to time out';

/** An echo request of 48 octets of payload, and its three fragments of 16 octets each. */
export const REQUEST = echoRequest({ id: 0x7001, data: pattern(40) });
export const [FIRST, MIDDLE, LAST] = pieces(REQUEST, 16, 32) as [Uint8Array, Uint8Array, Uint8Array];
export const ANSWERED = [about(REQUEST, echoReply({ on: 0 }))];

/** To a port on which nothing listens. */
export const UDP_TO_ROUTER = transit({
  id: 0x7001,
  destination: ROUTER[0],
  payload: udp({ destinationPort: 9, data: pattern(40) }),
});

/** Sends one fragment after the other; nothing comes out and nothing is dropped. */
export const held = (...fragments: readonly Uint8Array[]): Step => ({ send: fragments, on: 0 });

export const overlap = (count: number): 'reassembly-overlap'[] =>
  Array.from({ length: count }, () => 'reassembly-overlap');
export const timeout = (count: number): 'reassembly-timeout'[] =>
  Array.from({ length: count }, () => 'reassembly-timeout');

/** A fragment with options in front of its payload: 40 octets of No Operation, or a Record Route. */
export const withOptions = (fragment: Uint8Array, options: readonly number[]): Uint8Array => {
  const octets = joined(fragment.subarray(0, 20), options, fragment.subarray(20));
  octets[0] = 0x45 + options.length / 4;
  writeUint16(octets, 2, octets.length);
  ipv4.writeChecksum(octets);
  return octets;
};
