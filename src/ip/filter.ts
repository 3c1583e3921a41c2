import type { FilterAction, FilterMatch, RejectCode } from '../filter.js';
import type { Interface } from '../interface.js';
import { hashOf, stirred } from '../random.js';
import { after, type Duration, type Instant, NEVER } from '../time.js';

/** A filter of a router: what it is about, and what it does. Source: RFC 1812 §5.3.9. */
export interface Filter {
  /** Unique among the filters of its router. */
  readonly name: string;
  /** Only what comes in here; undefined: wherever it came in. */
  readonly in: Interface | undefined;
  /** Only what leaves here; undefined: wherever it goes, also to the router itself. */
  readonly out: Interface | undefined;
  readonly match: FilterMatch;
  /** The share of matching datagrams to which it applies, 0 to 1. */
  readonly probability: number;
  /** How many datagrams it decides about; undefined: all. */
  readonly limit: number | undefined;
  /** How long it is in force; undefined: until it is removed. */
  readonly for: Duration | undefined;
  readonly action: FilterAction;
  /** What `reject` says; undefined for other actions. */
  readonly with: RejectCode | undefined;
  readonly origin: 'config' | 'runtime';
}

/** A filter in force, and what it has done so far. */
export class FilterEntry {
  readonly filter: Filter;
  /** When it is removed; `NEVER` if it stays. */
  readonly expires: Instant;
  /** What makes its chances its own: the same draw is another one for each filter, wherever it stands. */
  readonly salt: number;
  /** How many datagrams it has decided about, each fragment counted. */
  matched = 0;
  /** The same with the fragments of a datagram counted once: what its limit is about. */
  decided = 0;
  /** Whether it has been removed, or has expired, although the configuration still names it. */
  isGone = false;
  /** That it decides wherever a datagram goes, which is the usual case: made once (measured: a tenth of the core). */
  readonly alone: readonly FilterDecision[] = [{ entry: this, where: 'anywhere' }];

  constructor(filter: Filter, now: Instant) {
    this.filter = filter;
    this.salt = stirred(hashOf(filter.name));
    this.expires = filter.for === undefined ? NEVER : after(now, filter.for);
  }
}

/** What was decided about a datagram, or about one of its copies. */
export interface FilterDecision {
  /** The first filter that matches; undefined if none does. */
  readonly entry: FilterEntry | undefined;
  /** For which egress; `anywhere`: whichever it is; `nowhere`: it does not leave. */
  readonly where: Interface | 'anywhere' | 'nowhere';
}

/** What filters have decided about a datagram so far. */
export interface Filtered {
  decisions: readonly FilterDecision[];
  /** Whether chance had a say. */
  isByChance: boolean;
}
