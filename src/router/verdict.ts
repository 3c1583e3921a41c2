import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Hop } from '../hop.js';
import type { Interface } from '../interface.js';
import type { MulticastRoute } from '../ip/multicast-route.js';
import type { OptionPlan } from '../ip/options.js';

/** What becomes of a datagram: it goes on, goes on in copies, is for the router itself, or goes no further. */
export type Fate = 'forward' | 'replicate' | 'deliver' | 'drop';

/** A copy that does not leave by an interface, and why. */
export interface Withheld {
  readonly egress: Interface;
  readonly reason: DropReason;
}

/**
 * What was decided about one datagram, with everything that performing it needs.
 *
 * A router has one and fills it anew for each datagram (measured: an object for each costs a tenth of the core), so
 * whoever performs it reads what it needs before it hands anything on: that may bring the next datagram.
 */
export interface Verdict {
  fate: Fate;
  /** Why it goes no further; undefined unless it is dropped. */
  reason: DropReason | undefined;
  /** What its options ask for; undefined where it has none. */
  options: OptionPlan | undefined;
  /** Where it is to be taken: its destination, or the next stop of its source route. */
  destination: Address;
  isToGroup: boolean;
  /** Where it leaves; of a drop, where it would have left, if it came that far. */
  egress: Interface | undefined;
  nextHop: Address;
  /** What takes it there. */
  hop: Hop | undefined;
  /** The next hop is one of several, chosen by the flow. */
  isChosen: boolean;
  /** The way counts for its type of service only. */
  isByTos: boolean;
  /** Of a drop: the octet in which the error was detected. */
  pointer: number;
  /** Of a drop: whether the destination stands in a subnet that is attached here. */
  isAttached: boolean;
  /** Of a datagram to a group: its route, if it has been looked up. */
  route: MulticastRoute | undefined;
  /** Who gets a copy. */
  outgoing: readonly Interface[];
  /** Who does not, although somebody there wants one. */
  withheld: readonly Withheld[];
}

export const emptyVerdict = (): Verdict => ({
  fate: 'drop',
  reason: undefined,
  options: undefined,
  destination: 0,
  isToGroup: false,
  egress: undefined,
  nextHop: 0,
  hop: undefined,
  isChosen: false,
  isByTos: false,
  pointer: 0,
  isAttached: false,
  route: undefined,
  outgoing: NONE,
  withheld: NONE,
});

const NONE: readonly never[] = [];

/** One step of a decision, for whoever asks why. */
export interface Step {
  readonly what: 'in' | 'check' | 'option' | 'route' | 'ttl' | 'mtu' | 'out' | 'deliver' | 'drop';
  readonly detail: string;
  /** The rule, for example `RFC 1812 §5.3.1`. */
  readonly source: string;
}
