const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** How deep the elements of the result are: in the response, and in its list. */
const IN_LIST = 2;

/** One line of JSON-RPC as it arrives: where its result is a list, the elements come out as soon as they are complete. */
export class ListAnswer {
  /** What is not in the list, and in its place an empty one. */
  readonly #around: Uint8Array[] = [];
  /** What has come of the next element. */
  #begun: Uint8Array[] = [];
  #depth = 0;
  #isInList = false;
  #isInText = false;
  #isEscaped = false;
  #isWhole = false;

  /** Whether its newline has come; nothing behind it is read. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many octets are held. */
  get heldLength(): number {
    return lengthOf(this.#around) + lengthOf(this.#begun);
  }

  /** The answer with an empty list in the place of the one whose elements came out. */
  get rest(): string {
    return Buffer.concat(this.#around).toString('utf8');
  }

  /** Reads octets, which must not change afterwards; returns the elements that they complete. */
  take(octets: Uint8Array): unknown[] {
    let elements: unknown[] = [];
    let begin = 0;
    /** Behind the last comma between two elements. */
    let next = 0;
    for (let at = 0; at < octets.length && !this.#isWhole; at += 1) {
      const octet = octets[at]!;
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (octet === BACKSLASH) this.#isEscaped = true;
        else if (octet === QUOTE) this.#isInText = false;
      } else if (octet === QUOTE) this.#isInText = true;
      else if (octet === COMMA) {
        if (this.#isInList && this.#depth === IN_LIST) next = at + 1;
      } else if (octet === OPEN_OBJECT || octet === OPEN_LIST) {
        this.#depth += 1;
        if (octet === OPEN_OBJECT || this.#depth !== IN_LIST) continue;
        this.#around.push(octets.subarray(begin, at + 1));
        begin = at + 1;
        this.#isInList = RESULT.test(this.rest);
      } else if (octet === CLOSE_OBJECT || octet === CLOSE_LIST) {
        if (this.#isInList && this.#depth === IN_LIST) {
          elements = this.#complete(octets.subarray(begin, at));
          begin = at;
          this.#isInList = false;
        }
        this.#depth -= 1;
      } else if (octet === NEWLINE) {
        this.#isWhole = true;
        this.#around.push(octets.subarray(begin, at));
        return elements;
      }
    }
    if (this.#isInList && next > begin) {
      elements = this.#complete(octets.subarray(begin, next - 1));
      begin = next;
    }
    const kept = octets.subarray(begin);
    if (kept.length > 0) (this.#isInList ? this.#begun : this.#around).push(kept);
    return elements;
  }

  /** The elements that have begun, and end here. */
  #complete(end: Uint8Array): unknown[] {
    const text = Buffer.concat([...this.#begun, end]).toString('utf8');
    this.#begun = [];
    return JSON.parse(`[${text}]`) as unknown[];
  }
}

/** What stands before the elements of a result. */
const RESULT = /"result"\s*:\s*\[$/;

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { length }) => sum + length, 0);
