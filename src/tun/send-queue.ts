import type { Coalescer } from '../offload/coalescing.js';
import { headersLength } from '../offload/transport.js';
import { VIRTIO_HEADER_LENGTH, writeNothing, writePartial } from '../offload/virtio-header.js';
import { type Parcel, parcelOf, type Refused } from '../parcel.js';
import type { Arena } from './arena.js';
import { type Descriptor, EBADF, ECANCELED, EINVAL } from './descriptor.js';

/** Of a datagram that is complete. What has a partial checksum has its segment's length, or 0. */
const COMPLETE = -1;
/** Longer queues are not coalesced: they are rare. */
const UNITS = 1024;

/** Datagrams that wait for one flush, in order, as parallel arrays that the driver reads (measured: no object each). */
export class SendQueue {
  count = 0;
  /** What they represent. */
  datagrams = 0;
  /**
   * After `write`, `errors[i]` is 0 or the errno with which the device refused datagram i; ECANCELED where it was not
   * tried, so that it does not get before a super-datagram that was refused and is written again.
   */
  errors = new Int32Array(256);
  readonly refusals: (Refused | undefined)[] = [];
  /** How many writes it took: what was coalesced is one. Set by `write`, but for what was refused. */
  units = 0;
  /** Whether the device has refused what was coalesced, which then was written one by one. */
  hasRefusedRun = false;
  readonly #arena: Arena;
  readonly #unitErrors = new Int32Array(UNITS);
  #offsets = new Uint32Array(256);
  #lengths = new Uint32Array(256);
  #segments = new Int32Array(256);
  /** The step from one identification to the next in each. */
  #steps = new Uint8Array(256);
  /** Datagrams that found no room in the arena, by position; a view of every datagram would cost as much as all else. */
  readonly #strays = new Map<number, Uint8Array>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  push({ octets, refused, isPartial, segment, datagrams, identificationStep }: Parcel): void {
    const i = this.count;
    if (i === this.errors.length) this.#grow();
    const at = this.#arena.offsetOf(octets);
    this.#offsets[i] = at !== undefined && this.#arena.hasHeadroom(at) ? at : this.#copy(octets, i);
    this.#lengths[i] = octets.length;
    this.#segments[i] = isPartial ? segment : COMPLETE;
    this.#steps[i] = identificationStep;
    // Usually the same as in the previous burst (measured: comparing is cheaper than the write barrier of a store).
    if (this.refusals[i] !== refused) this.refusals[i] = refused;
    this.count = i + 1;
    this.datagrams += datagrams;
  }

  /** The i-th as it was taken, for whoever is told that it was refused. */
  parcel(i: number): Parcel {
    const parcel = parcelOf(this.#datagram(i), 0, this.refusals[i]);
    const segment = this.#segments[i]!;
    if (segment === COMPLETE) return parcel;
    parcel.isPartial = true;
    if (segment === 0) return parcel;
    parcel.segment = segment;
    parcel.identificationStep = this.#steps[i] === 0 ? 0 : 1;
    parcel.headers = headersLength(parcel.octets);
    parcel.datagrams = Math.ceil((parcel.octets.length - parcel.headers) / segment);
    return parcel;
  }

  /** Writes all datagrams; returns how many were not taken: all of them without a descriptor. */
  write(descriptor: Descriptor | undefined, coalescer?: Coalescer): number {
    this.units = this.count;
    this.hasRefusedRun = false;
    if (descriptor === undefined) {
      this.errors.fill(EBADF, 0, this.count);
      return this.count;
    }
    if (this.#strays.size > 0) return this.#writeEach(descriptor);
    if (descriptor.header > 0) this.#writeHeaders();
    if (coalescer !== undefined && this.#merge(coalescer)) return this.#writeUnits(descriptor, coalescer);
    return descriptor.write(this.#arena.octets, this.#offsets, this.#lengths, this.count, this.errors);
  }

  clear(): void {
    this.count = 0;
    this.datagrams = 0;
    if (this.#strays.size > 0) this.#strays.clear();
  }

  #writeHeaders(): void {
    const { octets } = this.#arena;
    for (let i = 0; i < this.count; i++) writeHeader(octets, this.#offsets[i]!, this.#segments[i]!);
  }

  #merge(coalescer: Coalescer): boolean {
    return this.count <= UNITS && coalescer.merge(this.#offsets, this.#lengths, this.#segments, this.count);
  }

  #writeUnits(descriptor: Descriptor, coalescer: Coalescer): number {
    const { units, places, lengths, parts } = coalescer;
    this.units = units;
    if (descriptor.write(this.#arena.octets, places, lengths, units, this.#unitErrors, parts) > 0)
      return this.#settle(descriptor, coalescer);
    this.errors.fill(0, 0, this.count);
    return 0;
  }

  /** Some units were not taken: a run that the device refuses is written one by one, and then what is behind it. */
  #settle(descriptor: Descriptor, coalescer: Coalescer): number {
    const { units, places, lengths, parts, heads } = coalescer;
    const { octets } = this.#arena;
    const errors = this.#unitErrors;
    let refused = 0;
    let piece = 0;
    for (let unit = 0; unit < units; unit++) {
      const isRun = parts[unit]! > 1;
      const isRefused = isRun && errors[unit] === EINVAL;
      for (let i = heads[unit]!; i >= 0; i = isRun ? coalescer.after(i) : -1) {
        this.errors[i] = errors[unit]!;
        if (isRefused) this.#writeAlone(descriptor, i);
        if (this.errors[i] !== 0) refused += 1;
      }
      piece += parts[unit]!;
      if (!isRefused) continue;
      this.hasRefusedRun = true;
      const next = unit + 1;
      const rest = [places.subarray(piece), lengths.subarray(piece), units - next] as const;
      descriptor.write(octets, ...rest, errors.subarray(next), parts.subarray(next));
    }
    return refused;
  }

  #writeAlone(descriptor: Descriptor, i: number): void {
    const [offset, length] = [this.#offsets, this.#lengths].map((each) => each.subarray(i, i + 1));
    descriptor.write(this.#arena.octets, offset!, length!, 1, this.errors.subarray(i, i + 1));
  }

  /** Where some have found no room in the arena. */
  #writeEach(descriptor: Descriptor): number {
    const place = Uint32Array.of(VIRTIO_HEADER_LENGTH);
    let refused = 0;
    for (let i = 0; i < this.count; i++) {
      const datagram = this.#datagram(i);
      const octets = new Uint8Array(VIRTIO_HEADER_LENGTH + datagram.length);
      octets.set(datagram, VIRTIO_HEADER_LENGTH);
      writeHeader(octets, VIRTIO_HEADER_LENGTH, this.#segments[i]!);
      const length = Uint32Array.of(datagram.length);
      refused += descriptor.write(octets, place, length, 1, this.errors.subarray(i, i + 1));
      if (this.errors[i] !== EINVAL || this.#segments[i]! <= 0) continue;
      this.errors.fill(ECANCELED, i + 1, this.count);
      return refused + this.count - i - 1;
    }
    return refused;
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
    const larger = <Numbers extends Uint32Array | Int32Array | Uint8Array>(
      to: Numbers,
      from: Numbers,
    ): Numbers => {
      to.set(from);
      return to;
    };
    const length = this.errors.length * 2;
    this.#offsets = larger(new Uint32Array(length), this.#offsets);
    this.#lengths = larger(new Uint32Array(length), this.#lengths);
    this.#segments = larger(new Int32Array(length), this.#segments);
    this.#steps = larger(new Uint8Array(length), this.#steps);
    this.errors = larger(new Int32Array(length), this.errors);
  }
}

const writeHeader = (octets: Uint8Array, at: number, segment: number): void => {
  if (segment === COMPLETE) writeNothing(octets, at);
  else writePartial(octets, at, segment);
};
