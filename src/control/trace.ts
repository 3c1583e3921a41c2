import type { Explanation } from '../explanation.js';
import { Failure } from '../failure.js';
import type { JsonFields } from '../observe/event-record.js';
import { parseMatch } from '../text/match.js';

export interface TraceParams {
  /** As `parseMatch` reads it. */
  readonly match?: string;
}

export interface TraceResult {
  readonly name: string;
}

/** What a notification says: the way of one datagram, or how many were passed over because there was no time for them. */
export type Traced = TracedDatagram | { readonly missed: number };

export interface TracedDatagram extends Explanation {
  /** RFC 3339. */
  readonly time: string;
  /** The same on all its hops, and of no other datagram. */
  readonly id: number;
  /** As it began its way: the fields of `monitor --type forward`. */
  readonly datagram: JsonFields;
}

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readTraceParams = (sent: unknown): Required<TraceParams> => {
  const match = (sent as { match?: unknown } | null | undefined)?.match ?? '';
  if (typeof match !== 'string') throw new Failure(2, 'match must be text');
  parseMatch(match);
  return { match };
};
