import type * as igmp from '../../../src/igmp/message.js';
import type { IgmpSettings } from '../../../src/igmp/settings.js';
import {
  leaveDatagram,
  olderReportDatagram,
  queryDatagram,
  type ReportRecord,
  reportDatagrams,
} from '../../../src/igmp/write.js';
import { type Random, randomBelow, seededRandom } from '../../../src/random.js';
import { milliseconds, seconds } from '../../../src/time.js';
import { megabytesInUse } from '../memory.js';
import { insist } from '../visit.js';
import { FloodedLab } from './flooded-lab.js';
import { flows } from './flows.js';
import type { Wish } from './member.js';
import { pick } from './messages.js';
import { type Place, STREAM_SOURCE, WISHES } from './place.js';
import { senderAt } from './sender.js';

/** What a storm of one kind of message came to. */
export interface Aftermath {
  readonly messages: number;
  /** Of one message, with all that it set off and the looks at it. */
  readonly microseconds: number;
  /** Sent by the router. */
  readonly queries: number;
  readonly warnings: number;
  /** More in use than when the storm was a tenth over. */
  readonly megabytes: number;
}

/** One kind of forgery, told apart by nothing but its number. */
export interface Storm {
  readonly name: string;
  /** How many messages it has in a test, and at full size. */
  readonly small: number;
  readonly full: number;
  readonly blow: (messages: number) => Aftermath;
}

const MOST_GROWTH_MEGABYTES = 24;
const NETWORK = 0x0a00_0000;
/** What the querier may ask in a second, and at once: so many series of so many queries each. */
const SERIES_PER_SECOND = 1000;
const SERIES_AT_ONCE = 5000;

const report = (from: number, ...records: readonly ReportRecord[]): Uint8Array =>
  reportDatagrams(records, senderAt(from), 1500)[0]!;
const record = (type: igmp.RecordType, group: number, ...sources: readonly number[]): ReportRecord => ({
  type,
  group,
  sources,
});

const QUERY = { isSuppressed: false, maxResponse: seconds(1) };
const VARIABLES = { robustness: 2, queryInterval: seconds(125) };
const host = (number: number): number => NETWORK + 1000 + number;

/** Blows a storm against one interface, ten messages in a millisecond, with members there who want `wishes`. */
const storm = (
  settings: Partial<IgmpSettings>,
  forge: (number: number, random: Random, place: Place) => Uint8Array,
  { wishes = WISHES, pause = 0.1, queriesPerSeries = 6 } = {},
): Storm['blow'] => {
  return (messages) => {
    const random = seededRandom(messages);
    const lab = new FloodedLab(
      [[{ name: 'red', address: '10.0.3.232/8', wishes, settings }]],
      random,
      Math.max(64, messages / 50),
    );
    const place = lab.places[0]!;
    // Until then tracking takes it that somebody has not reported yet.
    lab.advance(seconds(20));
    let baseline = 0;
    const begun = performance.now();
    for (let number = 0; number < messages; number += 1) {
      place.forge(forge(number, random, place));
      if (number % 10 === 0) lab.advance(milliseconds(10 * pause));
      lab.insist();
      if (number === Math.floor(messages / 10)) baseline = megabytesInUse();
    }
    const took = performance.now() - begun;
    lab.audit();
    const { sent } = place.igmp.counters;
    const queries = sent['query-v1'] + sent['query-v2'] + sent['query-v3'];
    const most = queriesPerSeries * (SERIES_AT_ONCE + (SERIES_PER_SECOND * lab.now) / 1000);
    insist(queries <= most, `${queries} queries in ${lab.now / 1000} s`);
    const megabytes = megabytesInUse() - baseline;
    insist(megabytes < MOST_GROWTH_MEGABYTES, `${megabytes} MB more`);
    lab.advance(seconds(300));
    lab.audit();
    return { messages, microseconds: (1000 * took) / messages, queries, warnings: lab.warnings, megabytes };
  };
};

const MANY_WISHES: readonly Wish[] = Array.from({ length: 64 }, (_, at) => ({
  group: 0xef01_0101 + at,
  source: at % 4 === 3 ? STREAM_SOURCE : undefined,
}));

const forgedLeave = (number: number, random: Random): Uint8Array => {
  const { group } = pick(random, MANY_WISHES);
  const from = host(number % 1000);
  switch (number % 5) {
    case 0:
      return leaveDatagram(group, senderAt(from));
    case 1:
      return report(from, record('to-in', group));
    case 2:
      return report(from, record('block', group, STREAM_SOURCE));
    case 3:
      return report(from, record('to-ex', group, STREAM_SOURCE, randomBelow(random, 2 ** 24) + 1));
    default:
      return report(from, record('to-in', group, 0x0b00_0001), record('is-ex', group, 0x0b00_0001));
  }
};

