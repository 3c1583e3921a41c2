import { ALL_SYSTEMS } from '../../../src/address.js';
import type { Event, Observer } from '../../../src/event.js';
import * as igmp from '../../../src/igmp/message.js';
import * as ipv4 from '../../../src/ip/header.js';
import { writeUint32 } from '../../../src/ip/octets.js';
import { type Random, seededRandom } from '../../../src/random.js';
import type { Router } from '../../../src/router.js';
import {
  after,
  type Duration,
  type Instant,
  instant,
  milliseconds,
  START,
  seconds,
} from '../../../src/time.js';
import { megabytesInUse } from '../memory.js';
import { Broken, insist } from '../visit.js';
import { insistOnGroups } from './laws.js';
import { forgedMessage, pick, writeMessageChecksum } from './messages.js';
import { type Place, type PlaceOptions, routerWith, WISHES } from './place.js';

export interface IgmpFloodOptions {
  readonly count: number;
  readonly seed: number;
  /** Called ten times, with how many have been sent and the megabytes in use. */
  readonly progress?: (sent: number, megabytes: number) => void;
}

/** What became of a flood of IGMP that broke nothing. */
export interface IgmpFloodSummary {
  /** By the flood, and by members. */
  readonly sent: number;
  readonly virtualSeconds: number;
  readonly received: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly answered: Readonly<Record<string, number>>;
  readonly warnings: number;
  readonly megabytes: { readonly first: number; readonly highest: number; readonly last: number };
}

const SMALL = { maxGroups: 64, maxSources: 16 };

/** One of each kind: quick timers, version 2, tracked and immediate leaves, no address, and a proxy's two sides. */
const ROUTERS: readonly (readonly PlaceOptions[])[] = [
  [
    { name: 'quick', address: '192.0.2.100/24', hasMember: true, settings: { ...SMALL, queryInterval: seconds(20), queryResponseInterval: seconds(5) } },
    { name: 'older', address: '198.51.100.100/24', hasMember: true, settings: { ...SMALL, version: 2 } },
    { name: 'tracked', address: '203.0.113.100/24', hasMember: true, settings: { ...SMALL, fastLeave: 'tracked' } },
    { name: 'instant', address: '10.1.0.100/24', hasMember: false, settings: { ...SMALL, fastLeave: 'always' } },
    { name: 'bare', hasMember: true, settings: { ...SMALL, requireRouterAlert: true } },
  ],
  [
    { name: 'above', address: '10.2.0.100/24', isUpstream: true, hasMember: false },
    { name: 'below', address: '10.3.0.100/24', hasMember: true, settings: SMALL },
    { name: 'beside', address: '10.4.0.100/24', hasMember: true, settings: { ...SMALL, maxGroups: 128 } },
  ],
]; // biome-ignore format: one place a line

const MOST_GROWTH_MEGABYTES = 16;

/** Floods routers with IGMP that means ill; throws `Broken` for the first promise that is broken. */
export const igmpFlood = ({ count, seed, progress }: IgmpFloodOptions): IgmpFloodSummary => {
  const random = seededRandom(seed);
  const lab = new FloodedLab(random);
  const memory: number[] = [];
  let sent = 0;
  let last: Uint8Array = new Uint8Array(0);
  let where = '';
  try {
    for (let nextMeasure = count / 10; sent < count; ) {
      const place = pick(random, lab.places);
      last = fair(forgedMessage(random, place.universe), place);
      where = place.name;
      place.forge(last);
      sent += 1;
      lab.insist();
      if (random() < 0.3) lab.advance(milliseconds(30 * random() * random()));
      if (random() < 0.002) lab.advance(seconds(20 * random()));
      if (random() < 0.000_05) lab.restart(pick(random, lab.places));
      if (sent < nextMeasure) continue;
      nextMeasure += count / 10;
      memory.push(megabytesInUse());
      progress?.(sent, memory.at(-1)!);
    }
    lab.advance(seconds(1));
    lab.audit();
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    const which = `seed ${seed}, after ${sent} messages, last on ${where}: ${Buffer.from(last).toString('hex')}`;
    throw new Broken(`${which}: ${reason}`);
  }
  const first = memory[0]!;
  const highest = Math.max(...memory);
  insist(
    highest - first < MOST_GROWTH_MEGABYTES,
    `memory is bounded: ${memory.map(Math.round).join(' ')} MB`,
  );
  return { ...lab.summary(), megabytes: { first, highest, last: megabytesInUse() } };
};

/** The routers, and the one clock of all of them. */
class FloodedLab {
  readonly #routers: Router[] = [];
  readonly places: Place[] = [];
  #now: Instant = START;
  #warnings = 0;
  #looks = 0;

