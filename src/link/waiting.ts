import type { Hop } from '../hop.js';
import { type Parcel, parcelOf, type Refused } from '../parcel.js';
import { type Instant, instant, NEVER } from '../time.js';
import type { Storage } from './storage.js';

/** A datagram that has waited, and where it goes on to. */
export interface Waited {
  readonly parcel: Parcel;
  readonly to: Hop;
}

/** The fewest places of a queue that is in use. */
const FEWEST = 16;
/** An empty queue gives up more places than these. */
const MANY = 4096;

/**
 * Datagrams that wait, first in, first out, each until an instant of its own, and until the one before it has left.
 *
 * Octets are copied in and out of pieces of the storage, and all else stands in arrays: nothing is made for a datagram
 * before it leaves (measured: 300 ms of 1 Gbit/s are 25,000 of them at any moment, or 500,000 short ones).
 */
export class Waiting {
  count = 0;
  /** What they stand for. */
  datagrams = 0;
  octets = 0;
  readonly #storage: Storage;
  #first = 0;
  #places = 0;
  /** These are made for the first one. */
  #due!: Float64Array;
  #finish!: Float64Array;
  #ids!: Float64Array;
  #offsets!: Uint32Array;
  #lengths!: Uint32Array;
  #stoodFor!: Uint32Array;
  #segments!: Uint32Array;
  #to: (Hop | undefined)[] = [];
  #refused: (Refused | undefined)[] = [];
  /** Those of the first are in the first slab; each that starts at 0 begins the next. */
  readonly #slabs: Uint8Array[] = [];
  #isFirstSlabBegun = false;
  #end = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** When the first one may leave; `NEVER` if there is none. */
  get due(): Instant {
    return this.count === 0 ? NEVER : instant(this.#due[this.#first]!);
  }

  /** Keeps a copy of a datagram. `finish` is when it has passed the rate. */
  push({ octets, segment, datagrams, id, refused }: Parcel, to: Hop, finish: Instant, due: Instant): void {
    if (this.count === this.#places) this.#resize(Math.max(FEWEST, this.#places * 2));
    const at = this.#place(this.count);
    this.#due[at] = due;
    this.#finish[at] = finish;
    this.#ids[at] = id;
    this.#offsets[at] = this.#copy(octets);
    this.#lengths[at] = octets.length;
    this.#stoodFor[at] = datagrams;
    this.#segments[at] = segment;
    this.#to[at] = to;
    this.#refused[at] = refused;
    this.count += 1;
    this.datagrams += datagrams;
    this.octets += octets.length;
    this.#storage.octets += octets.length;
  }

  /** Removes the first, which must exist, into octets of its own. */
  shift(allocate: (length: number) => Uint8Array): Waited {
    const at = this.#first;
    const length = this.#lengths[at]!;
    const to = this.#to[at]!;
    const parcel = parcelOf(allocate(length), this.#ids[at]!, this.#refused[at]);
    parcel.octets.set(this.#read(this.#offsets[at]!, length));
    parcel.segment = this.#segments[at]!;
    parcel.datagrams = this.#stoodFor[at]!;
    this.#to[at] = undefined;
    this.#refused[at] = undefined;
    this.#first = this.#place(1);
    this.count -= 1;
    this.datagrams -= parcel.datagrams;
    this.octets -= length;
    this.#storage.octets -= length;
    if (this.count === 0) this.#empty();
    return { parcel, to };
  }

  /** When the i-th has passed the rate. */
  finishAt(i: number): Instant {
    return instant(this.#finish[this.#place(i)]!);
  }

  dueAt(i: number): Instant {
    return instant(this.#due[this.#place(i)]!);
  }

  lengthAt(i: number): number {
    return this.#lengths[this.#place(i)]!;
  }

  /** Gives the i-th other times. */
  retime(i: number, finish: Instant, due: Instant): void {
    const at = this.#place(i);
    this.#finish[at] = finish;
    this.#due[at] = due;
  }

  /** The place of the i-th; there is a power of two of them. */
  #place(i: number): number {
    return (this.#first + i) & (this.#places - 1);
  }

  #copy(octets: Uint8Array): number {
    let slab = this.#slabs.at(-1);
    if (slab === undefined || this.#end + octets.length > slab.length) {
      slab = this.#storage.take();
      this.#slabs.push(slab);
      this.#end = 0;
    }
    const at = this.#end;
    slab.set(octets, at);
    // Not even nothing ends where it starts: an offset of 0 is a new slab.
    this.#end += Math.max(1, octets.length);
    return at;
  }

  #read(offset: number, length: number): Uint8Array {
    if (offset === 0 && this.#isFirstSlabBegun) this.#storage.giveBack(this.#slabs.shift()!);
    this.#isFirstSlabBegun = true;
    return this.#slabs[0]!.subarray(offset, offset + length);
  }

  #empty(): void {
    for (const slab of this.#slabs.splice(0)) this.#storage.giveBack(slab);
    this.#isFirstSlabBegun = false;
    if (this.#places > MANY) this.#resize(FEWEST);
  }

  /** Moves all to new arrays, the first to the first place. */
  #resize(places: number): void {
    const moved = <Numbers extends Float64Array | Uint32Array>(to: Numbers, from: Numbers): Numbers => {
      for (let i = 0; i < this.count; i += 1) to[i] = from[this.#place(i)]!;
      return to;
    };
    const kept = <Item>(from: readonly Item[]): Item[] =>
      Array.from({ length: this.count }, (_, i) => from[this.#place(i)]!);
    this.#due = moved(new Float64Array(places), this.#due);
    this.#finish = moved(new Float64Array(places), this.#finish);
    this.#ids = moved(new Float64Array(places), this.#ids);
    this.#offsets = moved(new Uint32Array(places), this.#offsets);
    this.#lengths = moved(new Uint32Array(places), this.#lengths);
    this.#stoodFor = moved(new Uint32Array(places), this.#stoodFor);
    this.#segments = moved(new Uint32Array(places), this.#segments);
    this.#to = kept(this.#to);
    this.#refused = kept(this.#refused);
    this.#first = 0;
    this.#places = places;
  }
}
