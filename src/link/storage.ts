/** The octets of one piece: room for any datagram. */
const SLAB = 128 * 1024;
/** The most pieces that are kept for the next datagrams. */
const MOST_SPARE = 32;
/** The most octets that all links of a lab hold, unless told: more than any lab needs that its machine could carry. */
export const MOST_ON_LINKS = 1024 * 1024 * 1024;

/** Where the links of a lab keep what is on its way; it is given in pieces, and never grows beyond its limit. */
export class Storage {
  /** How many octets of datagrams are held now. */
  octets = 0;
  readonly #most: number;
  readonly #spare: Uint8Array[] = [];

  /** `most`: how many octets of datagrams it holds. */
  constructor(most = MOST_ON_LINKS) {
    this.#most = most;
  }

  /** Whether there is room for a datagram of this length. */
  hasRoom(length: number): boolean {
    return this.octets + length <= this.#most;
  }

  take(): Uint8Array {
    return this.#spare.pop() ?? new Uint8Array(SLAB);
  }

  giveBack(slab: Uint8Array): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(slab);
  }
}