  constructor(random: Random) {
    for (const options of ROUTERS) {
      const { router, places } = routerWith(options, random, this.#observer);
      this.#routers.push(router);
      this.places.push(...places);
    }
  }

  advance(wait: Duration): void {
    const end = after(this.#now, wait);
    for (let next = this.#nextDeadline(); next <= end; next = this.#nextDeadline()) {
      insist(next >= this.#now, 'no deadline is in the past');
      this.#setNow(next);
      for (const each of this.#routers) each.poll(next);
      for (const each of this.#routers) insist(each.nextDeadline() > next, 'what was due has been done');
      for (const each of this.places) each.member.poll(next);
      for (const each of this.places) each.insistOnStreams();
    }
    this.#setNow(end);
  }

  /** A link goes down and comes up again. */
  restart(place: Place): void {
    place.setUp(false);
    place.setUp(true);
  }

  /** After each message; all groups are looked at now and then. */
  insist(): void {
    for (const each of this.places) each.insistOnStreams();
    this.#looks += 1;
    if (this.#looks % 8 > 0) return;
    const place = this.places[(this.#looks >>> 3) % this.places.length]!;
    insistOnGroups(place.igmp, this.#now);
    place.insistOnCounters();
  }

  audit(): void {
    for (const each of this.places) {
      insistOnGroups(each.igmp, this.#now);
      each.insistOnCounters();
    }
    for (const { ledger } of this.#routers) {
      const { received, forwarded, delivered, dropped, held } = ledger;
      insist(received === forwarded + delivered + dropped + held, 'the book adds up');
    }
    for (const router of this.#routers) {
      const said = this.places.reduce(
        (total, { igmp: each, sent }) => total + ([...router.igmp.values()].includes(each) ? sent : 0),
        0,
      );
      insist(said <= router.ledger.originated, 'what was sent is in the book');
    }
    // A warning of each kind a minute.
    const most = 24 * this.places.length * (1 + this.#now / 60_000);
    insist(this.#warnings <= most, `${this.#warnings} warnings in ${this.#now / 1000} s`);
  }

  summary(): Omit<IgmpFloodSummary, 'megabytes'> {
    const add = (of: 'received' | 'refused' | 'sent'): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const { igmp: each } of this.places)
        for (const [name, count] of Object.entries(each.counters[of])) sums[name] = (sums[name] ?? 0) + count;
      return sums;
    };
    const sent = this.#routers.reduce((total, { ledger }) => total + ledger.received, 0);
    return {
      sent,
      virtualSeconds: this.#now / 1000,
      received: add('received'),
      refused: add('refused'),
      answered: add('sent'),
      warnings: this.#warnings,
    };
  }

  #setNow(now: Instant): void {
    this.#now = now;
    for (const each of this.places) each.now = now;
  }

  #nextDeadline(): Instant {
    const due = [
      ...this.#routers.map((each) => each.nextDeadline()),
      ...this.places.map(({ member }) => member.nextAnswer()),
    ];
    return instant(Math.min(...due));
  }

  /** A stream that stops within one poll and goes on within the same is a gap, too. */
  readonly #observer: Observer = {
    wants: (type) => type === 'igmp',
    notify: (event: Event) => {
      if (event.type !== 'igmp') return;
      if (event.event.startsWith('warning')) this.#warnings += 1;
      if (event.event !== 'expire') return;
      const place = this.places.find(({ name }) => name === event.interface);
      const wish = place?.member.wishes.find(({ group }) => group === event.group);
      if (wish === undefined) return;
      const isGap = wish.source === undefined ? event.source === null : event.source === wish.source;
      insist(
        !isGap || place!.igmp.forwards(wish.group, wish.source ?? 0xc633_6463),
        `${event.interface}: a wish has not expired`,
      );
    },
  };
}

/**
 * Takes from a forged query what nobody can stand: the RFC has routers believe a query that members do not hear
 * because it goes elsewhere, and one that lets them answer later than the router waits.
 *
 * Source: RFC 9776 §4.1.12, §6.6.1.
 */
const fair = (octets: Uint8Array, { universe }: Place): Uint8Array => {
  if (octets.length < 28 || ipv4.protocol(octets) !== ipv4.PROTOCOL_IGMP) return octets;
  const start = ipv4.headerLength(octets);
  const message = octets.subarray(start, ipv4.totalLength(octets));
  if (octets.length < start + igmp.SHORT_LENGTH || igmp.validate(message) !== undefined) return octets;
  if (igmp.type(message) !== igmp.MEMBERSHIP_QUERY) return octets;
  const group = igmp.group(message);
  const isGeneral = igmp.isGeneralQuery(message);
  if (!isGeneral && !WISHES.some((each) => each.group === group)) return octets;
  const mayElect = isGeneral && (universe.router === 0 || ipv4.source(octets) < universe.router);
  writeUint32(octets, 16, isGeneral ? ALL_SYSTEMS : group);
  ipv4.writeChecksum(octets);
  const most = isGeneral ? 100 : 10;
  if (igmp.queryVersion(message) > 1 && (mayElect || !isGeneral) && message[1]! > most) {
    message[1] = most;
    writeMessageChecksum(message);
  }
  return octets;
};
