import type { Address } from '../address.js';
import { isChecksumRight, uint16, uint32 } from '../ip/octets.js';
import { type Duration, milliseconds, seconds } from '../time.js';
import { decodeFloat } from './float-code.js';
import type { MessageName, Refusal } from './refusal.js';

/**
 * IGMP messages as functions over their octets, from the type on; import it as `igmp`.
 *
 * Every accessor trusts that `validate` has passed the message. Lengths and offsets are in octets.
 *
 * Source: RFC 9776 §4, RFC 2236 §2, RFC 1112 Appendix I.
 */
export const MEMBERSHIP_QUERY = 0x11;
export const V1_REPORT = 0x12;
export const V2_REPORT = 0x16;
export const LEAVE_GROUP = 0x17;
export const V3_REPORT = 0x22;

/** Multicast Router Discovery, between routers and snooping switches. Source: RFC 4286 §3, §4, §5. */
export const MULTICAST_ROUTER_ADVERTISEMENT = 0x30;
export const MULTICAST_ROUTER_SOLICITATION = 0x31;
export const ROUTER_TERMINATION = 0x32;

/** The group of all version 3 routers, to which reports are sent. Source: RFC 9776 §4.2.15. */
export const ALL_V3_ROUTERS: Address = 0xe0000016;

/** A solicitation or a termination. */
export const BARE_LENGTH = 4;
export const SHORT_LENGTH = 8;
/** A version 3 query without its sources. */
export const V3_QUERY_LENGTH = 12;
/** A version 3 report without its records. */
export const V3_REPORT_LENGTH = 8;
/** A record without its sources. */
export const RECORD_LENGTH = 8;

export type Version = 1 | 2 | 3;
export type OlderVersion = Exclude<Version, 3>;

/** Whether a source list names the wanted sources, or the unwanted ones. */
export type FilterMode = 'include' | 'exclude';

/** The type of a record in a version 3 report. Source: RFC 9776 §4.2.13. */
export type RecordType = 'is-in' | 'is-ex' | 'to-in' | 'to-ex' | 'allow' | 'block';

export const RECORD_CODES: Readonly<Record<RecordType, number>> = {
  'is-in': 1,
  'is-ex': 2,
  'to-in': 3,
  'to-ex': 4,
  allow: 5,
  block: 6,
};

const RECORD_TYPES = new Map(
  (Object.keys(RECORD_CODES) as RecordType[]).map((type) => [RECORD_CODES[type], type]),
);

/**
 * Checks a message before any of its fields is believed: it is accepted or refused as a whole.
 *
 * Octets after the last source or record are covered by the checksum and otherwise ignored, as are reserved
 * fields, auxiliary data and anything after the first 8 octets of a version 1 or 2 message.
 *
 * Source: RFC 9776 §4.1.2, §4.1.8, §4.2.11, §7.1, RFC 2236 §2.5.
 */
export const validate = (m: Uint8Array): Refusal | undefined => {
  if (m.length < (isDiscovery(m) ? BARE_LENGTH : SHORT_LENGTH)) return 'too-short';
  if (!isChecksumRight(m, 0, m.length)) return 'bad-checksum';
  switch (type(m)) {
    case MEMBERSHIP_QUERY:
      if (m.length === SHORT_LENGTH) return undefined;
      if (m.length < V3_QUERY_LENGTH) return 'bad-query-length';
      return V3_QUERY_LENGTH + 4 * sourceCount(m) > m.length ? 'sources-cut' : undefined;
    case V1_REPORT:
    case V2_REPORT:
    case LEAVE_GROUP:
      return undefined;
    case V3_REPORT:
      return recordsFit(m) ? undefined : 'records-cut';
    default:
      return 'unknown-type';
  }
};

/** Whether a message belongs to router discovery, where 4 octets are enough. Source: RFC 4286 §3, §4, §5. */
const isDiscovery = (m: Uint8Array): boolean =>
  m[0] === MULTICAST_ROUTER_ADVERTISEMENT ||
  m[0] === MULTICAST_ROUTER_SOLICITATION ||
  m[0] === ROUTER_TERMINATION;

/** Whether a message asks routers to advertise themselves; reads only its type. */
export const isSolicitation = (m: Uint8Array): boolean => m[0] === MULTICAST_ROUTER_SOLICITATION;

const recordsFit = (m: Uint8Array): boolean => {
  let at = V3_REPORT_LENGTH;
  for (let left = recordCount(m); left > 0; left -= 1) {
    if (at + RECORD_LENGTH > m.length) return false;
    at += recordLength(m, at);
    if (at > m.length) return false;
  }
  return true;
};

