import type { Book } from '../book.js';
import type { DropReason } from '../drop-reason.js';
import type { IgmpInterface } from '../igmp/igmp-interface.js';
import type { ReportReading } from '../igmp/membership/reading.js';
import type { Waiting, Work } from '../igmp/work.js';
import type { Interface } from '../interface.js';
import type { Instant } from '../time.js';

/** How many messages of one interface wait, and in how many octets. */
const MOST = 4096;
const MOST_OCTETS = 512 * 1024;
/** How many octets are reserved at a time for copies (measured: an array for each is most of what collecting garbage takes). */
const PIECE = 32 * 1024;

/** What a queue is given. */
export interface IgmpQueueEnvironment {
  readonly book: Pick<Book, 'delivered' | 'ended'>;
  readonly work: Work;
  /** Undefined where no IGMP runs, or no longer. */
  igmpOn(ingress: Interface): IgmpInterface | undefined;
}

/**
 * The IGMP messages that came in by one interface: handled at once while there is work left, else in their order.
 *
 * What finds no room is refused. A report that is too much for one turn goes on in the next.
 */
export class IgmpQueue implements Waiting {
  readonly #ingress: Interface;
  readonly #environment: IgmpQueueEnvironment;
  /** Datagrams; the first may be in progress. */
  #waiting: Uint8Array[] = [];
  #octets = 0;
  #reading: ReportReading | undefined;
  /** Where copies are put; each is there until nothing in it waits any more. */
  #piece = NOTHING;
  #pieceAt = 0;
  /** Whether it has turns. */
  #isInLine = false;

  constructor(ingress: Interface, environment: IgmpQueueEnvironment) {
    this.#ingress = ingress;
    this.#environment = environment;
  }

  /** How many wait, or are in progress. */
  get count(): number {
    return this.#waiting.length;
  }

  /** Whether a datagram would be taken. */
  hasRoom({ length }: Uint8Array): boolean {
    return this.count < MOST && this.#octets + length <= MOST_OCTETS;
  }

  /** Takes a datagram, or a fragment, and has its end written down; its octets stay the caller's. */
  receive(datagram: Uint8Array, now: Instant): void {
    const igmp = this.#environment.igmpOn(this.#ingress);
    if (igmp === undefined) return this.#end(datagram, 'igmp-ignored', now);
    if (this.count === 0 && this.#environment.work.isLeft(now)) {
      const outcome = igmp.receive(datagram, now);
      if (typeof outcome !== 'object') return this.#end(datagram, outcome, now);
      this.#reading = outcome;
      this.#waiting.unshift(this.#held(datagram, now));
    } else if (this.hasRoom(datagram)) this.#waiting.push(this.#held(datagram, now));
    else this.#end(datagram, igmp.refuseUnread(datagram, now), now);
  }

  goOn(now: Instant): boolean {
    this.#isInLine = this.#takeNext(now);
    return this.#isInLine;
  }

  /** IGMP ends here: so does what waits. */
  clear(now: Instant): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#octets = 0;
    this.#reading = undefined;
    for (const each of waiting) this.#end(each, 'igmp-ignored', now, CAME_BEFORE);
  }

  /** Takes the first that waits, or a part of it; returns whether there are more. */
  #takeNext(now: Instant): boolean {
    const first = this.#waiting[0];
    if (first === undefined) return false;
    const outcome = this.#handle(first, now);
    this.#reading = typeof outcome === 'object' ? outcome : undefined;
    if (typeof outcome === 'object') return true;
    this.#waiting.shift();
    this.#octets -= first.length;
    if (this.count === 0) this.#piece = NOTHING;
    this.#end(first, outcome, now, CAME_BEFORE);
    return this.count > 0;
  }

  #handle(datagram: Uint8Array, now: Instant): DropReason | ReportReading | undefined {
    const igmp = this.#environment.igmpOn(this.#ingress);
    if (igmp === undefined) return 'igmp-ignored';
    return this.#reading === undefined
      ? igmp.receive(datagram, now)
      : igmp.goOn(datagram, this.#reading, now);
  }

  /** A copy that may wait, for a turn that will come. */
  #held(datagram: Uint8Array, now: Instant): Uint8Array {
    const { length } = datagram;
    this.#octets += length;
    if (!this.#isInLine) this.#environment.work.wait(this, now);
    this.#isInLine = true;
    if (this.#pieceAt + length > this.#piece.length) {
      this.#piece = new Uint8Array(Math.max(PIECE, length));
      this.#pieceAt = 0;
    }
    const copy = this.#piece.subarray(this.#pieceAt, this.#pieceAt + length);
    copy.set(datagram);
    this.#pieceAt += length;
    return copy;
  }

  #end(
    datagram: Uint8Array,
    reason: DropReason | undefined,
    now: Instant,
    waited?: typeof CAME_BEFORE,
  ): void {
    const { book } = this.#environment;
    if (reason === undefined) return book.delivered(this.#ingress, 1);
    const several = waited === undefined ? undefined : { ...waited, packets: 1, octets: datagram.length };
    book.ended(this.#ingress, reason, datagram, now, undefined, several);
  }
}

const NOTHING = new Uint8Array(0);
const CAME_BEFORE = { cameBefore: true } as const;
