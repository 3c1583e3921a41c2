import type { DropReason } from '../../../src/drop-reason.js';
import type { PortNumber } from '../case.js';
import { forwarded } from '../expectation.js';
import { HOST } from '../topology.js';
import type { IgmpStep } from './case.js';
import { data, type ReportRecord, report } from './messages.js';

/** The host of a port says this, in one version 3 report. */
export const host = (on: PortNumber, ...records: readonly ReportRecord[]): IgmpStep => ({
  send: report(records, { from: HOST[on] }),
  on,
});

type Datagram = NonNullable<Parameters<typeof data>[0]>;

/** A datagram comes in by port 3, and leaves by these ports. */
export const passes = (to: readonly PortNumber[], fields: Datagram = {}): IgmpStep => ({
  send: data(fields),
  on: 3,
  expect: to.map((on) => forwarded({ on })),
});

/** A datagram comes in by port 3, and ends there, without a word to anybody. */
export const ends = (fields: Datagram = {}, drop: DropReason = 'multicast-no-member'): IgmpStep => ({
  send: data(fields),
  on: 3,
  drop,
});
