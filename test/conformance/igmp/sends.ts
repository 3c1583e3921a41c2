import * as ipv4 from '../../../src/ip/header.js';
import { checksum } from '../../../src/ip/octets.js';
import { addressOctets, datagram } from '../../support/datagram.js';
import { transit, udp } from '../ipv4/sends.js';
import { HOST } from '../topology.js';
import { G, LOWER, S1 } from './addresses.js';

/** What a case wants to say about the datagram around an IGMP message; all else is as RFC 9776 §4 has it. */
export interface AroundFields {
  readonly from?: string;
  readonly to?: string;
  readonly ttl?: number;
  readonly tos?: number;
  readonly id?: number;
  /** Of `ipv4.FLAG_…`, added up; don't fragment unless told. */
  readonly flags?: number;
  /** Fragment offset in octets. */
  readonly offset?: number;
  readonly routerAlert?: boolean;
  /** Octets behind the message, which its checksum covers. */
  readonly trailing?: readonly number[];
  /** In place of the right one. */
  readonly checksum?: number;
}

/** A whole datagram with an IGMP message, whose checksum octets are filled in here. */
export const igmpDatagram = (
  message: readonly number[],
  fields: AroundFields & { from: string; to: string },
): Uint8Array => {
  const payload = Uint8Array.from([...message, ...(fields.trailing ?? [])]);
  const sum = fields.checksum ?? checksum(payload, 0, payload.length);
  if (payload.length >= 4) payload.set([sum >>> 8, sum & 255], 2);
  return datagram({
    tos: fields.tos ?? 0xc0,
    id: fields.id ?? 0,
    flags: fields.flags ?? ipv4.FLAG_DONT_FRAGMENT,
    offset: fields.offset ?? 0,
    ttl: fields.ttl ?? 1,
    protocol: ipv4.PROTOCOL_IGMP,
    source: fields.from,
    destination: fields.to,
    options: fields.routerAlert === false ? [] : [0x94, 4, 0, 0],
    payload,
  });
};

export interface QueryFields extends AroundFields {
  readonly version?: 1 | 2 | 3;
  readonly group?: string;
  readonly sources?: readonly string[];
  /** Max Resp Code: 100, or 10 with a group, or 0 in version 1. */
  readonly code?: number;
  /** The S flag. */
  readonly s?: boolean;
  readonly qrv?: number;
  readonly qqic?: number;
  /** How many sources are claimed, where not as many as there are. */
  readonly claims?: number;
}

/** A query, from the router on port 0 that wins elections unless told; general unless there is a group. */
export const query = (fields: QueryFields = {}): Uint8Array => {
  const { version = 3, group, sources = [], s = false, qrv = 2, qqic = 125 } = fields;
  const code = fields.code ?? (version === 1 ? 0 : group === undefined ? 100 : 10);
  const count = fields.claims ?? sources.length;
  const rest = [(s ? 8 : 0) | qrv, qqic, count >>> 8, count & 255, ...sources.flatMap(addressOctets)];
  return igmpDatagram(
    [0x11, code, 0, 0, ...addressOctets(group ?? '0.0.0.0'), ...(version === 3 ? rest : [])],
    { ...fields, from: fields.from ?? LOWER[0], to: fields.to ?? group ?? '224.0.0.1' },
  );
};

/** A record of a version 3 report, as octets. */
export type ReportRecord = readonly number[];

/** A record of any type: how many sources it claims and how many words of auxiliary data can be told wrong. */
export const record = (
  type: number,
  group: string,
  sources: readonly string[] = [],
  { claims = sources.length, aux = [], auxWords = aux.length / 4 }: RecordFields = {},
): ReportRecord => [
  type,
  auxWords,
  claims >>> 8,
  claims & 255,
  ...addressOctets(group),
  ...sources.flatMap(addressOctets),
  ...aux,
];

interface RecordFields {
  readonly claims?: number;
  readonly aux?: readonly number[];
  readonly auxWords?: number;
}

const recordOf =
  (type: number) =>
  (group: string, ...sources: readonly string[]): ReportRecord =>
    record(type, group, sources);

export const isIn = recordOf(1);
export const isEx = recordOf(2);
export const toIn = recordOf(3);
export const toEx = recordOf(4);
export const allow = recordOf(5);
export const block = recordOf(6);

export interface ReportFields extends AroundFields {
  /** How many records are claimed, where not as many as there are. */
  readonly claims?: number;
  /** The reserved octet, and the two of flags. */
  readonly reserved?: readonly [number, number, number];
}

/** A version 3 report, from the host on port 0 unless told: `report(toEx(G))`, `report([isIn(G, S1), …], { ttl: 2 })`. */
export const report = (records: ReportRecord | readonly ReportRecord[], fields: ReportFields = {}) => {
  const all = isSingle(records) ? [records] : records;
  const count = fields.claims ?? all.length;
  const [octet, ...flags] = fields.reserved ?? [0, 0, 0];
  return igmpDatagram([0x22, octet, 0, 0, ...flags, count >>> 8, count & 255, ...all.flat()], {
    ...fields,
    from: fields.from ?? HOST[0],
    to: fields.to ?? '224.0.0.22',
  });
};

const isSingle = (records: ReportRecord | readonly ReportRecord[]): records is ReportRecord =>
  typeof records[0] === 'number';

/** A message of 8 octets, from the host on port 0 unless told. */
export const short = (type: number, group: string, to: string, fields: AroundFields = {}): Uint8Array =>
  igmpDatagram([type, 0, 0, 0, ...addressOctets(group)], { from: HOST[0], to, ...fields });

/** Version 1 knows no Router Alert. */
export const v1Report = (group: string = G, fields: AroundFields = {}): Uint8Array =>
  short(0x12, group, group, { routerAlert: false, ...fields });

export const v2Report = (group: string = G, fields: AroundFields = {}): Uint8Array =>
  short(0x16, group, group, fields);

export const leave = (group: string = G, fields: AroundFields = {}): Uint8Array =>
  short(0x17, group, '224.0.0.2', fields);

/** Multicast Router Discovery: 30h with what follows its checksum, 31h and 32h bare. Source: RFC 4286 §3, §4, §5. */
export const advertisement = (
  { interval = 20, qi = 125, rv = 2 }: { interval?: number; qi?: number; rv?: number },
  fields: AroundFields & { from: string },
): Uint8Array =>
  igmpDatagram([0x30, interval, 0, 0, qi >>> 8, qi & 255, rv >>> 8, rv & 255], { to: SNOOPERS, ...fields });

export const termination = (fields: AroundFields & { from: string }): Uint8Array =>
  igmpDatagram([0x32, 0, 0, 0], { to: SNOOPERS, ...fields });

/** From a switch, which may have no address. */
export const solicitation = (fields: AroundFields = {}): Uint8Array =>
  igmpDatagram([0x31, 0, 0, 0], { from: '0.0.0.0', to: '224.0.0.2', ...fields });

const SNOOPERS = '224.0.0.106';

/** A UDP datagram of a source to a group, with TTL 64; send it on port 3 unless its source is elsewhere. */
export const data = (fields: Parameters<typeof transit>[0] = {}): Uint8Array =>
  transit({ source: S1, destination: G, payload: udp(), ...fields });
