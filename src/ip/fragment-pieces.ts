/** Received octets, and their place in the whole payload. */
export interface Piece {
  readonly start: number;
  /** The first offset after it. */
  readonly end: number;
  readonly octets: Uint8Array;
}

/** How a fragment relates to what has already arrived. */
export type Fit = 'new' | 'duplicate' | 'conflict';

/**
 * The pieces of one payload, which never overlap.
 *
 * Kept in order, because they may arrive in any order.
 */
export class FragmentPieces {
  readonly #pieces: Piece[] = [];
  #received = 0;
  /** Where the payload ends; undefined until the last fragment has arrived. */
  #end: number | undefined;

  /**
   * Whether a fragment is new, a duplicate, or a conflict.
   *
   * It conflicts if it overlaps a piece without lying wholly inside what has arrived; if it reaches beyond the
   * known end; or if it is the last one, and there is another end or something after it. The octets
   * themselves are not compared. Source: RFC 791 §3.2, RFC 1858 §4, RFC 5722 §4.
   */
  fit(start: number, end: number, isLast: boolean): Fit {
    if (this.#end !== undefined && end > this.#end) return 'conflict';
    if (isLast && end < (this.#pieces.at(-1)?.end ?? 0)) return 'conflict';
    let at = this.#firstEndingBehind(start);
    const first = this.#pieces[at];
    if (first === undefined || first.start >= end) return 'new';
    if (first.start > start) return 'conflict';
    let covered = first.end;
    for (let next = this.#pieces[++at]; covered < end && next?.start === covered; next = this.#pieces[++at])
      covered = next.end;
    return covered >= end ? 'duplicate' : 'conflict';
  }

  /** Adds a piece that is new. */
  add(piece: Piece): void {
    this.#pieces.splice(this.#firstEndingBehind(piece.start), 0, piece);
    this.#received += piece.end - piece.start;
  }

  /** Remembers where the payload ends. */
  endsAt(end: number): void {
    this.#end = end;
  }

  /** The length of the payload once it is complete; undefined before. */
  get wholeLength(): number | undefined {
    return this.#received === this.#end ? this.#end : undefined;
  }

  /** Writes the pieces one after the other, starting at `at`. */
  writeTo(octets: Uint8Array, at: number): void {
    for (const piece of this.#pieces) octets.set(piece.octets, at + piece.start);
  }

  /** The index of the first piece that ends after an offset; searches from the end. */
  #firstEndingBehind(offset: number): number {
    let low = 0;
    let high = this.#pieces.length;
    if (high === 0 || this.#pieces[high - 1]!.end <= offset) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#pieces[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
