import { type Parcel, parcelOf } from '../parcel.js';

/** Where datagrams start: no two share a cache line. */
const ALIGNMENT = 64;
/** Kept free in front of every datagram, for a virtio-net header. */
const HEADROOM = 16;
/** What each read is offered: the longest datagram that there is, and a virtio-net header. */
export const READ_ROOM = 65_600;
/** The most datagrams a burst reads, before other ports and timers get their turn (measured: flat from 8 up). */
const BURST = 256;

/**
 * Room for 64 KiB of datagrams, then one more of any length: a burst that stays in the processor's cache (measured:
 * with 1 MiB, long datagrams cost a third more).
 */
const INPUT_LENGTH = 64 * 1024 + READ_ROOM;
const SCRATCH_LENGTH = 4 * 1024 * 1024;

/** Where a burst of reads goes: datagram i is `octets[offsets[i] … offsets[i] + lengths[i])`. */
export interface ReadBuffer {
  readonly octets: Uint8Array;
  /** Reads go below this offset. */
  readonly limit: number;
  /** What each read is offered, in octets; a longer datagram is cut. */
  readonly room: number;
  readonly offsets: Uint32Array;
  /** As long as `offsets`: the most datagrams that a burst may have. */
  readonly lengths: Uint32Array;
}

/** A buffer of its own for up to `datagrams` reads, for what shares no arena. */
export const readBuffer = (length: number, room: number, datagrams: number): ReadBuffer => ({
  octets: new Uint8Array(length),
  limit: length,
  room,
  offsets: new Uint32Array(datagrams),
  lengths: new Uint32Array(datagrams),
});

/**
 * The octets of all datagrams in flight, in one buffer: what was read, and what is made here.
 *
 * All ports share it, because one burst is handled and flushed before the next is read. Octets of a burst are
 * good until `reset`; who keeps a datagram longer (a delaying link, a reassembly) copies it.
 */
export class Arena {
  readonly octets = new Uint8Array(INPUT_LENGTH + SCRATCH_LENGTH);
  readonly #buffer = this.octets.buffer;
  /** The input region, where the ports read. */
  readonly input: ReadBuffer = {
    octets: this.octets,
    limit: INPUT_LENGTH,
    room: READ_ROOM,
    offsets: new Uint32Array(BURST),
    lengths: new Uint32Array(BURST),
  };
  #next = INPUT_LENGTH + ALIGNMENT;
  /** The datagram that was read or asked about last, and where it stands (measured: asking an array costs as much as a lookup). */
  #latest: Uint8Array | undefined;
  #latestAt = 0;
  /** The i-th datagram of the last burst: where all are of one length, the next burst has the same (measured: half of the core). */
  readonly #views: Uint8Array[] = [];
  readonly #parcels: Parcel[] = [];

  /** Datagram `i` of those that were read, where it stands; good until the next burst. */
  received(i: number): Parcel {
    const at = this.input.offsets[i]!;
    const length = this.input.lengths[i]!;
    let octets = this.#views[i];
    if (octets === undefined || octets.byteOffset !== at || octets.length !== length) {
      octets = this.octets.subarray(at, at + length);
      this.#views[i] = octets;
    }
    let parcel = this.#parcels[i];
    if (parcel === undefined) {
      parcel = parcelOf(octets);
      this.#parcels[i] = parcel;
    } else if (parcel.octets !== octets) parcel.octets = octets;
    this.#latest = octets;
    this.#latestAt = at;
    return parcel;
  }

  /** Octets for a datagram that is made here, all zero; from the heap where the scratch region is full. */
  allocate(length: number): Uint8Array {
    const end = this.#next + length;
    if (end > this.octets.length) return new Uint8Array(length);
    const octets = this.octets.subarray(this.#next, end);
    this.#next = Math.ceil((end + HEADROOM) / ALIGNMENT) * ALIGNMENT;
    return octets.fill(0);
  }

  /** Where in `octets` a datagram begins; undefined where it does not stand in this arena. */
  offsetOf(datagram: Uint8Array): number | undefined {
    if (datagram === this.#latest) return this.#latestAt;
    if (datagram.buffer !== this.#buffer) return undefined;
    this.#latest = datagram;
    this.#latestAt = datagram.byteOffset;
    return this.#latestAt;
  }

  /** Takes back all that was allocated; call it when every port has been flushed. */
  reset(): void {
    this.#next = INPUT_LENGTH + ALIGNMENT;
  }
}