/** From the lowest address up, all that a query can tell, at its extremes. */
const forgedQuery = (number: number, random: Random): Uint8Array => {
  const isStronger = random() < 0.05;
  const isGeneral = isStronger || random() < 0.5;
  const variables = {
    robustness: randomBelow(random, 9),
    queryInterval: seconds(pick(random, [0, 1, 2, 125, 31_744])),
  };
  const maxResponse =
    isStronger || !isGeneral ? seconds(pick(random, [0.1, 1])) : seconds(pick(random, [0.1, 1, 10, 3174.4]));
  const group = isGeneral ? 0 : pick(random, WISHES).group;
  const query = { group, sources: isGeneral || random() < 0.5 ? [] : [STREAM_SOURCE], maxResponse };
  const from = isStronger ? NETWORK + 1 + randomBelow(random, 900) : host(number % 100_000);
  return queryDatagram(3, { ...query, isSuppressed: random() < 0.5 }, variables, senderAt(from));
};

const anyGroup = (number: number): Uint8Array => {
  const group = 0xef10_0000 + number;
  if (number % 3 === 0) return olderReportDatagram(2, group, senderAt(host(1)));
  return report(host(1), record(number % 3 === 1 ? 'to-ex' : 'allow', group, 0x0b00_0001));
};

const anySource = (number: number): Uint8Array => {
  const sources = Array.from({ length: 100 }, (_, at) => 0x0b00_0000 + 100 * number + at + 1);
  const type = pick(() => (number % 7) / 7, [
    'allow',
    'block',
    'is-in',
    'to-ex',
    'is-ex',
    'allow',
    'allow',
  ] as const);
  return report(
    host(2),
    record(
      type,
      pick(() => (number % 3) / 3, [...WISHES.map(({ group }) => group), 0xef01_0909]),
      ...sources,
    ),
  );
};

const anyHost = (number: number, random: Random): Uint8Array => {
  const group = 0xef01_0101 + randomBelow(random, 64);
  const sources = Array.from(
    { length: randomBelow(random, 100) },
    () => 0x0b00_0001 + randomBelow(random, 4096),
  );
  return report(
    host(number),
    record(pick(random, ['allow', 'is-in', 'to-ex', 'is-ex', 'block'] as const), group, ...sources),
  );
};

const olderHost = (number: number, random: Random): Uint8Array => {
  const { group } = pick(random, WISHES);
  if (number % 3 < 2)
    return olderReportDatagram(number % 3 === 0 ? 1 : 2, group, senderAt(host(number % 1000)));
  return forgedLeave(number, random);
};

const olderQuerier = (number: number, random: Random): Uint8Array => {
  const version = pick(random, [1, 2, 3] as const);
  if (random() < 0.5) return forgedLeave(number, random);
  return queryDatagram(
    version,
    { ...QUERY, group: 0, sources: [] },
    VARIABLES,
    senderAt(host(number % 1000)),
  );
};

/** By name, for the script; a test blows each of them at its small size. */
export const STORMS: readonly Storm[] = [
  { name: 'leaves', small: 3000, full: 1_000_000, blow: storm({}, forgedLeave, { wishes: MANY_WISHES }) },
  { name: 'leaves-tracked', small: 3000, full: 1_000_000, blow: storm({ fastLeave: 'tracked' }, forgedLeave, { wishes: MANY_WISHES }) },
  { name: 'queries', small: 3000, full: 1_000_000, blow: storm({}, forgedQuery) },
  { name: 'groups', small: 6000, full: 1_000_000, blow: storm({}, anyGroup, { pause: 0.01 }) },
  { name: 'sources', small: 1000, full: 100_000, blow: storm({ fastLeave: 'tracked' }, anySource) },
  { name: 'hosts', small: 2000, full: 100_000, blow: storm({ fastLeave: 'tracked' }, anyHost) },
  { name: 'older-hosts', small: 3000, full: 1_000_000, blow: storm({}, olderHost) },
  { name: 'flows', small: 20_000, full: 1_000_000, blow: flows },
  { name: 'older-queriers', small: 3000, full: 1_000_000, blow: storm({}, olderQuerier, { wishes: MANY_WISHES }) },
]; // biome-ignore format: one storm a line
