import { type Parcel, parcelOf, type Refused } from '../parcel.js';
import type { Arena } from './arena.js';
import { type Descriptor, EBADF } from './descriptor.js';

/** Datagrams that wait for one flush, in order, as parallel arrays that the driver reads (measured: no object each). */
export class SendQueue {
  count = 0;
  /** After `write`, `errors[i]` is 0 or the errno with which the device refused datagram i. */
  errors = new Int32Array(256);
  readonly refusals: (Refused | undefined)[] = [];
  readonly #arena: Arena;
  #offsets = new Uint32Array(256);
  #lengths = new Uint32Array(256);
  /** Datagrams that found no room in the arena, by position; a view of every datagram would cost as much as all else. */
  readonly #strays = new Map<number, Uint8Array>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  push({ octets, refused }: Parcel): void {
    const i = this.count;
    if (i === this.errors.length) this.#grow();
    this.#offsets[i] = this.#arena.offsetOf(octets) ?? this.#copy(octets, i);
    this.#lengths[i] = octets.length;
    // Usually the same as in the previous burst (measured: comparing is cheaper than the write barrier of a store).
    if (this.refusals[i] !== refused) this.refusals[i] = refused;
    this.count = i + 1;
  }

  /** The i-th datagram as it was taken, for whoever is told that it was refused. */
  parcel(i: number): Parcel {
    return parcelOf(this.#datagram(i));
  }

  /** Writes all datagrams; returns how many were not taken: all of them without a descriptor. */
  write(descriptor: Descriptor | undefined): number {
    if (descriptor === undefined) {
      this.errors.fill(EBADF, 0, this.count);
      return this.count;
    }
    if (this.#strays.size === 0)
      return descriptor.write(this.#arena.octets, this.#offsets, this.#lengths, this.count, this.errors);
    let refused = 0;
    const start = Uint32Array.of(0);
    for (let i = 0; i < this.count; i++) {
      const datagram = this.#datagram(i);
      const length = Uint32Array.of(datagram.length);
      refused += descriptor.write(datagram, start, length, 1, this.errors.subarray(i, i + 1));
    }
    return refused;
  }

  clear(): void {
    this.count = 0;
    if (this.#strays.size > 0) this.#strays.clear();
  }

  #datagram(i: number): Uint8Array {
    const at = this.#offsets[i]!;
    return this.#strays.get(i) ?? this.#arena.octets.subarray(at, at + this.#lengths[i]!);
  }

  /** Copies a datagram into the arena, or keeps it as a stray; returns its offset. */
  #copy(datagram: Uint8Array, i: number): number {
    const copy = this.#arena.allocate(datagram.length);
    copy.set(datagram);
    const at = this.#arena.offsetOf(copy);
    if (at === undefined) this.#strays.set(i, copy);
    return at ?? 0;
  }

  #grow(): void {
    const larger = <Numbers extends Uint32Array | Int32Array>(to: Numbers, from: Numbers): Numbers => {
      to.set(from);
      return to;
    };
    const length = this.errors.length * 2;
    this.#offsets = larger(new Uint32Array(length), this.#offsets);
    this.#lengths = larger(new Uint32Array(length), this.#lengths);
    this.errors = larger(new Int32Array(length), this.errors);
  }
}
