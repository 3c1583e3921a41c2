import type fc from 'fast-check';
import type { Parcel } from '../../../src/parcel.js';

/** One thing that must hold whatever is offloaded, with bursts that are about it. */
export interface OffloadRow {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly bursts: fc.Arbitrary<Parcel[]>;
  /** Whether a burst has what the row is about; all have unless told. One of them must. */
  readonly isMet?: (parcels: readonly Parcel[]) => boolean;
  /** Whether what comes out is the same octet for octet and in the same order, identifications with DF included. */
  readonly isExact?: boolean;
  /** Whether something must be written at once, or nothing may be; both are fine unless told. */
  readonly merges?: boolean;
}
