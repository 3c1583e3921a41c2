import type { Address, Prefix } from '../address.js';
import { finished } from '../pieces.js';

/** What a route of a table does with a datagram. */
export interface Way {
  readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';
  /** Undefined unless the type is unicast. */
  readonly via: Address | undefined;
  readonly metric: number;
}

/** A route of a table. */
export interface TableRoute {
  readonly to: Prefix;
  /** Its place in `ways`. */
  readonly way: number;
  /** In the file, from 1. */
  readonly line: number;
}

/** The parts of a table: arrays that threads share, and plain data. */
export interface SharedTable {
  readonly file: string;
  readonly place: string;
  readonly state: string | undefined;
  readonly size: number;
  readonly networks: Uint32Array;
  readonly lengths: Uint8Array;
  readonly wayOf: Uint32Array;
  readonly lines: Uint32Array;
  readonly slots: Uint32Array;
  readonly ways: readonly Way[];
  readonly firstOfWays: readonly number[];
}

const MOST_EXPECTED = 10_000_000;
/** So many routes are compared at once: a millisecond. */
const LOOKED_AT_ONCE = 4096;

/**
 * The routes of a file, in typed arrays: a route takes about 30 octets, so that millions of them fit into memory.
 *
 * No two have the same prefix and metric.
 */
export class RouteTable {
  /** As the configuration says it. */
  readonly file: string;
  /** Where it was read. */
  readonly place: string;
  /** Which state of the file it was; undefined if it cannot be read again. */
  state: string | undefined;
  #size = 0;
  #networks = numbers(1024);
  #lengths = octets(1024);
  #wayOf = numbers(1024);
  #lines = numbers(1024);
  #ways: Way[] = [];
  /** The place in the arrays of the first route that takes each of the ways. */
  #firstOfWays: number[] = [];
  /** What was found out about other tables: the places in the arrays of the routes that both have. */
  readonly #shared = new WeakMap<RouteTable, readonly number[]>();
  /** The places of ways by type, metric and next hop. */
  readonly #wayPlaces = new Map<string, number>();
  /** Open addressing: a place plus one in the arrays, or 0. Never more than half full. */
  #slots = numbers(4096);

  /** A table that another thread has read; its arrays are the same ones. */
  static of({ file, place, state, ...parts }: SharedTable): RouteTable {
    const table = new RouteTable(file, place);
    table.state = state;
    table.#size = parts.size;
    table.#networks = parts.networks;
    table.#lengths = parts.lengths;
    table.#wayOf = parts.wayOf;
    table.#lines = parts.lines;
    table.#slots = parts.slots;
    table.#ways = [...parts.ways];
    table.#firstOfWays = [...parts.firstOfWays];
    return table;
  }

  constructor(file: string, place: string) {
    this.file = file;
    this.place = place;
  }

  get size(): number {
    return this.#size;
  }

  /** What another thread needs to have the same table; nobody may add to it any more. */
  get shared(): SharedTable {
    return {
      file: this.file,
      place: this.place,
      state: this.state,
      size: this.#size,
      networks: this.#networks,
      lengths: this.#lengths,
      wayOf: this.#wayOf,
      lines: this.#lines,
      slots: this.#slots,
      ways: this.#ways,
      firstOfWays: this.#firstOfWays,
    };
  }

  /** The different ways of its routes; there are few, since a router has few neighbors. */
  get ways(): readonly Way[] {
    return this.#ways;
  }

