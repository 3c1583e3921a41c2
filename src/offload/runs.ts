import { uint16 } from '../ip/octets.js';

/**
 * Flows whose runs are open at the same time; one that needs the place of another closes its run. A power of two, and
 * many more than flows in a burst (measured: with twice as many, 64 interleaved flows had runs of 2.9 where 4 could be).
 */
const SLOT_BITS = 10;
const SLOTS = 1 << SLOT_BITS;
const NONE = -1;
/** No more runs of several datagrams than this are in one burst. */
export const MOST_RUNS = 256;
/**
 * The runs of one burst: for each datagram, which one follows it as the next segment.
 *
 * The flow of the last datagram is asked first: most bursts come in runs, and then nothing else is looked at.
 */
export class Runs {
  /** The datagram that follows; negative if none does. */
  next = new Int32Array(256);
  /** Whether a datagram follows another: 0 or 1. */
  isFollower = new Uint8Array(256);
  readonly #octets: Uint8Array;
  readonly #words: Uint32Array;
  /** For each slot: where the first datagram of its run is, its length, the last one, how many, and all their octets. */
  readonly #at = new Uint32Array(SLOTS);
  readonly #length = new Uint32Array(SLOTS);
  readonly #last = new Int32Array(SLOTS).fill(NONE);
  readonly #count = new Uint32Array(SLOTS);
  readonly #sum = new Uint32Array(SLOTS);
  #recent = 0;
  /** How many runs there are of more than one datagram. */
  #merged = 0;
  #isAnyOpen = true;

  /** The datagrams are in these octets, at multiples of four. */
  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#words = new Uint32Array(octets.buffer, octets.byteOffset, octets.length >>> 2);
  }

  begin(count: number): void {
    if (count > this.next.length) {
      this.next = new Int32Array(count * 2);
      this.isFollower = new Uint8Array(count * 2);
    }
    this.next.fill(NONE, 0, count);
    this.isFollower.fill(0, 0, count);
    this.#merged = 0;
    this.closeAll();
  }

  /** Nothing that comes from here on follows anything before. */
  closeAll(): void {
    if (this.#isAnyOpen) this.#last.fill(NONE);
    this.#isAnyOpen = false;
  }

  /**
   * Takes the next datagram of UDP; returns whether it follows one before. One that is not `isMergeable` ends the run of
   * its flow.
   */
  add(i: number, at: number, length: number, isMergeable: boolean, most: number, longest: number): boolean {
    const slot = this.#slotOf(at);
    this.#recent = slot;
    const last = this.#last[slot]!;
    if (isMergeable && last !== NONE && this.#follows(slot, at, length, most, longest)) {
      this.next[last] = i;
      this.isFollower[i] = 1;
      if (this.#count[slot] === 1) this.#merged += 1;
      this.#count[slot]! += 1;
      this.#sum[slot]! += length - HEADERS;
      // A shorter one is the last of its run.
      this.#last[slot] = length < this.#length[slot]! ? NONE : i;
      return true;
    }
    this.#isAnyOpen = true;
    this.#last[slot] = isMergeable ? i : NONE;
    this.#at[slot] = at;
    this.#length[slot] = length;
    this.#count[slot] = 1;
    this.#sum[slot] = length;
    return false;
  }

  #slotOf(at: number): number {
    if (this.#last[this.#recent] !== NONE && this.#isSameFlow(this.#at[this.#recent]!, at))
      return this.#recent;
    const word = at >>> 2;
    const mixed =
      this.#words[word + 3]! ^ Math.imul(this.#words[word + 4]!, 0x85ebca6b) ^ this.#words[word + 5]!;
    return Math.imul(mixed, 0x9e3779b1) >>> (32 - SLOT_BITS);
  }

  #isSameFlow(one: number, other: number): boolean {
    const words = this.#words;
    const a = one >>> 2;
    const b = other >>> 2;
    return words[a + 3] === words[b + 3] && words[a + 4] === words[b + 4] && words[a + 5] === words[b + 5];
  }

  #follows(slot: number, at: number, length: number, most: number, longest: number): boolean {
    const octets = this.#octets;
    const first = this.#at[slot]!;
    const count = this.#count[slot]!;
    return (
      this.#isSameFlow(first, at) &&
      (count > 1 || this.#merged < MOST_RUNS) &&
      length <= this.#length[slot]! &&
      count < most &&
      this.#sum[slot]! + length - HEADERS <= longest &&
      octets[first + 1] === octets[at + 1] &&
      octets[first + 8] === octets[at + 8] &&
      octets[first + 6] === octets[at + 6] &&
      ((octets[at + 6]! & 0x40) !== 0 ||
        ((uint16(octets, first + 4) + count) & 0xffff) === uint16(octets, at + 4))
    );
  }
}

/** The headers of IPv4 and UDP. */
const HEADERS = 28;
