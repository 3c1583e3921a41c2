import { type Address, ALL_ROUTERS, ALL_SYSTEMS, UNSPECIFIED } from '../address.js';
import * as ipv4 from '../ip/header.js';
import { checksum, writeUint16, writeUint32 } from '../ip/octets.js';
import type { Duration } from '../time.js';
import { encodeFloat } from './float-code.js';
import * as igmp from './message.js';

/** The group of all IGMP snooping switches. Source: RFC 4286 §3.2. */
export const ALL_SNOOPERS: Address = 0xe000006a;

/** Router Alert: every router on the way examines the datagram. Source: RFC 2113 §2.1. */
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);
const NO_OPTIONS = new Uint8Array(0);
/** With the option; what fits with it also fits without. */
const HEADER_LENGTH = ipv4.MINIMUM_HEADER_LENGTH + ROUTER_ALERT.length;

/** The content of a query, and its destination. */
export interface Query {
  /** UNSPECIFIED asks about all groups. */
  readonly group: Address;
  /** Empty asks about the whole group. Version 3 only. */
  readonly sources: readonly Address[];
  readonly maxResponse: Duration;
  /** The S flag. Version 3 only. */
  readonly isSuppressed: boolean;
}

/** The sender, and whether its messages carry Router Alert. */
export interface MessageSender {
  /** UNSPECIFIED if the interface has none. */
  readonly address: Address;
  readonly hasRouterAlert: boolean;
}

/** What a querier announces about itself in a version 3 query. */
export interface QuerierVariables {
  readonly robustness: number;
  readonly queryInterval: Duration;
}

/**
 * A whole datagram with a query, to the queried group or to all systems.
 *
 * It must fit: see `queriesIn`.
 *
 * The code is never 0: in 8 octets it would mean version 1, and in 12 it would make all hosts answer at once.
 *
 * Source: RFC 9776 §4.1, §7.3.1, RFC 2236 §2.2.
 */
export const queryDatagram = (
  version: igmp.Version,
  query: Query,
  variables: QuerierVariables,
  sender: MessageSender,
): Uint8Array => {
  const length = version === 3 ? igmp.V3_QUERY_LENGTH + 4 * query.sources.length : igmp.SHORT_LENGTH;
  const destination = query.group === UNSPECIFIED ? ALL_SYSTEMS : query.group;
  const tenths = query.maxResponse / 100;
  return igmpDatagram(sender, destination, length, (message) => {
    message[0] = igmp.MEMBERSHIP_QUERY;
    writeUint32(message, 4, query.group);
    if (version === 2) message[1] = Math.min(Math.max(Math.floor(tenths), 1), 255);
    if (version !== 3) return;
    message[1] = Math.max(encodeFloat(tenths), 1);
    message[8] = (query.isSuppressed ? 8 : 0) | (variables.robustness > 7 ? 0 : variables.robustness);
    message[9] = Math.max(encodeFloat(variables.queryInterval / 1000), 1);
    writeUint16(message, 10, query.sources.length);
    writeAddresses(message, igmp.V3_QUERY_LENGTH, query.sources);
  });
};

/** Whether a version has such a query: version 1 has only general queries, version 2 none about sources. */
export const isSpoken = (
  version: igmp.Version,
  { group, sources }: Pick<Query, 'group' | 'sources'>,
): boolean => version === 3 || (version === 2 ? sources.length === 0 : group === UNSPECIFIED);

/** Splits a query into several that fit the MTU, in the order of its sources. */
export const queriesIn = (query: Query, mtu: number): Query[] => {
  const most = sourcesIn(mtu);
  if (query.sources.length <= most) return [query];
  const pieces: Query[] = [];
  for (let at = 0; at < query.sources.length; at += most)
    pieces.push({ ...query, sources: query.sources.slice(at, at + most) });
  return pieces;
};

/** How many sources fit into one query. Source: RFC 9776 §4.1.8. */
export const sourcesIn = (mtu: number): number =>
  Math.max(1, Math.floor((mtu - HEADER_LENGTH - igmp.V3_QUERY_LENGTH) / 4));

/** A record of a version 3 report. */
export interface ReportRecord {
  readonly type: igmp.RecordType;
  readonly group: Address;
  readonly sources: readonly Address[];
}

/**
 * Whole datagrams with the records of a version 3 report, as many as the MTU requires.
 *
 * A source list that does not fit into one is split over several records, but a list of excluded sources is cut:
 * what is not excluded is merely forwarded needlessly. Source: RFC 9776 §4.2.17.
 */
export const reportDatagrams = (
  records: readonly ReportRecord[],
  sender: MessageSender,
  mtu: number,
): Uint8Array[] => {
  const room = mtu - HEADER_LENGTH - igmp.V3_REPORT_LENGTH;
  const messages: ReportRecord[][] = [];
  let left = 0;
  for (const record of records.flatMap((each) => fitting(each, room))) {
    const length = lengthOf(record);
    if (length > left) {
      messages.push([]);
      left = room;
    }
    messages.at(-1)!.push(record);
    left -= length;
  }
  return messages.map((each) => reportDatagram(each, sender));
};

