import { beforeEach, describe, expect, it } from 'vitest';
import type { Book } from '../../src/book.js';
import type { DropReason } from '../../src/drop-reason.js';
import type { IgmpInterface } from '../../src/igmp/igmp-interface.js';
import type { ReportReading } from '../../src/igmp/membership/reading.js';
import { Work } from '../../src/igmp/work.js';
import { IgmpQueue } from '../../src/router/igmp-queue.js';
import { type Instant, instant } from '../../src/time.js';
import { testInterface } from '../support/router.js';

const KIB = 1024;
const READING: ReportReading = { at: 8, left: 1, refused: 0, refusal: undefined };

/** So many octets, told from others by `name`. */
const message = (name: number, length = KIB): Uint8Array => new Uint8Array(length).fill(name);

/** A queue before something that says of each message what it is told to say, and spends as much. */
class Counter {
  readonly red = testInterface('red', ['192.0.2.1/24'], { index: 1 });
  readonly work = new Work();
  readonly queue: IgmpQueue;
  /** What was taken, by what it is filled with; `…` where it goes on. */
  readonly taken: string[] = [];
  readonly octets: Uint8Array[] = [];
  readonly ends: unknown[] = [];
  refused = 0;
  hasIgmp = true;
  units = 1;
  outcomes: (DropReason | ReportReading | undefined)[] = [];
  now: Instant = instant(1000);

  constructor() {
    const next = (now: Instant) => {
      this.work.spend(this.units, now);
      return this.outcomes.shift();
    };
    const igmp: Pick<IgmpInterface, 'receive' | 'goOn' | 'refuseUnread'> = {
      receive: (datagram, now) => {
        this.taken.push(`${datagram[0]}`);
        this.octets.push(datagram);
        return next(now);
      },
      goOn: (datagram, reading, now) => {
        expect(reading).toBe(READING);
        this.taken.push(`…${datagram[0]}`);
        return next(now);
      },
      refuseUnread: () => {
        this.refused += 1;
        return 'igmp-ignored';
      },
    };
    const book: Pick<Book, 'delivered' | 'ended'> = {
      delivered: (ingress, datagrams) => this.ends.push(['delivered', ingress.name, datagrams]),
      ended: (ingress, reason, datagram, _now, _to, several) =>
        this.ends.push([reason, ingress.name, datagram?.[0], several]),
    };
    this.queue = new IgmpQueue(this.red, {
      book,
      work: this.work,
      igmpOn: () => (this.hasIgmp ? (igmp as IgmpInterface) : undefined),
    });
  }

  /** Leaves nothing to be done at once. */
  exhaust(): this {
    this.work.spend(512, this.now);
    return this;
  }

  receive(...datagrams: readonly Uint8Array[]): this {
    for (const each of datagrams) this.queue.receive(each, this.now);
    return this;
  }

  /** Takes all that waits, a message a turn, whatever it costs; returns how many turns there were. */
  drain(): number {
    let turns = 1;
    while (this.queue.goOn(this.now)) turns += 1;
    return turns;
  }
}

