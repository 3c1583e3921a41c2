import { fragment } from '../../src/ip/fragment.js';
import * as ipv4 from '../../src/ip/header.js';
import { checksum, uint32, writeUint16, writeUint32 } from '../../src/ip/octets.js';
import { type Random, randomBelow } from '../../src/random.js';
import { datagram } from '../support/datagram.js';
import { ADDRESSES } from './hostile-lab.js';

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[randomBelow(random, items.length)]!;
const isLikely = (random: Random, chance: number): boolean => random() < chance;
const randomOctets = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => randomBelow(random, 256));

const INTERESTING = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 39, 40, 63, 64, 127, 128, 191, 192, 254, 255];
const PROTOCOLS = [1, 1, 1, 1, 1, 2, 2, 6, 17, 17, 0, 4, 255];
const ICMP_TYPES = [0, 3, 4, 5, 8, 8, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 30, 42, 42, 42, 43, 255];
const IGMP_TYPES = [0x11, 0x12, 0x16, 0x16, 0x17, 0x22, 0x22, 0x22, 0x00];
const GROUPS = [0, 0xe000_0001, 0xe000_0002, 0xe000_0016, 0xef01_0203, 0xef01_0204, 0xefff_0001, 0xe801_0101];
const LENGTHS = [0, 1, 4, 7, 8, 12, 20, 28, 40, 64, 100, 300, 548, 556, 580, 700, 1472, 1480];
const OPTION_TYPES = [7, 68, 131, 137, 148, 130, 1, 0, 25, 82, 200, 255];

/** An address that means something in the lab, or one that nobody has. */
export const anyAddress = (random: Random): number =>
  isLikely(random, 0.9) ? pick(random, ADDRESSES) : Math.floor(random() * 2 ** 32);

/** Datagrams that belong together: one, or the fragments of one, some of them out of order, twice, or spoiled. */
export const hostileDatagrams = (random: Random, ownAddress: number): Uint8Array[] => {
  const whole = freshDatagram(random, ownAddress);
  if (!isLikely(random, 0.25)) return [mutated(random, whole)];
  const pieces: Uint8Array[] = [];
  const allocate = (length: number): Uint8Array => new Uint8Array(length);
  fragment(whole, 68 + 8 * randomBelow(random, 60), allocate, (piece) => pieces.push(piece));
  const order = isLikely(random, 0.5) ? pieces.toSorted(() => random() - 0.5) : pieces;
  return order.flatMap((piece) => {
    if (isLikely(random, 0.03)) return [];
    if (isLikely(random, 0.03)) return [piece, piece];
    return isLikely(random, 0.05) ? [mutated(random, piece)] : [piece];
  });
};

/** A datagram that is well made but for what chance has written into it. */
const freshDatagram = (random: Random, ownAddress: number): Uint8Array => {
  const protocol = pick(random, PROTOCOLS);
  const isIgmp = protocol === ipv4.PROTOCOL_IGMP;
  const payload = payloadFor(random, protocol);
  return datagram({
    tos: isLikely(random, 0.8) ? 0 : randomBelow(random, 256),
    id: randomBelow(random, isLikely(random, 0.5) ? 8 : 0x10000),
    flags: isLikely(random, 0.2) ? ipv4.FLAG_DONT_FRAGMENT : 0,
    ttl:
      isIgmp && isLikely(random, 0.95)
        ? 1
        : isLikely(random, 0.8)
          ? 2 + randomBelow(random, 30)
          : pick(random, INTERESTING),
    protocol,
    source: isLikely(random, 0.7) ? ownAddress : anyAddress(random),
    destination: isIgmp && isLikely(random, 0.9) ? placeOf(random, payload) : anyAddress(random),
    options: isIgmp ? [148, 4, 0, 0] : isLikely(random, 0.35) ? hostileOptions(random) : [],
    payload,
  });
};

/** Where IGMP messages of a type go. Source: RFC 9776 §4. */
const placeOf = (random: Random, message: Uint8Array): number => {
  if (message[0] === 0x22) return 0xe000_0016;
  if (message[0] === 0x17) return 0xe000_0002;
  if (message.length < 8 || uint32(message, 4) === 0) return 0xe000_0001;
  return isLikely(random, 0.9) ? uint32(message, 4) : pick(random, GROUPS);
};

const payloadFor = (random: Random, protocol: number): Uint8Array => {
  const payload = randomOctets(random, pick(random, LENGTHS));
  if (protocol === ipv4.PROTOCOL_UDP && payload.length >= 8) {
    writeUint16(payload, 4, payload.length);
    writeUint16(payload, 6, 0);
  }
  if (protocol === ipv4.PROTOCOL_ICMP && payload.length >= 8) {
    payload[0] = pick(random, ICMP_TYPES);
    if (isLikely(random, 0.9)) payload[1] = 0;
    if (payload[0] === 42) writeProbe(random, payload);
    if (isLikely(random, 0.9)) writeMessageChecksum(payload);
  }
  if (protocol === ipv4.PROTOCOL_IGMP && payload.length >= 8) {
    payload[0] = pick(random, IGMP_TYPES);
    writeUint32(payload, 4, pick(random, GROUPS));
    if (payload[0] === 0x22) writeRecords(random, payload);
    else if (payload[0] === 0x11 && payload.length >= 12)
      writeUint16(payload, 10, (payload.length - 12) >> 2);
    if (isLikely(random, 0.9)) writeMessageChecksum(payload);
  }
  return payload;
};

