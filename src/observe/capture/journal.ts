import type { LinkPlace, Recorder, Several } from '../../book.js';
import { DROP_REASONS, type DropReason } from '../../drop-reason.js';
import type { Interface } from '../../interface.js';
import type { Parcel } from '../../parcel.js';
import type { Instant } from '../../time.js';
import {
  ENHANCED_PACKET,
  FRAME,
  INBOUND,
  OUTBOUND,
  pair,
  stampOf,
  UNKNOWN_DIRECTION,
  WHOLE,
  wide,
} from './pcapng.js';

/** The octets of frames that may wait for the end of a turn; more are passed on earlier. */
export const JOURNAL_LENGTH = 512 * 1024;
/** A frame without its datagram, in octets. */
const OVERHEAD = 56;
/** The shortest frame has no datagram. */
const MOST_FRAMES = Math.ceil(JOURNAL_LENGTH / OVERHEAD);
/** How many frames back a refusal looks for the frame of what was refused: those of one burst. */
const LOOK_BACK = 1024;

const FLAGS = pair(2, 4);
const PACKET_ID = pair(5, 8);

/** What became of what a frame shows. */
export type Fate = 'goes-on' | 'stays' | 'ends';
const GOES_ON = 0;
const STAYS = 1;
const ENDS = 2;
const FATES: readonly Fate[] = ['goes-on', 'stays', 'ends'];

/** Where frames are seen: an interface, or a link where no router had the datagram. */
export interface Place {
  readonly name: string;
  readonly kind: 'interface' | 'link';
  /** What the place is, for a reader of a capture. */
  readonly description: string;
}

/** What a journal is given. */
export interface JournalEnvironment {
  /** The time of day of an instant, in milliseconds since 1970. */
  readonly timeOfDay: (at: Instant) => number;
  /** Takes all frames before the journal begins anew. */
  readonly pass: (journal: Journal) => void;
}

/**
 * The frames of one turn of the loop, as blocks of a capture, one behind the other.
 *
 * A frame is written when a datagram passes an interface, with its octets as they are there. What becomes of the
 * datagram is known a little later, and noted beside its frame; at the end of the turn all is passed on.
 */
export class Journal implements Recorder {
  readonly #environment: JournalEnvironment;
  readonly octets = new Uint8Array(JOURNAL_LENGTH);
  readonly words = new Uint32Array(this.octets.buffer);
  readonly places: Place[] = [];
  readonly #numbers = new Map<string, number>();
  /** Asked with the very object (measured: a third of what its name costs). */
  #numbersByObject = new WeakMap<object, number>();
  readonly #starts = new Uint32Array(MOST_FRAMES + 1);
  readonly #fates = new Uint8Array(MOST_FRAMES);
  /** The reasons of frames that end, by their number. */
  readonly reasons = new Map<number, DropReason>();
  /** How many octets of a datagram are kept: as many as somebody wants. */
  snaplen = WHOLE;
  #count = 0;
  #end = 0;
  /** The octets of the datagrams, as they were. */
  #datagramOctets = 0;
  /** The frame of what came in last, until its fate is known; -1 for none. */
  #current = -1;
  #stampedAt = Number.NaN;
  #high = 0;
  #low = 0;

  constructor(environment: JournalEnvironment) {
    this.#environment = environment;
  }

  /** How many frames there are. */
  get count(): number {
    return this.#count;
  }

  /** Where the last one ends. */
  get end(): number {
    return this.#end;
  }

  get datagramOctets(): number {
    return this.#datagramOctets;
  }

  startOf(frame: number): number {
    return this.#starts[frame]!;
  }

