import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { IpSettings } from '../settings.js';
import { type Exit, exitTo, onwardExit } from './exit.js';
import { type Fib, type FibEntry, leadsTo } from './fib.js';
import { compileFib, connectedRoutes } from './fib-compile.js';
import { FlowHash } from './flow.js';
import { Rib, type Route } from './rib.js';
import { addressTowards } from './source-address.js';

/** What a configuration says about the routing of one router. */
export interface RoutingPlan {
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  readonly ip: IpSettings;
}

/** The routing state of one router: its RIB, the FIB compiled from it, and its own addresses. */
export class Routing {
  rib = new Rib();
  flows: FlowHash;
  /** Never changed; a new one replaces it. */
  fib: Fib;
  readonly #flowSeed: number;
  #interfaces: readonly Interface[];
  #loopback: Address | undefined;

  /** The seed goes into the hash that spreads flows over next hops. */
  constructor(plan: RoutingPlan, flowSeed: number) {
    this.#flowSeed = flowSeed;
    this.#interfaces = plan.interfaces;
    this.#loopback = plan.ip.loopback;
    this.flows = new FlowHash(plan.ip.ecmpHash, flowSeed);
    this.rib = ribOf(plan, [], new Rib());
    this.fib = compileFib(this.rib, this.#interfaces, this.#loopback);
  }

  /**
   * Adopts another plan. `renumbered` maps old interface indexes to new ones; a run-time route stays if all of its
   * interfaces do.
   */
  apply(plan: RoutingPlan, renumbered: ReadonlyMap<number, number>): void {
    this.rib = ribOf(plan, runtimeRoutes(this.rib, renumbered), this.rib);
    this.#interfaces = plan.interfaces;
    this.#loopback = plan.ip.loopback;
    if (plan.ip.ecmpHash !== this.flows.policy) this.flows = new FlowHash(plan.ip.ecmpHash, this.#flowSeed);
    this.changed();
  }

  /** Recompiles the FIB; the old one is valid until then. */
  changed(): void {
    this.fib = compileFib(this.rib, this.#interfaces, this.#loopback);
  }

  readonly lookup = (address: Address): FibEntry | undefined => this.fib.lookup(address);

  readonly isOurs = (address: Address): boolean => this.fib.lookup(address)?.kind === 'local';

  /** The exit for a datagram of our own, hashed like the answer to `like`. */
  exitTo(destination: Address, like: Uint8Array): Exit | undefined {
    return exitTo(this.fib, destination, like, this.flows, this.#interfaces);
  }

  /** The exit that a datagram in transit would use. */
  onwardExit(datagram: Uint8Array): Exit | undefined {
    return onwardExit(this.fib, datagram, this.flows, this.#interfaces);
  }

  /** Our address on an interface, as seen by a peer; undefined if the router has no address at all. */
  addressOn(egress: Interface, peer: Address): Address | undefined {
    return addressTowards(egress, peer, this.#loopback, this.#interfaces);
  }

  /** Whether the unicast route to an address leaves by an interface. */
  leadsTo(address: Address, egress: Interface): boolean {
    const entry = this.fib.lookup(address);
    return entry !== undefined && leadsTo(entry, egress);
  }
}

/** Reuses the route objects of `before` that have not changed, because others refer to them by identity. */
const ribOf = ({ interfaces, routes }: RoutingPlan, runtime: readonly Route[], before: Rib): Rib => {
  const rib = new Rib();
  for (const route of [...connectedRoutes(interfaces), ...routes, ...runtime]) {
    const known = before.find(route);
    rib.add(known !== undefined && isSameRoute(known, route) ? known : route);
  }
  return rib;
};

const isSameRoute = (one: Route, other: Route): boolean =>
  one.type === other.type &&
  one.origin === other.origin &&
  one.nexthops.length === other.nexthops.length &&
  one.nexthops.every(({ via, egress, weight }, at) => {
    const hop = other.nexthops[at]!;
    return via === hop.via && egress === hop.egress && weight === hop.weight;
  });

const runtimeRoutes = (rib: Rib, renumbered: ReadonlyMap<number, number>): Route[] =>
  [...rib].flatMap((route) => {
    if (route.origin !== 'runtime') return [];
    const nexthops = route.nexthops.flatMap((hop) => {
      const egress = renumbered.get(hop.egress);
      return egress === undefined ? [] : [{ ...hop, egress }];
    });
    return nexthops.length === route.nexthops.length ? [{ ...route, nexthops }] : [];
  });