/** As many group records as the report has room for; their number is right unless chance wants it otherwise. */
const writeRecords = (random: Random, report: Uint8Array): void => {
  let count = 0;
  for (let at = 8; at + 8 <= report.length; count += 1) {
    const sources = Math.min(randomBelow(random, 4), (report.length - at - 8) >> 2);
    report[at] = isLikely(random, 0.95) ? 1 + randomBelow(random, 6) : randomBelow(random, 256);
    report[at + 1] = 0;
    writeUint16(report, at + 2, sources);
    writeUint32(
      report,
      at + 4,
      isLikely(random, 0.8) ? pick(random, GROUPS) : 0xef02_0000 + randomBelow(random, 512),
    );
    for (let source = at + 8; source < at + 8 + 4 * sources; source += 4)
      writeUint32(report, source, anyAddress(random));
    at += 8 + 4 * sources;
  }
  writeUint32(report, 4, isLikely(random, 0.95) ? count : randomBelow(random, 0x10000));
};

/** An Interface Identification Object as long as the message has room, its checksum right or absent. */
const writeProbe = (random: Random, message: Uint8Array): void => {
  if (message.length < 20) return;
  message[7] = randomBelow(random, 2);
  message.set([0x20, 0, 0, 0], 8);
  writeUint16(message, 12, message.length - 12);
  message[14] = 3;
  message[15] = 1 + randomBelow(random, 4);
  writeUint16(message, 16, 1 + randomBelow(random, 2));
  message[18] = pick(random, [4, 16, 0, 255]);
  if (isLikely(random, 0.5)) writeUint16(message, 10, checksum(message, 8, message.length));
};

const writeMessageChecksum = (message: Uint8Array): void => {
  writeUint16(message, 2, 0);
  writeUint16(message, 2, checksum(message, 0, message.length));
};

/** Options of at most 40 octets: well formed, or nearly. */
const hostileOptions = (random: Random): Uint8Array => {
  const octets = new Uint8Array(40);
  let at = 0;
  while (at < 40 && isLikely(random, 0.7)) {
    const type = pick(random, OPTION_TYPES);
    octets[at] = type;
    if (type <= 1) {
      at += 1;
      continue;
    }
    const isRoute = type === 7 || type === 131 || type === 137;
    const slots = 1 + randomBelow(random, 9);
    const length = type === 148 ? 4 : isRoute ? 3 + 4 * slots : 4 + 4 * slots;
    if (at + length > 40) break;
    octets[at + 1] = length;
    octets[at + 2] = type === 148 ? 0 : (isRoute ? 4 : 5) + 4 * randomBelow(random, slots + 1);
    if (type === 68) octets[at + 3] = pick(random, [0, 1, 3, 0xf0, 0xe1, 2]);
    for (let slot = at + (isRoute ? 3 : 4); type !== 148 && slot + 4 <= at + length; slot += 4)
      writeUint32(octets, slot, anyAddress(random));
    at += length;
  }
  if (isLikely(random, 0.15)) octets[randomBelow(random, 40)] = pick(random, INTERESTING);
  return octets.subarray(0, at);
};

/** Octets changed in a few places, cut or grown; mostly with the header checksum, sometimes the ICMP one, mended. */
export const mutated = (random: Random, original: Uint8Array): Uint8Array => {
  if (isLikely(random, 0.4)) return original;
  let octets: Uint8Array = original.slice();
  for (let times = 1 + randomBelow(random, 4); times > 0; times -= 1) octets = mutatedOnce(random, octets);
  if (octets.length >= 20 && isLikely(random, 0.8)) mend(random, octets);
  return octets;
};

const mutatedOnce = (random: Random, octets: Uint8Array): Uint8Array => {
  const at = randomBelow(random, isLikely(random, 0.5) ? Math.min(octets.length, 60) : octets.length);
  switch (randomBelow(random, 8)) {
    case 0:
      return octets.slice(0, at);
    case 1: {
      const grown = new Uint8Array(octets.length + randomBelow(random, 64));
      grown.set(octets);
      return grown;
    }
    case 2:
      if (octets.length >= 4) writeUint16(octets, 2, randomBelow(random, 2 * octets.length + 1));
      return octets;
    case 3:
      if (octets.length >= 1) octets[0] = pick(random, [0x45, 0x46, 0x4f, 0x44, 0x40, 0x60, 0x55]);
      return octets;
    case 4:
      if (octets.length >= 8) writeUint16(octets, 6, randomBelow(random, 0x10000));
      return octets;
    case 5:
      if (octets.length >= 20) writeUint32(octets, pick(random, [12, 16]), anyAddress(random));
      return octets;
    default:
      if (at < octets.length)
        octets[at] = isLikely(random, 0.5) ? pick(random, INTERESTING) : randomBelow(random, 256);
      return octets;
  }
};

/** Makes the checksums right wherever the octets say that they belong. */
export const mend = (random: Random, octets: Uint8Array): void => {
  const header = ipv4.headerLength(octets);
  if (header >= 20 && header <= octets.length) ipv4.writeChecksum(octets);
  const end = Math.min(ipv4.totalLength(octets), octets.length);
  if (ipv4.protocol(octets) > 2 || end < header + 8 || header < 20 || !isLikely(random, 0.7)) return;
  writeMessageChecksum(octets.subarray(header, end));
};
