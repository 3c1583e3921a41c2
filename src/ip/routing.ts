import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { RouterSettings } from '../settings.js';
import { type Exit, exitTo, onwardExit } from './exit.js';
import { compileFib, connectedRoutes, type Fib, type FibEntry, leadsTo } from './fib.js';
import { FlowHash } from './flow.js';
import { Rib, type Route } from './rib.js';
import { addressTowards } from './source-address.js';

/** What one router knows of the ways: its RIB, the FIB compiled from it, and its own addresses. */
export class Routing {
  readonly rib = new Rib();
  readonly flows: FlowHash;
  readonly #interfaces: readonly Interface[];
  readonly #loopback: Address | undefined;
  #fib: Fib;

  constructor(
    interfaces: readonly Interface[],
    routes: readonly Route[],
    { ip }: RouterSettings,
    flowSeed: number,
  ) {
    this.#interfaces = interfaces;
    this.#loopback = ip.loopback;
    this.flows = new FlowHash(ip.ecmpHash, flowSeed);
    for (const route of [...connectedRoutes(interfaces), ...routes]) this.rib.add(route);
    this.#fib = compileFib(this.rib, interfaces, ip.loopback);
  }

  /** Compiles the FIB anew; until then the old one holds. */
  changed(): void {
    this.#fib = compileFib(this.rib, this.#interfaces, this.#loopback);
  }

  readonly lookup = (address: Address): FibEntry | undefined => this.#fib.lookup(address);

  readonly isOurs = (address: Address): boolean => this.#fib.lookup(address)?.kind === 'local';

  /** The way for a datagram of our own, hashed like the answer to `like`. */
  readonly exitTo = (destination: Address, like: Uint8Array): Exit | undefined =>
    exitTo(this.#fib, destination, like, this.flows);

  /** The way that a datagram in transit would take. */
  readonly onwardExit = (datagram: Uint8Array): Exit | undefined =>
    onwardExit(this.#fib, datagram, this.flows);

  /** Our address on an interface, as seen by a peer; undefined where the router has no address at all. */
  readonly addressOn = (egress: Interface, peer: Address): Address | undefined =>
    addressTowards(egress, peer, this.#loopback, this.#interfaces);

  /** Whether the unicast way to an address leaves by an interface. */
  leadsTo(address: Address, egress: Interface): boolean {
    const entry = this.#fib.lookup(address);
    return entry !== undefined && leadsTo(entry, egress);
  }
}