describe('the messages of an interface that wait', () => {
  let at: Counter;
  beforeEach(() => {
    at = new Counter();
  });

  it('are those for which nothing is left, and those that come after one that waits', () => {
    at.receive(message(1));
    expect([at.queue.count, at.taken]).toEqual([0, ['1']]);
    at.exhaust().receive(message(2), message(3));
    expect([at.queue.count, at.taken]).toEqual([2, ['1']]);
    // There is work left again, but it is not yet the turn of what waits.
    at.now = instant(2000);
    expect(at.work.isLeft(at.now)).toBe(true);
    at.receive(message(4));
    expect(at.taken).toEqual(['1']);
    at.work.poll(at.now);
    expect(at.taken).toEqual(['1', '2', '3', '4']);
    expect(at.queue.count).toBe(0);
    at.exhaust().receive(message(5));
    at.work.poll(instant(3000));
    expect(at.taken.at(-1)).toBe('5');
  });

  it('stand in the line once, however many they are, and leave it with the last', () => {
    const waits: unknown[] = [];
    at.work.wait = (waiting) => void waits.push(waiting);
    at.exhaust().receive(message(1), message(2), message(3));
    expect(waits).toEqual([at.queue]);
    expect(at.drain()).toBe(3);
    at.receive(message(4));
    expect(waits).toEqual([at.queue, at.queue]);
    expect(at.drain()).toBe(1);
  });

  it('are as many as 4096', () => {
    at.exhaust();
    for (let count = 0; count < 4095; count += 1) at.receive(message(1, 20));
    expect(at.queue.hasRoom(message(1, 20))).toBe(true);
    at.receive(message(1, 20));
    expect(at.queue.hasRoom(message(1, 20))).toBe(false);
    expect([at.queue.count, at.refused, at.ends]).toEqual([4096, 0, []]);
    at.receive(message(2, 20));
    expect([at.queue.count, at.refused, at.ends]).toEqual([
      4096,
      1,
      [['igmp-ignored', 'r1.red', 2, undefined]],
    ]);
  });

  it('are as many as go into 512 KiB, again and again', () => {
    at.exhaust();
    const one = message(1);
    const fill = (): void => {
      for (let count = 0; count < 511; count += 1) at.receive(one);
      expect(at.queue.hasRoom(message(1, KIB + 1))).toBe(false);
      expect(at.queue.hasRoom(one)).toBe(true);
      at.receive(one);
      expect(at.queue.hasRoom(message(1, 1))).toBe(false);
    };
    fill();
    expect(at.drain()).toBe(512);
    fill();
    at.queue.clear(at.now);
    expect(at.queue.count).toBe(0);
    fill();
    expect(at.refused).toBe(0);
  });

  it('are copies, many of them in a piece of 32 KiB, which goes with the last of them', () => {
    at.exhaust();
    /** In how many pieces as many as that wait, each of so many octets. */
    const pieces = (count: number, length: number): number => {
      at.octets.length = 0;
      const sent = Array.from({ length: count }, (_, each) => message(each, length));
      at.receive(...sent);
      at.drain();
      expect(at.octets.map((each, index) => Buffer.compare(each, sent[index]!))).toEqual(sent.map(() => 0));
      expect(at.octets.some((each) => sent.includes(each))).toBe(false);
      return new Set(at.octets.map(({ buffer }) => buffer)).size;
    };
    expect(pieces(32, KIB)).toBe(1);
    const before = at.octets[0]!.buffer;
    expect(pieces(33, KIB)).toBe(2);
    expect(pieces(1, KIB)).toBe(1);
    expect(at.octets[0]!.buffer).not.toBe(before);
    const last = at.octets[0]!.buffer;
    expect(pieces(1, KIB)).toBe(1);
    expect(at.octets[0]!.buffer).not.toBe(last);
    expect(pieces(32, KIB + 1)).toBe(2);
    // One that is longer than a piece has one of its own.
    expect(pieces(3, 60_000)).toBe(3);
    expect(pieces(1, 32 * KIB)).toBe(1);
  });

  it('share a piece with what comes while they wait', () => {
    at.exhaust().receive(message(1), message(2));
    expect(at.queue.goOn(at.now)).toBe(true);
    at.receive(message(3));
    at.drain();
    expect(at.octets[2]!.buffer).toBe(at.octets[1]!.buffer);
  });

  it('are read on from where the last turn ended', () => {
    at.outcomes = [READING, READING, undefined, 'igmp-ignored'];
    at.receive(message(7)).exhaust().receive(message(8));
    expect([at.queue.count, at.ends]).toEqual([2, []]);
    expect([at.queue.goOn(at.now), at.queue.goOn(at.now), at.queue.goOn(at.now)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(at.taken).toEqual(['7', '…7', '…7', '8']);
    expect(at.ends).toEqual([
      ['delivered', 'r1.red', 1],
      ['igmp-ignored', 'r1.red', 8, { cameBefore: true, packets: 1, octets: KIB }],
    ]);
  });

  it('end with IGMP on their interface', () => {
    at.outcomes = [READING];
    at.receive(message(7)).receive(message(8, 100));
    at.queue.clear(at.now);
    expect(at.ends).toEqual([
      ['igmp-ignored', 'r1.red', 7, { cameBefore: true, packets: 1, octets: KIB }],
      ['igmp-ignored', 'r1.red', 8, { cameBefore: true, packets: 1, octets: 100 }],
    ]);
    expect([at.queue.count, at.queue.goOn(at.now)]).toEqual([0, false]);
    // What was in progress is not gone on with.
    at.exhaust().receive(message(9));
    at.drain();
    expect(at.taken).toEqual(['7', '9']);
  });

  it('are ignored when their turn comes where IGMP has ended meanwhile', () => {
    at.exhaust().receive(message(7));
    at.hasIgmp = false;
    at.drain();
    at.receive(message(8));
    expect(at.ends).toEqual([
      ['igmp-ignored', 'r1.red', 7, { cameBefore: true, packets: 1, octets: KIB }],
      ['igmp-ignored', 'r1.red', 8, undefined],
    ]);
    expect(at.taken).toEqual([]);
  });
});