  fateOf(frame: number): Fate {
    return FATES[this.#fates[frame]!]!;
  }

  /** The number of a place, which it has for good. */
  numberOf({ name, kind, description }: Place): number {
    const key = `${kind} ${name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.places.length;
      this.#numbers.set(key, number);
      this.places.push({ name, kind, description });
    }
    return number;
  }

  entered(ingress: Interface, parcel: Parcel, now: Instant): void {
    const { octets, id } = parcel;
    const frame = this.#write(this.#numberOf(ingress), INBOUND, octets, id, now);
    this.#fates[frame] = STAYS;
    this.#current = frame;
  }

  goesOn(): void {
    if (this.#current >= 0) this.#fates[this.#current] = GOES_ON;
    this.#current = -1;
  }

  left(egress: Interface, parcel: Parcel, now: Instant): void {
    this.#fates[this.#write(this.#numberOf(egress), OUTBOUND, parcel.octets, parcel.id, now)] = GOES_ON;
  }

  ended(
    ingress: Interface,
    reason: DropReason,
    original: Uint8Array | undefined,
    now: Instant,
    several?: Several,
  ): void {
    const current = this.#current;
    if (several?.cameBefore !== true) {
      this.#current = -1;
      if (current >= 0) return this.#ends(current, reason);
    }
    if (original === undefined || original.length === 0) return;
    this.#ends(this.#write(this.#numberOf(ingress), INBOUND, original, 0, now), reason);
  }

  withheld(egress: Interface, reason: DropReason, { octets, id }: Parcel, now: Instant): void {
    this.#ends(this.#write(this.#numberOf(egress), OUTBOUND, octets, id, now), reason);
  }

  refused(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void {
    const number = this.#numberOf(egress);
    const frame =
      this.#frameOf(number, parcel) ?? this.#write(number, OUTBOUND, parcel.octets, parcel.id, now);
    this.#ends(frame, reason);
  }

  lost(link: LinkPlace, reason: DropReason, { octets, id }: Parcel, now: Instant): void {
    const number = this.#remembered(link, link.name, 'link');
    this.#ends(this.#write(number, UNKNOWN_DIRECTION, octets, id, now), reason);
  }

  /** Passes all on, and begins anew. */
  settle(): void {
    if (this.#count > 0) this.#environment.pass(this);
    this.#count = 0;
    this.#end = 0;
    this.#datagramOctets = 0;
    this.#current = -1;
    this.reasons.clear();
  }

  #ends(frame: number, reason: DropReason): void {
    this.#fates[frame] = ENDS;
    this.reasons.set(frame, reason);
  }

  /** The frame with which a datagram left here, if it was in this turn; fragments of one have one id. */
  #frameOf(place: number, { octets, id }: Parcel): number | undefined {
    const least = Math.max(0, this.#count - LOOK_BACK);
    for (let frame = this.#count - 1; frame >= least; frame -= 1) {
      const at = this.#starts[frame]! / 4;
      if (this.words[at + FRAME.interface] !== place || this.words[at + FRAME.original] !== octets.length)
        continue;
      const data = (at + FRAME.data) * 4;
      const options = (data + this.words[at + FRAME.kept]! + 3) >>> 2;
      if (this.words[options + 1] !== OUTBOUND || this.words[options + 3] !== wide(id)[0]) continue;
      const isSame = this.octets[data + 6] === octets[6] && this.octets[data + 7] === octets[7];
      if (isSame && this.#fates[frame] !== ENDS) return frame;
    }
    return undefined;
  }

  #numberOf(each: Interface): number {
    return this.#numbersByObject.get(each) ?? this.#remembered(each, each.name, 'interface');
  }

  #remembered(object: object, name: string, kind: Place['kind']): number {
    const number = this.numberOf(placeOf(kind, name));
    this.#numbersByObject.set(object, number);
    return number;
  }

  /** Writes a frame and returns its number. */
  #write(place: number, direction: number, datagram: Uint8Array, id: number, now: Instant): number {
    const original = datagram.length;
    const kept = original <= this.snaplen ? original : this.snaplen;
    const length = OVERHEAD + ((kept + 3) & ~3);
    if (this.#end + length > JOURNAL_LENGTH) this.settle();
    if (now !== this.#stampedAt) this.#stamp(now);
    const { words } = this;
    const frame = this.#count;
    const start = this.#end;
    let at = start >>> 2;
    words[at] = ENHANCED_PACKET;
    words[at + 1] = length;
    words[at + 2] = place;
    words[at + 3] = this.#high;
    words[at + 4] = this.#low;
    words[at + 5] = kept;
    words[at + 6] = original;
    at = (start + length) >>> 2;
    // Whatever of the last word the datagram does not fill is padding.
    if (kept > 0) words[at - 8] = 0;
    words[at - 7] = FLAGS;
    words[at - 6] = direction;
    words[at - 5] = PACKET_ID;
    const high = Math.floor(id / 0x1_0000_0000);
    words[at - 4] = IS_LOW_FIRST ? id : high;
    words[at - 3] = IS_LOW_FIRST ? high : id;
    words[at - 2] = 0;
    words[at - 1] = length;
    if (kept > 0)
      this.octets.set(kept === original ? datagram : datagram.subarray(0, kept), start + FRAME.data * 4);
    this.#starts[frame] = start;
    this.#end = start + length;
    this.#starts[frame + 1] = this.#end;
    this.#count = frame + 1;
    this.#datagramOctets += original;
    return frame;
  }

  #stamp(now: Instant): void {
    [this.#high, this.#low] = stampOf(this.#environment.timeOfDay(now));
    this.#stampedAt = now;
  }
}

const IS_LOW_FIRST = wide(1)[0] === 1;

export const placeOf = (kind: Place['kind'], name: string): Place => ({
  name,
  kind,
  description:
    kind === 'link' ? `link ${name}: what no router had` : `router ${name.slice(0, name.indexOf('.'))}`,
});

/** What a frame says about a datagram that ended: `drop: no-route (no route to the destination)`. */
export const commentOn = (reason: DropReason): string => `drop: ${reason} (${DROP_REASONS[reason]})`;
