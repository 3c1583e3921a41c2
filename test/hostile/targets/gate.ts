import * as ipv4 from '../../../src/ip/header.js';
import { validate } from '../../../src/ip/header.js';
import { datagram } from '../../support/datagram.js';
import { guarded } from '../guard.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

/** The gate: after it every accessor stays inside, and the header is what RFC 1812 asks for. */
export const gate: Target = {
  name: 'gate',
  run: (octets) => {
    const fault = validate(guarded(octets));
    insist(fault === expectedFault(octets), `the gate says ${fault}`, octets);
    if (fault !== undefined) return;
    const whole = guarded(octets.subarray(0, ipv4.totalLength(octets)));
    for (const read of ACCESSORS) read(whole);
    insist(ipv4.payloadLength(whole) >= 0, 'a payload has a length', octets);
    if (ipv4.ttl(whole) === 0) return;
    ipv4.decrementTtl(whole);
    insist(validate(whole) === undefined, 'one hop later it passes again', octets);
  },
  seeds: [datagram(), datagram({ options: [148, 4, 0, 0] }), Uint8Array.from({ length: 24 }, () => 0x60)],
  longest: 128,
  words: [],
};

const ACCESSORS = [
  ipv4.version, ipv4.headerLength, ipv4.tos, ipv4.totalLength, ipv4.identification, ipv4.flagsAndOffset,
  ipv4.isDontFragment, ipv4.hasMoreFragments, ipv4.fragmentOffset, ipv4.isFragment, ipv4.ttl, ipv4.protocol,
  ipv4.headerChecksum, ipv4.source, ipv4.destination, ipv4.hasOptions, ipv4.payloadLength,
]; // biome-ignore format: a list of words

/** The same by other means: RFC 1812 §5.2.2 read once more. */
const expectedFault = (octets: Uint8Array): string | undefined => {
  const view = Buffer.from(octets);
  if (view.length < 20) return 'too-short';
  if (view[0]! >> 4 === 6) return 'ipv6';
  if (view[0]! >> 4 !== 4) return 'bad-version';
  const words = view[0]! % 16;
  if (words < 5 || words * 4 > view.length) return 'bad-header-length';
  let sum = 0;
  for (let at = 0; at < words * 4; at += 2) sum += view.readUInt16BE(at);
  // A multiple of 0xffff, in one's complement, is zero.
  if (sum === 0 || sum % 0xffff !== 0) return 'bad-checksum';
  const total = view.readUInt16BE(2);
  if (total < words * 4) return 'bad-total-length';
  return total > view.length ? 'truncated' : undefined;
};
