import type { Address } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import type { Exit } from '../ip/exit.js';
import type { FibEntry } from '../ip/fib.js';
import type { RouterSettings } from '../settings.js';
import type { Instant } from '../time.js';

/** What ICMP asks of the router around it. */
export interface Surroundings {
  /** The name of the router. */
  readonly router: string;
  readonly observer: Observer;
  readonly settings: RouterSettings;
  readonly interfaces: readonly Interface[];
  lookup(address: Address): FibEntry | undefined;
  /** The way for a datagram of our own, hashed like the flow of `like`; undefined where there is none. */
  exitTo(destination: Address, like: Uint8Array): Exit | undefined;
  /** The way that a datagram in transit would take; undefined where it is for us or there is none. */
  onwardExit(datagram: Uint8Array): Exit | undefined;
  /** Our address on an interface, as seen by a peer; undefined where the router has no address at all. */
  addressOn(egress: Interface, peer: Address): Address | undefined;
  nextIdentification(): number;
  allocate(length: number): Uint8Array;
  /** Milliseconds since midnight UT, or undefined where the clock is not to be trusted. */
  utcMilliseconds(now: Instant): number | undefined;
}
