import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { RejectCode } from '../filter.js';
import type { Hop } from '../hop.js';
import type { Interface } from '../interface.js';
import type { Filtered } from '../ip/filter.js';
import type { MulticastRoute } from '../ip/multicast-route.js';
import type { OptionPlan } from '../ip/options.js';

/** The fate of a datagram: it goes on, goes on in copies, is for the router itself, or goes no further. */
export type Fate = 'forward' | 'replicate' | 'deliver' | 'drop';

/** An interface that gets no copy, and why. */
export interface Withheld {
  readonly egress: Interface;
  readonly reason: DropReason;
}

/**
 * The decision about one datagram, with everything needed to perform it.
 *
 * A router refills the same one for each datagram (measured: an object for each costs a tenth of the core), so
 * everything must be read from it before anything is handed on: that may bring the next datagram.
 */
export interface Verdict extends Filtered {
  fate: Fate;
  /** Why it is dropped; undefined otherwise. */
  reason: DropReason | undefined;
  /** Of a rejected datagram: the ICMP message to send. */
  code: RejectCode | undefined;
  /** Whether filters can decide only once the egress is known. */
  awaitsEgress: boolean;
  /** What its options ask for; undefined if it has none. */
  options: OptionPlan | undefined;
  /** Its destination, or the next stop of its source route. */
  destination: Address;
  isToGroup: boolean;
  /** The length, in octets, of the longest datagram that the octets stand for. */
  length: number;
  /** Where it leaves; for a drop, where it would have left, if it came that far. */
  egress: Interface | undefined;
  nextHop: Address;
  /** What takes it there. */
  hop: Hop | undefined;
  /** Whether the flow selected the next hop among several. */
  isChosen: boolean;
  /** Whether the route is for its type of service only. */
  isByTos: boolean;
  /** For a drop: the octet in which the error was detected. */
  pointer: number;
  /** For a drop: whether the destination is in an attached subnet. */
  isAttached: boolean;
  /** For a datagram to a group: its route, if it was looked up. */
  route: MulticastRoute | undefined;
  /** Of a datagram to a group: the TTL with which its copies leave. */
  ttl: number;
  /** Who gets a copy. */
  outgoing: readonly Interface[];
  /** Who gets none, although somebody there wants one. */
  withheld: readonly Withheld[];
}

export const emptyVerdict = (): Verdict => ({
  fate: 'drop',
  reason: undefined,
  code: undefined,
  awaitsEgress: false,
  decisions: NONE,
  isByChance: false,
  options: undefined,
  destination: 0,
  isToGroup: false,
  length: 0,
  egress: undefined,
  nextHop: 0,
  hop: undefined,
  isChosen: false,
  isByTos: false,
  pointer: 0,
  isAttached: false,
  route: undefined,
  ttl: 0,
  outgoing: NONE,
  withheld: NONE,
});

/** An empty list of whatever it is. */
export const NONE: readonly never[] = [];

/** One step of a decision, to explain it. */
export interface Step {
  readonly what: 'in' | 'check' | 'option' | 'filter' | 'route' | 'ttl' | 'mtu' | 'out' | 'deliver' | 'drop';
  /** The interface that it is about, if that is neither the ingress nor the egress of the verdict. */
  readonly at?: Interface;
  readonly detail: string;
  /** The rule, for example `RFC 1812 §5.3.1`. */
  readonly source: string;
}

/** The datagram is for the router itself. */
export const deliver = (verdict: Verdict, detail: string, steps: Step[] | undefined): void => {
  verdict.fate = 'deliver';
  steps?.push({ what: 'deliver', detail, source: 'RFC 1812 §5.2.3' });
};

/** The datagram goes no further. */
export const drop = (verdict: Verdict, reason: DropReason, steps: Step[] | undefined): void => {
  verdict.fate = 'drop';
  verdict.reason = reason;
  steps?.push({ what: 'drop', detail: reason, source: DROP_SOURCES[reason] ?? 'RFC 1812 §5.2.1' });
};

/** The rules behind drops in transit. */
const DROP_SOURCES: Readonly<Partial<Record<DropReason, string>>> = {
  'bad-option': 'RFC 1812 §4.2.2.1',
  'option-refused': 'RFC 7126 §4',
  'martian-source': 'RFC 1812 §5.3.7',
  'martian-destination': 'RFC 1812 §5.3.7',
  'reverse-path': 'RFC 3704 §2',
  'forwarding-off': 'RFC 1812 §5.3.11',
  'no-route': 'RFC 1812 §5.2.7.1',
  'tos-route': 'RFC 1812 §5.2.4.3',
  'ttl-expired': 'RFC 1812 §5.3.1',
  'host-unreachable': 'RFC 1812 §5.2.7.1',
  'would-fragment': 'RFC 1191 §4',
  'source-route': 'RFC 1812 §5.2.4.1',
  'filter-drop': 'RFC 1812 §5.3.9',
  'filter-reject': 'RFC 1812 §5.3.9',
  broadcast: 'RFC 2644 §3',
};
