import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import { sameItems } from '../same-items.js';
import type { IpSettings } from '../settings.js';
import { type Instant, NEVER, START } from '../time.js';
import { type Exit, exitTo, onwardExit } from './exit.js';
import { Fib, type FibEntry, leadsTo } from './fib.js';
import { Compiler, connectedRoutes, ownAddresses } from './fib-compile.js';
import { FlowHash } from './flow.js';
import { PlannedRoutes, performDifference, type RoutesPlan, removeGone } from './planned-routes.js';
import { Rib, type RoutePlace } from './rib.js';
import type { Route, RouteKey } from './route.js';
import { addressTowards } from './source-address.js';

/** What a configuration says about the routing of one router. */
export interface RoutingPlan extends Partial<RoutesPlan> {
  readonly interfaces: readonly Interface[];
  readonly ip: IpSettings;
}

/**
 * So many pieces of work a plan does at once: what differs, and what went with an interface, where that is little. Half
 * a millisecond.
 */
const PIECES_OF_PLAN = 2;
/** So many a poll does, of which a turn of the event loop may have two: a few milliseconds where the code or the routes are not at hand. */
const PIECES_OF_POLL = 1;

/** The routing state of one router: its RIB, the FIB over it, and its own addresses. */
export class Routing {
  readonly rib = new Rib(() => this.fib.changed());
  readonly fib: Fib;
  flows: FlowHash;
  readonly #flowSeed: number;
  readonly #routesChanged: () => void;
  readonly #compiler: Compiler;
  #interfaces: readonly Interface[];
  #loopback: Address | undefined;
  /** What the plan says of routes. */
  #said: Said = { routes: NONE, tables: NONE, connected: NONE };
  /** What it wants; the RIB may differ by what was changed at run time. */
  #planned: PlannedRoutes;
  /** What is still to be done, in order, until the RIB follows the plan. */
  readonly #toDo: Generator<void, void>[] = [];

  /**
   * The seed goes into the hash that spreads flows over next hops. `routesChanged` is told after each change of routes
   * outside of `apply`.
   */
  constructor(plan: RoutingPlan, flowSeed: number, routesChanged: () => void) {
    this.#flowSeed = flowSeed;
    this.#routesChanged = routesChanged;
    this.#interfaces = plan.interfaces;
    this.#loopback = plan.ip.loopback;
    this.flows = new FlowHash(plan.ip.ecmpHash, flowSeed);
    this.#compiler = new Compiler(this.rib.lists, plan.interfaces);
    this.fib = new Fib(this.rib.prefixes, this.#compiler);
    this.#planned = new PlannedRoutes({ routes: [], tables: [] }, this.rib.lists);
    this.#follow(plan, false);
    this.#work(Number.POSITIVE_INFINITY);
  }

  /**
   * Adopts another plan. `renumbered` maps old interface indexes to new ones; a run-time route stays if all of its
   * interfaces do.
   *
   * Where the plans differ by many routes, the rest follows by `poll`, and `isFollowing` says when all is done.
   */
  apply(plan: RoutingPlan, renumbered: ReadonlyMap<number, number>): void {
    const isNumberedAsBefore = sameItems(plan.interfaces, this.#interfaces);
    // What is still to be learned of plans before is in the old numbers.
    if (!isNumberedAsBefore) this.#work(Number.POSITIVE_INFINITY);
    const isAnyGone = this.rib.lists.renumber(renumbered);
    this.#interfaces = plan.interfaces;
    this.#loopback = plan.ip.loopback;
    if (plan.ip.ecmpHash !== this.flows.policy) this.flows = new FlowHash(plan.ip.ecmpHash, this.#flowSeed);
    this.#follow(plan, isNumberedAsBefore);
    if (isAnyGone) this.#toDo.push(removeGone(this.rib));
    this.#work(PIECES_OF_PLAN);
    this.changed();
  }

  /** Whether all that the plan wants is in the RIB. */
  get isFollowing(): boolean {
    return this.#toDo.length === 0;
  }

  /** Does a part of what the plan still wants; to be called no later than `nextDeadline()`. */
  poll(): void {
    if (this.isFollowing) return;
    this.#work(PIECES_OF_POLL);
    this.#routesChanged();
  }

  /** The start of time where something is to be done: whatever else is due comes in turn. */
  nextDeadline(): Instant {
    return this.isFollowing ? NEVER : START;
  }

  /** Adds a route, or replaces the one with the same prefix, tos and metric; the next datagram goes by it. */
  put(route: Route): void {
    this.rib.replace(route);
    this.#routesChanged();
  }

  /** Removes a route; false if there was none. */
  remove(route: RouteKey): boolean {
    const isRemoved = this.rib.remove(route);
    if (isRemoved) this.#routesChanged();
    return isRemoved;
  }

  /** To be called when the state of an interface or a neighbor has changed. */
  changed(): void {
    this.#compiler.changed(this.#interfaces);
    this.fib.changed();
  }

  /** Whether a route is in use: neither withdrawn nor shadowed by a better one. */
  isInUse({ list, path }: RoutePlace): boolean {
    return this.#compiler.isInUse(list, path);
  }

  /** The route that datagrams for an address and of a type of service go by; undefined if there is none. */
  routeTo(address: Address, tos: number): Route | undefined {
    const prefix = this.fib.prefixOf(address);
    return prefix === undefined ? undefined : this.rib.chosenTo(prefix, tos);
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

  #work(pieces: number): void {
    for (let left = pieces; left > 0 && this.#toDo.length > 0; left -= 1)
      if (this.#toDo[0]!.next().done === true) this.#toDo.shift();
  }

  /** Plans the way from what was wanted to what is wanted now. Own addresses change at once. */
  #follow({ interfaces, routes = NONE, tables = NONE, ip }: RoutingPlan, isNumberedAsBefore: boolean): void {
    const { rib } = this;
    rib.setOwn(ownAddresses(interfaces, ip.loopback));
    const said: Said = { routes, tables, connected: connectedRoutes(interfaces) };
    const isSame = isNumberedAsBefore && isSaid(said, this.#said);
    this.#said = said;
    if (isSame) return;
    const before = this.#planned;
    const after = new PlannedRoutes({ routes: both(said.connected, routes), tables }, rib.lists);
    this.#planned = after;
    this.#toDo.push(
      (function* () {
        yield* performDifference(rib, before, after);
        yield* before.drop();
      })(),
    );
  }
}

/** What a plan says of routes, those to the networks of its interfaces among it. */
interface Said extends RoutesPlan {
  readonly connected: readonly Route[];
}

const NONE: readonly never[] = [];

/** Whether a plan has the very same routes, and the same networks; by interfaces with the same numbers. */
const isSaid = (said: Said, before: Said): boolean =>
  said.routes === before.routes &&
  said.tables === before.tables &&
  said.connected.length === before.connected.length &&
  said.connected.every((each, at) => isSameConnected(each, before.connected[at]!));

const isSameConnected = ({ prefix, nexthops }: Route, other: Route): boolean =>
  prefix.network === other.prefix.network &&
  prefix.length === other.prefix.length &&
  nexthops[0]!.egress === other.nexthops[0]!.egress;

function* both(some: Iterable<Route>, others: Iterable<Route>): Generator<Route, void> {
  yield* some;
  yield* others;
}
