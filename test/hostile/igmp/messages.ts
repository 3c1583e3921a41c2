import { ALL_ROUTERS, ALL_SYSTEMS } from '../../../src/address.js';
import * as igmp from '../../../src/igmp/message.js';
import * as ipv4 from '../../../src/ip/header.js';
import { checksum, writeUint16, writeUint32 } from '../../../src/ip/octets.js';
import { type Random, randomBelow } from '../../../src/random.js';
import { datagram } from '../../support/datagram.js';

/** Whom forged messages speak to and about. */
export interface Universe {
  /** The router's address on the link; 0 where it has none. */
  readonly router: number;
  /** Addresses on the link begin here; a forger has one of `hosts` many. */
  readonly network: number;
  readonly hosts: number;
  readonly groups: readonly number[];
  readonly sources: readonly number[];
}

const ROUTER_ALERT = [0x94, 4, 0, 0];
const CODES = [0, 1, 10, 100, 127, 128, 143, 200, 255];
const EXTREMES = [0, 1, 2, 125, 127, 128, 255];
const OTHER_TYPES = [0x13, 0x14, 0x1e, 0x1f, 0x30, 0x31, 0x31, 0x31, 0x32, 0, 255, 0x23];

export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[randomBelow(random, items.length)]!;
const isLikely = (random: Random, chance: number): boolean => random() < chance;

/** A well-made message as often as not; else octets of it are changed, and the checksum mended half of the time. */
export const forgedMessage = (random: Random, universe: Universe): Uint8Array => {
  const message = freshMessage(random, universe);
  writeMessageChecksum(message);
  const octets = around(random, universe, message);
  return isLikely(random, 0.5) ? octets : spoiled(random, octets);
};

/** Makes the checksum of a message right. */
export const writeMessageChecksum = (message: Uint8Array): void => {
  if (message.length < 4) return;
  writeUint16(message, 2, 0);
  writeUint16(message, 2, checksum(message, 0, message.length));
};

const freshMessage = (random: Random, universe: Universe): Uint8Array => {
  const chance = random();
  if (chance < 0.5) return forgedReport(random, universe);
  if (chance < 0.67) return short(igmp.LEAVE_GROUP, 0, anyGroup(random, universe));
  if (chance < 0.8) return short(igmp.V2_REPORT, 0, anyGroup(random, universe));
  if (chance < 0.84) return short(igmp.V1_REPORT, 0, anyGroup(random, universe));
  if (chance < 0.97) return forgedQuery(random, universe);
  return short(pick(random, OTHER_TYPES), randomBelow(random, 256), anyGroup(random, universe));
};

const short = (type: number, code: number, group: number, length: number = igmp.SHORT_LENGTH): Uint8Array => {
  const message = new Uint8Array(length);
  message[0] = type;
  message[1] = code;
  writeUint32(message, 4, group);
  return message;
};

/** Queries of the older versions are rare: one keeps the router from all that version 3 has for minutes. */
const forgedQuery = (random: Random, universe: Universe): Uint8Array => {
  const isGeneral = isLikely(random, 0.3);
  const group = isGeneral ? 0 : anyGroup(random, universe);
  if (isLikely(random, 0.002)) return short(igmp.MEMBERSHIP_QUERY, 0, isGeneral ? 0 : group);
  if (isLikely(random, isGeneral ? 0.01 : 0.3))
    return short(igmp.MEMBERSHIP_QUERY, 1 + randomBelow(random, 255), group);
  const sources = isGeneral ? 0 : randomBelow(random, isLikely(random, 0.9) ? 4 : 60);
  const extra = isLikely(random, 0.1) ? randomBelow(random, 9) : 0;
  const length = igmp.V3_QUERY_LENGTH + 4 * sources + extra;
  const message = short(igmp.MEMBERSHIP_QUERY, pick(random, CODES), group, length);
  message[8] = randomBelow(random, isLikely(random, 0.9) ? 16 : 256);
  message[9] = pick(random, EXTREMES);
  writeUint16(message, 10, sources);
  for (let at = 0; at < sources; at += 1)
    writeUint32(message, igmp.V3_QUERY_LENGTH + 4 * at, anySource(random, universe));
  return message;
};

/** Few records mostly, many sometimes; Aux Data and trailing octets now and then. */
const forgedReport = (random: Random, universe: Universe): Uint8Array => {
  const records = Array.from({ length: randomBelow(random, isLikely(random, 0.9) ? 4 : 40) }, () => ({
    type: isLikely(random, 0.97) ? 1 + randomBelow(random, 6) : randomBelow(random, 256),
    auxiliary: isLikely(random, 0.05) ? randomBelow(random, 5) : 0,
    group: anyGroup(random, universe),
    sources: Array.from({ length: randomBelow(random, isLikely(random, 0.9) ? 4 : 40) }, () =>
      anySource(random, universe),
    ),
  }));
  const lengthOf = ({ auxiliary, sources }: (typeof records)[number]): number =>
    igmp.RECORD_LENGTH + 4 * sources.length + 4 * auxiliary;
  const extra = isLikely(random, 0.05) ? randomBelow(random, 9) : 0;
  const message = new Uint8Array(
    records.reduce((sum, each) => sum + lengthOf(each), igmp.V3_REPORT_LENGTH + extra),
  );
  message[0] = igmp.V3_REPORT;
  writeUint16(message, 6, records.length);
  let at = igmp.V3_REPORT_LENGTH;
  for (const record of records) {
    message[at] = record.type;
    message[at + 1] = record.auxiliary;
    writeUint16(message, at + 2, record.sources.length);
    writeUint32(message, at + 4, record.group);
    for (const [index, source] of record.sources.entries()) writeUint32(message, at + 8 + 4 * index, source);
    at += lengthOf(record);
  }
  return message;
};

