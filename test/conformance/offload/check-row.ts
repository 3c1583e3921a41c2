import fc from 'fast-check';
import * as ipv4 from '../../../src/ip/header.js';
import { uint16, writeUint16 } from '../../../src/ip/octets.js';
import { CHECKSUM_AT } from '../../../src/offload/transport.js';
import type { Parcel } from '../../../src/parcel.js';
import { asSeen, byFlow } from '../../support/any-burst.js';
import { hex } from '../../support/datagram.js';
import { madeOf, type Oracle } from './oracle.js';
import type { OffloadRow } from './row.js';

/** What came of a row's bursts. */
export interface Checked {
  readonly bursts: number;
  readonly datagrams: number;
  /** How many the kernel was given at once, for all of them. */
  readonly writes: number;
  /** What is wrong; undefined where all is well. */
  readonly why: string | undefined;
}

/** Lets the kernel judge so many bursts of a row; what it finds is shrunk to the smallest burst that shows it. */
export const checkRow = async (row: OffloadRow, oracle: Oracle, bursts: number): Promise<Checked> => {
  const { traffic } = oracle.port;
  const before = { ...traffic };
  let met = 0;
  const judge = async (parcels: Parcel[]): Promise<void> => {
    if (row.isMet?.(parcels) ?? true) met += 1;
    const fault = await faultOf(row, oracle, parcels);
    if (fault !== undefined) throw new Error(fault);
  };
  const run = await fc.check(fc.asyncProperty(row.bursts, judge), { numRuns: bursts });
  const done = {
    bursts,
    // Each burst ends with a marker.
    datagrams: traffic.writtenDatagrams - before.writtenDatagrams - run.numRuns,
    writes: traffic.writtenSegments - before.writtenSegments - run.numRuns,
  };
  const saving = done.datagrams - done.writes;
  const what = {
    fault: run.failed ? `${messageOf(run.errorInstance)} (seed ${run.seed})` : undefined,
    met: met === 0 ? 'no burst had what the row is about' : undefined,
    merges: row.merges === true && saving <= 0 ? 'nothing was written at once' : undefined,
    keeps: row.merges === false && saving > 0 ? `${saving} were merged that must not be` : undefined,
  };
  return { ...done, why: what.fault ?? what.met ?? what.merges ?? what.keeps };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What differs between a burst and what the kernel made of it; undefined where nothing does. */
const faultOf = async (row: OffloadRow, oracle: Oracle, parcels: Parcel[]): Promise<string | undefined> => {
  const { plain, offloaded } = await oracle.tell(parcels);
  const shown = row.isExact === true ? hex : asSeen;
  const original = madeOf(parcels).map(shown);
  const kernel = plain.map(shown);
  const ours = madeOf(offloaded).map(withOneZero);
  return (
    (row.isExact === true
      ? difference('the kernel made', kernel, original)
      : flowDifference('the kernel made', kernel, original)) ??
    flowDifference('of what the kernel handed out, was made', ours, plain.map(withOneZero))
  );
};

/**
 * The octets in hexadecimal, with one of the two zeros that a TCP checksum may be: the kernel makes all ones of it where it
 * completes one datagram, and leaves it where it takes several apart. Source: RFC 1071 §1.
 */
const withOneZero = (octets: Uint8Array): string => {
  const checksumAt = ipv4.headerLength(octets) + CHECKSUM_AT[ipv4.PROTOCOL_TCP]!;
  if (ipv4.protocol(octets) !== ipv4.PROTOCOL_TCP || uint16(octets, checksumAt) !== 0xffff)
    return hex(octets);
  const other = new Uint8Array(octets);
  writeUint16(other, checksumAt, 0);
  return hex(other);
};

const flowDifference = (who: string, seen: string[], wanted: string[]): string | undefined => {
  const [one, other] = [byFlow(seen), byFlow(wanted)];
  for (const flow of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const fault = difference(who, one[flow] ?? [], other[flow] ?? []);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const difference = (who: string, seen: string[], wanted: string[]): string | undefined => {
  const at = wanted.findIndex((each, i) => each !== seen[i]);
  if (at >= 0)
    return `${who} ${seen[at] ?? 'nothing'} in place of ${wanted[at]}, the ${at + 1}. of ${wanted.length}`;
  return seen.length > wanted.length
    ? `${who} ${seen.length} datagrams in place of ${wanted.length}`
    : undefined;
};