export const type = (m: Uint8Array): number => m[0]!;
/** The group of a query, a version 1 or 2 report, or a leave; 0 in a general query. */
export const group = (m: Uint8Array): Address => uint32(m, 4);

/** The version of a query, by its length and its code. Source: RFC 9776 §7.1. */
export const queryVersion = (m: Uint8Array): Version => {
  if (m.length >= V3_QUERY_LENGTH) return 3;
  return m[1] === 0 ? 1 : 2;
};

/** A version 1 query is always general, whatever its group field holds. */
export const isGeneralQuery = (m: Uint8Array): boolean => queryVersion(m) === 1 || group(m) === 0;

const V1_MAX_RESPONSE = seconds(10);

/** How long hosts may take to answer a query. Source: RFC 9776 §4.1.1, §7.2.1. */
export const maxResponse = (m: Uint8Array): Duration => {
  const version = queryVersion(m);
  if (version === 1) return V1_MAX_RESPONSE;
  return milliseconds(100 * (version === 2 ? m[1]! : decodeFloat(m[1]!)));
};

// For version 3 queries only.

/** The S flag: routers that receive the query leave their timers alone. */
export const isSuppressed = (m: Uint8Array): boolean => (m[8]! & 8) !== 0;
/** The querier's robustness variable; 0 if it is above 7. */
export const robustness = (m: Uint8Array): number => m[8]! & 7;
/** The querier's query interval; 0 if not given. */
export const queryInterval = (m: Uint8Array): Duration => seconds(decodeFloat(m[9]!));
export const sourceCount = (m: Uint8Array): number => uint16(m, 10);
export const sources = (m: Uint8Array): Address[] => addresses(m, V3_QUERY_LENGTH, sourceCount(m));

// For version 3 reports only; `at` is where a record begins.

export const recordCount = (m: Uint8Array): number => uint16(m, 6);
/** Undefined for an unknown type. */
export const recordType = (m: Uint8Array, at: number): RecordType | undefined => RECORD_TYPES.get(m[at]!);
/** The length of a record with its sources and its auxiliary data. Source: RFC 9776 §4.2.7. */
export const recordLength = (m: Uint8Array, at: number): number =>
  RECORD_LENGTH + 4 * recordSourceCount(m, at) + 4 * m[at + 1]!;
export const recordGroup = (m: Uint8Array, at: number): Address => uint32(m, at + 4);
export const recordSourceCount = (m: Uint8Array, at: number): number => uint16(m, at + 2);
export const recordSources = (m: Uint8Array, at: number): Address[] =>
  addresses(m, at + RECORD_LENGTH, recordSourceCount(m, at));
export const recordSource = (m: Uint8Array, at: number, index: number): Address =>
  uint32(m, at + RECORD_LENGTH + 4 * index);

/** Where each record of a report begins, in order. */
export function* recordOffsets(m: Uint8Array): Generator<number, void> {
  let at = V3_REPORT_LENGTH;
  for (let left = recordCount(m); left > 0; left -= 1) {
    yield at;
    at += recordLength(m, at);
  }
}

/** The version that a message belongs to; leaves are version 2. Source: RFC 9776 §7.1, RFC 2236 §2.1. */
export const versionOf = (m: Uint8Array): Version => {
  switch (type(m)) {
    case MEMBERSHIP_QUERY:
      return queryVersion(m);
    case V1_REPORT:
      return 1;
    case V3_REPORT:
      return 3;
    default:
      return 2;
  }
};

/** The name under which a message is counted. */
export const nameOf = (m: Uint8Array): MessageName => {
  switch (type(m)) {
    case MEMBERSHIP_QUERY:
      return `query-v${queryVersion(m)}`;
    case V1_REPORT:
      return 'report-v1';
    case V2_REPORT:
      return 'report-v2';
    case V3_REPORT:
      return 'report-v3';
    case MULTICAST_ROUTER_ADVERTISEMENT:
      return 'mrd-advertisement';
    case MULTICAST_ROUTER_SOLICITATION:
      return 'mrd-solicitation';
    case ROUTER_TERMINATION:
      return 'mrd-termination';
    default:
      return 'leave';
  }
};

const addresses = (m: Uint8Array, at: number, count: number): Address[] =>
  Array.from({ length: count }, (_, index) => uint32(m, at + 4 * index));
