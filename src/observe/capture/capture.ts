import { Backlog, type CaptureOutput } from './backlog.js';
import { commentOn, type Journal, type Place } from './journal.js';
import {
  commentOption,
  FRAME,
  FRAME_END,
  interfaceDescription,
  interfaceStatistics,
  sectionHeader,
  WHOLE,
} from './pcapng.js';
import { type IsOfRouters, type Only, type Seen, selectionOf, type Wanted } from './selection.js';

/** The most octets that wait for a slow disk, or a slow reader. */
const MOST_WAITING = 16 * 1024 * 1024;

/** What a capture is to have, and what it is called. */
export interface CaptureWanted extends Wanted {
  readonly name: string;
  /** As `show captures` names it. */
  readonly file: string;
  /** How many octets of each datagram are kept. */
  readonly snaplen?: number | undefined;
  /** It ends after so many frames. */
  readonly count?: number | undefined;
}

export interface CaptureEnvironment {
  readonly output: CaptureOutput;
  /** The program, as the file names it. */
  readonly program: string;
  readonly isOfRouters: IsOfRouters;
  /** The time of day in milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** Told once, when it has as many frames as it wants. */
  readonly onFull?: () => void;
}

/** One capture: the frames that it wants, on their way to its output. */
export class Capture {
  readonly wanted: CaptureWanted;
  readonly snaplen: number;
  readonly #environment: CaptureEnvironment;
  readonly #backlog: Backlog;
  readonly #selects: ((seen: Seen) => boolean) | undefined;
  /** The number of each place in this file, by that in the journal. */
  readonly #numbers: number[] = [];
  /** Whether those are the same. */
  #isPlain = true;
  #places = 0;
  #left: number;
  #packets = 0;
  #octets = 0;
  #lost = 0;

  constructor(wanted: CaptureWanted, environment: CaptureEnvironment) {
    this.wanted = wanted;
    this.#environment = environment;
    this.snaplen = wanted.snaplen ?? WHOLE;
    this.#left = wanted.count ?? Number.POSITIVE_INFINITY;
    this.#selects = selectionOf(wanted, environment.isOfRouters);
    this.#backlog = new Backlog(environment.output, MOST_WAITING, ({ frames, octets }) => {
      this.#packets -= frames;
      this.#octets -= octets;
      this.#lost += frames;
    });
    this.#backlog.add(sectionHeader(environment.program));
  }

  get only(): Only | undefined {
    return this.wanted.only;
  }

  /** Frames that it has, and those that it should have. */
  get counts(): { readonly packets: number; readonly octets: number; readonly lostPackets: number } {
    return { packets: this.#packets, octets: this.#octets, lostPackets: this.#lost };
  }

  /** Has places in its file before the first frame of them comes. */
  describe(journal: Journal, numbers: Iterable<number>): void {
    for (const number of numbers) this.#describe(number, journal.places[number]!);
    this.#backlog.flushSoon();
  }

  /** Takes what it wants of a turn. */
  take(journal: Journal): void {
    if (!this.#takeAll(journal))
      for (let frame = 0; frame < journal.count && this.#left > 0; frame += 1)
        this.#takeFrame(journal, frame);
    this.#backlog.flushSoon();
    if (this.#left === 0) {
      this.#left = -1;
      this.#environment.onFull?.();
    }
  }

  /** Takes no more, and resolves when all is written. */
  async close(): Promise<void> {
    this.#left = -1;
    const at = this.#environment.timeOfDay();
    // A backlog that is full has no room for what is missing.
    await this.#backlog.flushed();
    const received = this.#packets + this.#lost;
    // Which interface lost them is not known, nor of any use: the first one stands for all.
    if (this.#places > 0) this.#backlog.add(interfaceStatistics(0, at, { received, dropped: this.#lost }));
    await this.#backlog.flushed();
    await this.#environment.output.close();
  }

  /** All frames of a turn in one piece, where nothing is to be said about any of them. */
  #takeAll(journal: Journal): boolean {
    const isWhole = this.#selects === undefined && this.#left === Number.POSITIVE_INFINITY;
    if (!isWhole || !this.#isPlain || journal.reasons.size > 0) return false;
    if (this.#places < journal.places.length || this.snaplen < journal.snaplen) return false;
    if (this.#backlog.add(journal.octets.subarray(0, journal.end))) {
      this.#packets += journal.count;
      this.#octets += journal.datagramOctets;
    } else this.#lost += journal.count;
    return true;
  }

  #takeFrame(journal: Journal, frame: number): void {
    const start = journal.startOf(frame);
    const at = start >>> 2;
    const { words, places } = journal;
    const place = words[at + FRAME.interface]!;
    const kept = words[at + FRAME.kept]!;
    const original = words[at + FRAME.original]!;
    const from = start + FRAME.data * 4;
    const reason = journal.reasons.get(frame);
    const options = from + ((kept + 3) & ~3);
    if (this.#selects !== undefined) {
      const octets = journal.octets.subarray(from, from + kept);
      const [low, high] = idAt(words, options >>> 2);
      const id = high * 0x1_0000_0000 + low;
      const seen = {
        place: places[place]!.name,
        fate: journal.fateOf(frame),
        reason,
        id,
        octets,
        length: original,
      };
      if (!this.#selects(seen)) return;
    }
    const number = this.#numbers[place] ?? this.#describe(place, places[place]!);
    const keptHere = Math.min(kept, this.snaplen);
    const data = (keptHere + 3) & ~3;
    const comment = reason === undefined ? undefined : commentFor(reason);
    const end = journal.startOf(frame + 1) - FRAME_END;
    const length = FRAME.data * 4 + data + (end - options) + (comment?.length ?? 0) + FRAME_END;
    const room = number === undefined ? undefined : this.#backlog.room(length);
    if (room === undefined) {
      this.#lost += 1;
      return;
    }
    room.set(journal.octets.subarray(start, from + keptHere));
    room.fill(0, FRAME.data * 4 + keptHere, FRAME.data * 4 + data);
    let next = FRAME.data * 4 + data;
    room.set(journal.octets.subarray(options, end), next);
    next += end - options;
    if (comment !== undefined) room.set(comment, next);
    const block = new Uint32Array(room.buffer, room.byteOffset, length / 4);
    block[FRAME.length] = length;
    block[FRAME.interface] = number!;
    block[FRAME.kept] = keptHere;
    block[length / 4 - 2] = 0;
    block[length / 4 - 1] = length;
    this.#left -= 1;
    this.#packets += 1;
    this.#octets += original;
  }

  #describe(number: number, { name, description }: Place): number | undefined {
    const known = this.#numbers[number];
    if (known !== undefined) return known;
    if (!this.#backlog.add(interfaceDescription(name, description, this.snaplen))) return undefined;
    const own = this.#places;
    this.#numbers[number] = own;
    this.#places += 1;
    if (own !== number) this.#isPlain = false;
    return own;
  }
}

const IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const idAt = (words: Uint32Array, options: number): readonly [low: number, high: number] => {
  const [first, second] = [words[options + 3]!, words[options + 4]!];
  return IS_LITTLE ? [first, second] : [second, first];
};

const comments = new Map<string, Uint8Array>();

const commentFor = (reason: Parameters<typeof commentOn>[0]): Uint8Array => {
  let option = comments.get(reason);
  if (option === undefined) {
    option = commentOption(commentOn(reason));
    comments.set(reason, option);
  }
  return option;
};