const lengthOf = (record: ReportRecord): number => igmp.RECORD_LENGTH + 4 * record.sources.length;

const fitting = (record: ReportRecord, room: number): ReportRecord[] => {
  const most = Math.max(1, Math.floor((room - igmp.RECORD_LENGTH) / 4));
  if (record.sources.length <= most) return [record];
  if (record.type === 'is-ex' || record.type === 'to-ex')
    return [{ ...record, sources: record.sources.slice(0, most) }];
  const pieces: ReportRecord[] = [];
  for (let at = 0; at < record.sources.length; at += most) {
    // The second piece of a TO_IN list would cancel the first.
    const type = record.type === 'to-in' && at > 0 ? 'allow' : record.type;
    pieces.push({ ...record, type, sources: record.sources.slice(at, at + most) });
  }
  return pieces;
};

const reportDatagram = (records: readonly ReportRecord[], sender: MessageSender): Uint8Array => {
  const length = records.reduce((total, each) => total + lengthOf(each), igmp.V3_REPORT_LENGTH);
  return igmpDatagram(sender, igmp.ALL_V3_ROUTERS, length, (message) => {
    message[0] = igmp.V3_REPORT;
    writeUint16(message, 6, records.length);
    let at = igmp.V3_REPORT_LENGTH;
    for (const record of records) {
      message[at] = igmp.RECORD_CODES[record.type];
      writeUint16(message, at + 2, record.sources.length);
      writeUint32(message, at + 4, record.group);
      writeAddresses(message, at + igmp.RECORD_LENGTH, record.sources);
      at += lengthOf(record);
    }
  });
};

/** A version 1 or 2 report, to its group. Source: RFC 2236 §3, RFC 1112 Appendix I. */
export const olderReportDatagram = (version: 1 | 2, group: Address, sender: MessageSender): Uint8Array =>
  igmpDatagram(sender, group, igmp.SHORT_LENGTH, (message) => {
    message[0] = version === 1 ? igmp.V1_REPORT : igmp.V2_REPORT;
    writeUint32(message, 4, group);
  });

/** A version 2 leave, to all routers. Source: RFC 2236 §3. */
export const leaveDatagram = (group: Address, sender: MessageSender): Uint8Array =>
  igmpDatagram(sender, ALL_ROUTERS, igmp.SHORT_LENGTH, (message) => {
    message[0] = igmp.LEAVE_GROUP;
    writeUint32(message, 4, group);
  });

/**
 * An advertisement of a multicast router and its query variables, for the switches of its link.
 *
 * All numbers are plain seconds or counts, not codes. Source: RFC 4286 §3.2.
 */
export const advertisementDatagram = (
  advertisementInterval: Duration,
  { robustness, queryInterval }: QuerierVariables,
  sender: MessageSender,
): Uint8Array =>
  igmpDatagram(sender, ALL_SNOOPERS, igmp.SHORT_LENGTH, (message) => {
    message[0] = igmp.MULTICAST_ROUTER_ADVERTISEMENT;
    message[1] = advertisementInterval / 1000;
    writeUint16(message, 4, Math.ceil(queryInterval / 1000));
    writeUint16(message, 6, robustness);
  });

/** A termination: the router is no longer there. Source: RFC 4286 §5. */
export const terminationDatagram = (sender: MessageSender): Uint8Array =>
  igmpDatagram(sender, ALL_SNOOPERS, igmp.BARE_LENGTH, (message) => {
    message[0] = igmp.ROUTER_TERMINATION;
  });

const writeAddresses = (message: Uint8Array, at: number, addresses: readonly Address[]): void => {
  for (const [index, address] of addresses.entries()) writeUint32(message, at + 4 * index, address);
};

/**
 * A whole datagram with a message of `length` octets, checksum included.
 *
 * TTL 1; never fragmented, so without an identification. Source: RFC 9776 §4, RFC 6864 §4.1.
 */
const igmpDatagram = (
  { address, hasRouterAlert }: MessageSender,
  destination: Address,
  length: number,
  write: (message: Uint8Array) => void,
): Uint8Array => {
  const options = hasRouterAlert ? ROUTER_ALERT : NO_OPTIONS;
  const headerLength = ipv4.MINIMUM_HEADER_LENGTH + options.length;
  const datagram = new Uint8Array(headerLength + length);
  const message = datagram.subarray(headerLength);
  write(message);
  writeUint16(message, 2, checksum(message, 0, message.length));
  const header = {
    tos: ipv4.INTERNETWORK_CONTROL,
    identification: 0,
    flags: ipv4.FLAG_DONT_FRAGMENT,
    ttl: 1,
  };
  const addressing = { protocol: ipv4.PROTOCOL_IGMP, source: address, destination };
  ipv4.writeHeader(datagram, { ...header, ...addressing }, options);
  return datagram;
};
