import { checksum, fold, sum, uint16, writeUint16 } from '../ip/octets.js';
import { MOST_RUNS, Runs } from './runs.js';
import { writePartial } from './virtio-header.js';

/** The IPv4 header without options, and the UDP header. */
const HEADERS = 28;
const IP_HEADER = 20;
/** Each header that is made has so much room, and the virtio-net header before it. */
const HEADER_ROOM = 64;
/** The octets that a coalescer needs for the headers it makes. */
export const HEADERS_LENGTH = MOST_RUNS * HEADER_ROOM;
/** More segments than these, older kernels do not take at once. */
const MOST_SEGMENTS = 64;
const LONGEST = 65_535;
/** Bursts of which less than this share was merged are no reason to look at the next ones. */
const WORTHWHILE = 1 / 4;
const PAUSE = 15;
const FEW = 4;

/**
 * Merges the UDP datagrams of a burst into super-datagrams, without copying their payloads.
 *
 * A run is what one sender could have sent as one: of one flow, equal in all but length, identification and checksum;
 * equally long, but for the last. What is not merged stays as it was, and so does the order within each flow. Checksums
 * must be right, or the kernel would repair what was wrong. Where bursts are not in runs, it stops looking for a while.
 *
 * Source: RFC 6864 §4.1 (identifications without DF must count on).
 */
export class Coalescer {
  /** What `merge` has made of the burst: so many units, each of so many of the pieces as `parts` says. */
  units = 0;
  parts = new Uint32Array(256);
  places = new Uint32Array(512);
  lengths = new Uint32Array(512);
  /** The first datagram of each unit. */
  heads = new Uint32Array(256);
  readonly #octets: Uint8Array;
  readonly #headersAt: number;
  readonly #runs: Runs;
  #pause = 0;

  /** All datagrams are in `octets`, at multiples of four; from `headersAt` on there is room for headers. */
  constructor(octets: Uint8Array, headersAt: number) {
    this.#octets = octets;
    this.#headersAt = headersAt;
    this.#runs = new Runs(octets);
  }

  /** The datagram that follows one in its unit; negative after the last. */
  after(i: number): number {
    return this.#runs.next[i]!;
  }

  /**
   * Looks for runs in a burst; returns whether there are any. `segments[i]` is -1 where a datagram is complete, 0 where
   * its checksum is partial, more for a super-datagram.
   */
  merge(offsets: Uint32Array, lengths: Uint32Array, segments: Int32Array, count: number): boolean {
    if (count < FEW) return false;
    if (this.#pause > 0) {
      this.#pause -= 1;
      return false;
    }
    const runs = this.#runs;
    runs.begin(count);
    let tried = 0;
    let merged = 0;
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      if (!this.#isPlainUdp(at, lengths[i]!, segments[i]!)) {
        if (this.#mayBelongToAnyFlow(at)) runs.closeAll();
        continue;
      }
      tried += 1;
      const isMergeable = this.#isRight(at, lengths[i]!, segments[i]!);
      if (runs.add(i, at, lengths[i]!, isMergeable, MOST_SEGMENTS, LONGEST)) merged += 1;
    }
    if (merged < tried * WORTHWHILE) this.#pause = PAUSE;
    if (merged === 0) return false;
    this.#describe(offsets, lengths, count, merged);
    return true;
  }

  /** UDP with nothing about it that would keep it from being a segment, but perhaps its checksums. */
  #isPlainUdp(at: number, length: number, segment: number): boolean {
    const octets = this.#octets;
    return (
      segment <= 0 &&
      length > HEADERS &&
      octets[at] === 0x45 &&
      octets[at + 9] === 17 &&
      (octets[at + 6]! & 0xbf) === 0 &&
      octets[at + 7] === 0 &&
      uint16(octets, at + 2) === length &&
      uint16(octets, at + 24) === length - IP_HEADER
    );
  }

  /** Of these the flow is not known here: what follows must not get in front of it. */
  #mayBelongToAnyFlow(at: number): boolean {
    const octets = this.#octets;
    return octets[at] !== 0x45 || octets[at + 9] === 17;
  }

  /** Whether both checksums are right; a UDP checksum of zero is none. */
  #isRight(at: number, length: number, segment: number): boolean {
    const octets = this.#octets;
    const field = uint16(octets, at + 26);
    if (field === 0 || fold(sum(octets, at, at + IP_HEADER)) !== 0xffff) return false;
    const pseudo = sum(octets, at + 12, at + IP_HEADER) + 17 + length - IP_HEADER;
    return segment === 0
      ? field === fold(pseudo)
      : fold(sum(octets, at + IP_HEADER, at + length, pseudo)) === 0xffff;
  }

  #describe(offsets: Uint32Array, lengths: Uint32Array, count: number, merged: number): void {
    this.#makeRoom(count, merged);
    const { next, isFollower } = this.#runs;
    let unit = 0;
    let piece = 0;
    let headers = 0;
    for (let i = 0; i < count; i++) {
      if (isFollower[i] === 1) continue;
      this.heads[unit] = i;
      const first = piece;
      if (next[i]! < 0) {
        this.places[piece] = offsets[i]!;
        this.lengths[piece++] = lengths[i]!;
      } else {
        piece += 1;
        let payload = 0;
        for (let each = i; each >= 0; each = next[each]!) {
          this.places[piece] = offsets[each]! + HEADERS;
          this.lengths[piece++] = lengths[each]! - HEADERS;
          payload += lengths[each]! - HEADERS;
        }
        this.places[first] = this.#header(headers++, offsets[i]!, payload, lengths[i]! - HEADERS);
        this.lengths[first] = HEADERS;
      }
      this.parts[unit++] = piece - first;
    }
    this.units = unit;
  }

  /** Makes the header of a run, from that of its first datagram; returns its place. */
  #header(number: number, from: number, payload: number, segment: number): number {
    const octets = this.#octets;
    const at = this.#headersAt + number * HEADER_ROOM + HEADER_ROOM - HEADERS;
    octets.copyWithin(at, from, from + HEADERS);
    writeUint16(octets, at + 2, HEADERS + payload);
    writeUint16(octets, at + 10, 0);
    writeUint16(octets, at + 10, checksum(octets, at, at + IP_HEADER));
    const length = HEADERS - IP_HEADER + payload;
    writeUint16(octets, at + 24, length);
    writeUint16(octets, at + 26, fold(sum(octets, at + 12, at + IP_HEADER) + 17 + length));
    writePartial(octets, at, segment);
    return at;
  }

  #makeRoom(count: number, merged: number): void {
    if (count > this.parts.length) {
      this.parts = new Uint32Array(count * 2);
      this.heads = new Uint32Array(count * 2);
    }
    if (count + merged > this.places.length) {
      this.places = new Uint32Array((count + merged) * 2);
      this.lengths = new Uint32Array((count + merged) * 2);
    }
  }
}
