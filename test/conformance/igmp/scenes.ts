import type { DropReason } from '../../../src/drop-reason.js';
import * as ipv4 from '../../../src/ip/header.js';
import type { Step } from '../case.js';
import { forwarded } from '../expectation.js';
import { HOST, type PortNumber } from '../topology.js';
import { data, type ReportRecord, report } from './sends.js';

/** The host of a port says this, in one version 3 report. */
export const host = (on: PortNumber, ...records: readonly ReportRecord[]): Step => ({
  send: report(records, { from: HOST[on] }),
  on,
});

type Datagram = NonNullable<Parameters<typeof data>[0]>;

/** A datagram arrives on port 3, and leaves by these ports; `ttl` is what it leaves with, one less by default. */
export const passes = (to: readonly PortNumber[], fields: Datagram = {}, ttl?: number): Step => {
  const send = data(fields);
  const as = ttl === undefined ? undefined : withTtl(send, ttl);
  return { send, on: 3, expect: to.map((on) => forwarded(as === undefined ? { on } : { on, as })) };
};

const withTtl = (original: Uint8Array, ttl: number): Uint8Array => {
  const octets = original.slice();
  octets[8] = ttl;
  ipv4.writeChecksum(octets);
  return octets;
};

/** A datagram comes in by port 3, and ends there, without a word to anybody. */
export const ends = (fields: Datagram = {}, drop: DropReason = 'multicast-no-member'): Step => ({
  send: data(fields),
  on: 3,
  drop,
});