const anyGroup = (random: Random, { groups }: Universe): number => {
  const chance = random();
  if (chance < 0.6) return pick(random, groups);
  if (chance < 0.9) return 0xef02_0000 + randomBelow(random, 1024);
  if (chance < 0.96) return 0xe801_0000 + randomBelow(random, 64);
  return pick(random, [0, 0xe000_0001, 0xe000_00fb, 0x0a09_0909, 0xffff_ffff]);
};

const anySource = (random: Random, { sources }: Universe): number => {
  const chance = random();
  if (chance < 0.6) return pick(random, sources);
  return chance < 0.98
    ? 0xc612_0000 + randomBelow(random, 4096)
    : pick(random, [0, 0xe101_0101, 0xffff_ffff]);
};

const around = (random: Random, universe: Universe, message: Uint8Array): Uint8Array =>
  datagram({
    tos: isLikely(random, 0.9) ? 0xc0 : randomBelow(random, 256),
    flags: isLikely(random, 0.98) ? ipv4.FLAG_DONT_FRAGMENT : ipv4.FLAG_MORE_FRAGMENTS,
    ttl: isLikely(random, 0.97) ? 1 : randomBelow(random, 256),
    protocol: ipv4.PROTOCOL_IGMP,
    source: anyReporter(random, universe, message),
    destination: placeOf(random, universe, message),
    options: isLikely(random, 0.97) ? ROUTER_ALERT : [],
    payload: message,
  });

/** Mostly hosts of the link. General queries rarely have a lower address than the router: one ends its office for minutes. */
const anyReporter = (random: Random, { network, hosts, router }: Universe, message: Uint8Array): number => {
  const chance = random();
  const isGeneralQuery = message[0] === igmp.MEMBERSHIP_QUERY && igmp.isGeneralQuery(message);
  if (isGeneralQuery && chance < 0.98) return Math.max(network, router) + 1 + randomBelow(random, hosts / 2);
  if (chance < 0.95) return network + 1 + randomBelow(random, hosts);
  return pick(random, [0, router, 0xc000_0263, network, 0x7f00_0001]);
};

/** Where messages of a type go. Source: RFC 9776 §4.1.12, §4.2.15, RFC 2236 §9. */
const placeOf = (random: Random, { router }: Universe, message: Uint8Array): number => {
  const group = igmp.group(message);
  if (isLikely(random, 0.03))
    return pick(random, [router, ALL_SYSTEMS, ALL_ROUTERS, igmp.ALL_V3_ROUTERS, group]);
  if (message[0] === igmp.V3_REPORT) return igmp.ALL_V3_ROUTERS;
  if (message[0] === igmp.LEAVE_GROUP || message[0] === igmp.MULTICAST_ROUTER_SOLICITATION)
    return ALL_ROUTERS;
  return group === 0 ? ALL_SYSTEMS : group;
};

const spoiled = (random: Random, whole: Uint8Array): Uint8Array => {
  let octets: Uint8Array = whole.slice();
  for (let times = 1 + randomBelow(random, 3); times > 0; times -= 1) octets = spoiledOnce(random, octets);
  if (octets.length < 28) return octets;
  // Its header is mended mostly, for IGMP is what is to be reached.
  const length = ipv4.headerLength(octets);
  if (isLikely(random, 0.9)) {
    writeUint16(octets, 2, octets.length);
    if (length >= 20 && length <= octets.length) ipv4.writeChecksum(octets);
  }
  if (isLikely(random, 0.5) && length + 4 <= octets.length) writeMessageChecksum(octets.subarray(length));
  return octets;
};

const spoiledOnce = (random: Random, octets: Uint8Array): Uint8Array => {
  const first = isLikely(random, 0.9) ? 24 : 0;
  const at = Math.min(octets.length - 1, first + randomBelow(random, Math.max(1, octets.length - first)));
  const chance = random();
  if (chance < 0.15) return octets.slice(0, at);
  if (chance < 0.25) {
    const grown = new Uint8Array(octets.length + randomBelow(random, 16));
    grown.set(octets);
    return grown;
  }
  if (octets.length > 0)
    octets[at] = chance < 0.6 ? randomBelow(random, 256) : octets[at]! ^ (1 << randomBelow(random, 8));
  return octets;
};