  /** The routes in the order of the file. */
  *[Symbol.iterator](): Generator<TableRoute, void> {
    for (let at = 0; at < this.#size; at += 1) yield this.#routeAt(at);
  }

  /** The different metrics of its routes: no more of them lead to one prefix. */
  get metrics(): ReadonlySet<number> {
    return new Set(this.#ways.map(({ metric }) => metric));
  }

  /** Makes room for so many more routes, rather than again and again. It takes a while: it yields again and again. */
  *makeRoom(count: number): Generator<void, void> {
    const wanted = this.#size + Math.min(Math.ceil(count), MOST_EXPECTED);
    if (wanted > this.#networks.length) this.#grow(Math.max(wanted, this.#size * 2));
    let length = this.#slots.length;
    while (length < wanted * 2) length *= 2;
    if (length === this.#slots.length) return;
    const slots = numbers(length);
    for (let at = 0; at < this.#size; at += 1) {
      if (at % LOOKED_AT_ONCE === LOOKED_AT_ONCE - 1) yield;
      slots[this.#slotOf(this.#networks[at]!, this.#lengths[at]!, this.#metricAt(at), slots)] = at + 1;
    }
    this.#slots = slots;
  }

  /** Adds a route; false, and nothing changes, if there is one with the same prefix and metric. */
  add(to: Prefix, way: Way, line: number): boolean {
    const { network, length } = to;
    if (this.#size === this.#networks.length || this.#size * 2 >= this.#slots.length)
      finished(this.makeRoom(1));
    const slot = this.#slotOf(network, length, way.metric);
    if (this.#slots[slot] !== 0) return false;
    this.#networks[this.#size] = network;
    this.#lengths[this.#size] = length;
    this.#wayOf[this.#size] = this.#placeOfWay(way);
    this.#lines[this.#size] = line;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    return true;
  }

  networkAt(at: number): Address {
    return this.#networks[at]!;
  }

  lengthAt(at: number): number {
    return this.#lengths[at]!;
  }

  /** The place in `ways` of a route. */
  wayAt(at: number): number {
    return this.#wayOf[at]!;
  }

  /** The place in `ways` of the route to a prefix with a metric; -1 if there is none. */
  wayTo(network: Address, length: number, metric: number): number {
    const at = this.#slots[this.#slotOf(network, length, metric)]! - 1;
    return at < 0 ? -1 : this.#wayOf[at]!;
  }

  /** The route to a prefix with a metric, if there is one. */
  find({ network, length }: Prefix, metric: number): TableRoute | undefined {
    const at = this.#slots[this.#slotOf(network, length, metric)]! - 1;
    return at < 0 ? undefined : this.#routeAt(at);
  }

  /** The first route that takes each of the ways. */
  get firstOfWays(): readonly TableRoute[] {
    return this.#firstOfWays.map((at) => this.#routeAt(at));
  }

  /**
   * The routes that another table has, too, in the order of the file: those with the same prefix and metric.
   *
   * They are looked for once for two tables, and it takes a while: it yields again and again.
   */
  *sharing(other: RouteTable): Generator<void, readonly TableRoute[]> {
    const known = this.#shared.get(other);
    const shared: number[] = [];
    for (let at = 0; known === undefined && at < this.#size; at += 1) {
      if (at % LOOKED_AT_ONCE === LOOKED_AT_ONCE - 1) yield;
      if (other.wayTo(this.#networks[at]!, this.#lengths[at]!, this.#metricAt(at)) >= 0) shared.push(at);
    }
    if (known === undefined) this.#shared.set(other, shared);
    return (known ?? shared).map((at) => this.#routeAt(at));
  }

  #routeAt(at: number): TableRoute {
    const to = { network: this.#networks[at]!, length: this.#lengths[at]! };
    return { to, way: this.#wayOf[at]!, line: this.#lines[at]! };
  }

  /** The slot of a route, or the free one where it belongs. */
  #slotOf(network: Address, length: number, metric: number, slots = this.#slots): number {
    const most = slots.length - 1;
    let slot = hashOf(network, length) & most;
    for (;;) {
      const at = slots[slot]! - 1;
      const isFree = at < 0;
      if (
        isFree ||
        (this.#networks[at] === network && this.#lengths[at] === length && this.#metricAt(at) === metric)
      )
        return slot;
      slot = (slot + 1) & most;
    }
  }

  #metricAt(at: number): number {
    return this.#ways[this.#wayOf[at]!]!.metric;
  }

  #placeOfWay(way: Way): number {
    const key = `${way.type} ${way.metric} ${way.via}`;
    const known = this.#wayPlaces.get(key);
    if (known !== undefined) return known;
    this.#wayPlaces.set(key, this.#ways.length);
    this.#firstOfWays.push(this.#size);
    const { type, via, metric } = way;
    return this.#ways.push({ type, via, metric }) - 1;
  }

  #grow(length: number): void {
    this.#networks = copied(this.#networks, numbers(length));
    this.#lengths = copied(this.#lengths, octets(length));
    this.#wayOf = copied(this.#wayOf, numbers(length));
    this.#lines = copied(this.#lines, numbers(length));
  }
}

// Threads share the memory, so that a table goes from one to the other as it is.
const numbers = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * 4));
const octets = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

const copied = <Numbers extends Uint32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers => {
  to.set(from);
  return to;
};

/** Spreads neighboring networks over all slots (Knuth's multiplicative hash). */
const hashOf = (network: Address, length: number): number => {
  const mixed = Math.imul(network ^ (length << 3), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};
