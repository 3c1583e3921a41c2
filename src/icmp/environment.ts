import type { Address } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import type { FibEntry } from '../ip/fib.js';
import type { RouterSettings } from '../settings.js';
import type { Instant } from '../time.js';
import type { IcmpCounters } from './message.js';

/** A datagram of the router's own, and its exit. */
export interface Departure {
  readonly datagram: Uint8Array;
  readonly exit: Exit;
}

/** What ICMP is given by its router. Settings and interfaces are always the current ones. */
export interface IcmpEnvironment {
  /** The name of the router. */
  readonly router: string;
  readonly observer: Observer;
  readonly counters: IcmpCounters;
  readonly settings: RouterSettings;
  readonly interfaces: readonly Interface[];
  lookup(address: Address): FibEntry | undefined;
  isOurs(address: Address): boolean;
  /** The exit for a datagram of our own, hashed like the flow of `like`; undefined if there is none. */
  exitTo(destination: Address, like: Uint8Array): Exit | undefined;
  /** The exit that a datagram in transit would use; undefined if it is for us or there is none. */
  onwardExit(datagram: Uint8Array): Exit | undefined;
  /** Our address on an interface, as seen by a peer; undefined if the router has no address at all. */
  addressOn(egress: Interface, peer: Address): Address | undefined;
  /** Sends a datagram of the router's own. */
  send(departure: Departure, now: Instant): void;
  nextIdentification(): number;
  allocate(length: number): Uint8Array;
  /** Milliseconds since midnight UT; undefined if the clock cannot be trusted. */
  utcMilliseconds(now: Instant): number | undefined;
}
