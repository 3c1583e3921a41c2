import { HEADERS_LENGTH } from '../offload/coalescing.js';
import { readVirtioHeader, saysNothing } from '../offload/virtio-header.js';
import { type Parcel, parcelOf } from '../parcel.js';

/** The alignment of datagrams: no two share a cache line. */
const ALIGNMENT = 64;
/** Octets kept free before every datagram, for a virtio-net header. */
const HEADROOM = 16;
/** The room offered to each read: the longest possible datagram and a virtio-net header. */
export const READ_ROOM = 65_600;
/**
 * The most datagrams read in one burst (measured: flat from 8 up, but for flows that are interleaved, of which as many
 * are merged as one burst has).
 */
const BURST = 1024;

/**
 * Room for 128 KiB of datagrams, then one more of any length: a burst that stays in the processor's cache (measured:
 * with 1 MiB, long datagrams cost a third more).
 */
const INPUT_LENGTH = 128 * 1024 + READ_ROOM;
const SCRATCH_LENGTH = 4 * 1024 * 1024;
/** Behind the input: as much for what is gathered from it. */
const GATHERED_AT = Math.ceil(INPUT_LENGTH / ALIGNMENT) * ALIGNMENT;
/** Then the headers of what is coalesced for one write. */
const HEADERS_AT = GATHERED_AT + GATHERED_AT;
const SCRATCH_AT = HEADERS_AT + HEADERS_LENGTH;

/** The buffer for a burst of reads: datagram i is `octets[offsets[i] … offsets[i] + lengths[i])`. */
export interface ReadBuffer {
  readonly octets: Uint8Array;
  /** Reads stay below this offset. */
  readonly limit: number;
  /** The room offered to each read, in octets; a longer datagram is truncated. */
  readonly room: number;
  readonly offsets: Uint32Array;
  /** As long as `offsets`: the most datagrams that a burst may have. */
  readonly lengths: Uint32Array;
}

/** A private buffer for up to `datagrams` reads, for readers that do not share an arena. */
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
 * valid until `reset`; whoever keeps a datagram longer (a delaying link, a reassembly) copies it.
 */
export class Arena {
  readonly octets = new Uint8Array(SCRATCH_AT + SCRATCH_LENGTH);
  readonly #buffer = this.octets.buffer;
  /** The input region, into which the ports read. */
  readonly input: ReadBuffer = {
    octets: this.octets,
    limit: INPUT_LENGTH,
    room: READ_ROOM,
    offsets: new Uint32Array(BURST),
    lengths: new Uint32Array(BURST),
  };
  /** Where `HEADERS_LENGTH` octets are for whoever writes, until it has written. */
  readonly headersAt = HEADERS_AT;
  /** Where a driver puts the super-datagrams that it gathers from the input. */
  readonly gatheredAt = GATHERED_AT;
  /** How many new datagrams octets were asked for. */
  allocations = 0;
  #next = SCRATCH_AT + ALIGNMENT;
  /** The last datagram read or asked about, and its offset (measured: asking an array costs as much as a lookup). */
  #latest: Uint8Array | undefined;
  #latestAt = 0;
  /** The i-th datagram of the last burst: if all have one length, the next burst has the same (measured: half of the core). */
  readonly #views: Uint8Array[] = [];
  readonly #parcels: Parcel[] = [];

  /**
   * What was read as the i-th, in place; valid until the next burst. `hasHeader` says whether a virtio-net header stands
   * before it, by which it may be a super-datagram.
   */
  received(i: number, hasHeader = false): Parcel {
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
    // What the last one was; of most, nothing is said.
    if (parcel.isPartial || parcel.segment !== 0 || (hasHeader && !saysNothing(this.octets, at)))
      readHeader(this.octets, at, parcel, hasHeader);
    this.#latest = octets;
    this.#latestAt = at;
    return parcel;
  }

  /** Octets for a new datagram, all zero; from the heap if the scratch region is full. */
  allocate(length: number): Uint8Array {
    this.allocations += 1;
    const end = this.#next + length;
    if (end > this.octets.length) return new Uint8Array(length);
    const octets = this.octets.subarray(this.#next, end);
    this.#next = Math.ceil((end + HEADROOM) / ALIGNMENT) * ALIGNMENT;
    return octets.fill(0);
  }

  /** Whether there is room for a virtio-net header before an offset that `offsetOf` has given. */
  hasHeadroom(at: number): boolean {
    return at % ALIGNMENT === 0;
  }

  /** The offset in `octets` at which a datagram starts; undefined if it is not in this arena. */
  offsetOf(datagram: Uint8Array): number | undefined {
    if (datagram === this.#latest) return this.#latestAt;
    if (datagram.buffer !== this.#buffer) return undefined;
    this.#latest = datagram;
    this.#latestAt = datagram.byteOffset;
    return this.#latestAt;
  }

  /** Frees everything that was allocated; call it when every port has been flushed. */
  reset(): void {
    this.#next = SCRATCH_AT + ALIGNMENT;
  }
}

/** Notes in a parcel what the header before its octets says; without one, that they are one plain datagram. */
const readHeader = (octets: Uint8Array, at: number, parcel: Parcel, hasHeader: boolean): void => {
  if (hasHeader) readVirtioHeader(octets, at, parcel);
  else Object.assign(parcel, parcelOf(parcel.octets));
};
