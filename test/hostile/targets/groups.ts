import { formatAddress, prefixOf } from '../../../src/address.js';
import type { RecordType } from '../../../src/igmp/message.js';
import type { IgmpSettings } from '../../../src/igmp/settings.js';
import { Bench, query, report, v1Report, v2Leave, v2Report } from '../../igmp/bench.js';
import {
  ask,
  type NaiveGroup,
  NOTHING,
  naiveForwards,
  naiveRecord,
  naiveTime,
} from '../../igmp/membership/group-oracle.js';
import { ip } from '../../support/datagram.js';
import { type Handed, insistOnCounters, insistOnGroups, insistOnSent, insistOnViews } from '../igmp/laws.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

const GROUPS = ['239.1.1.1', '239.2.2.2', '232.1.1.1', '239.3.3.3'] as const;
const SOURCES = [1, 2, 3, 4, 5].map((each) => `203.0.113.${each}`);
const REPORTERS = ['192.0.2.10', '192.0.2.11', '192.0.2.12', '0.0.0.0'] as const;
const TYPES = ['is-in', 'is-ex', 'to-in', 'to-ex', 'allow', 'block'] as const satisfies readonly RecordType[];
const QUERIERS = ['192.0.2.5', '192.0.2.77', '0.0.0.0', '192.0.2.4'] as const;
const FAST_LEAVES = ['never', 'always', 'tracked', 'never'] as const;
/** In milliseconds: the edges of all timers, and what lies between. */
const WAITS = [
  0, 0, 1, 500, 999, 1000, 1500, 1999, 2000, 2001, 10_000, 50_000, 125_000, 170_000, 269_999, 270_000,
];

/**
 * The groups of one interface over a small world: the first octet says how it is set, then three octets an event.
 *
 * As long as nothing is set and said that the RFC's tables do not cover, an oracle that was written from them
 * follows. Whatever is said, the state must make sense after each event.
 */
export const groups: Target = {
  name: 'groups',
  run: (octets) => new Play(octets[0] ?? 0).perform(octets.subarray(1)),
  seeds: [
    [0, 3, 0, 0, 0, 1, 12, 2, 0, 9],
    [0, 4, 7, 13, 5, 2, 1, 1, 4, 13, 2, 0, 15],
    [0x15, 3, 0, 10, 5, 1, 0, 5, 14, 0, 3, 31, 9],
    [0x1a, 3, 0, 10, 0x23, 0, 0, 2, 0, 5, 0x22, 0, 9],
    [0, 6, 1, 0, 6, 2, 5, 7, 0, 9, 7, 0x15, 3],
    [0, 3, 0, 0, 7, 2, 12, 7, 0x23, 13, 2, 0, 8],
  ].map((seed) => Uint8Array.from(seed)),
  longest: 121,
  words: [
    [3, 0, 0],
    [2, 0, 9],
    [5, 1, 5],
    [4, 31, 13],
    [7, 0, 0],
    [6, 1, 0],
  ].map((word) => Uint8Array.from(word)),
};

class Play {
  readonly #bench: Bench;
  readonly #handed: Handed = { heeded: 0, unheeded: new Map() };
  readonly #naive = new Map<string, NaiveGroup>();
  #isFollowed: boolean;
  #inspected = 0;

  constructor(choice: number) {
    const settings: Partial<IgmpSettings> = {
      fastLeave: FAST_LEAVES[choice & 3]!,
      maxSources: (choice & 4) === 0 ? 512 : 3,
      maxGroups: (choice & 8) === 0 ? 512 : 2,
      version: (choice & 0x20) === 0 ? 3 : 2,
      robustness: (choice & 0x40) === 0 ? 2 : 1,
      staticGroups:
        (choice & 0x80) === 0 ? [] : [{ group: prefixOf(ip(GROUPS[1]), 32), source: ip(SOURCES[0]!) }],
    };
    this.#bench = new Bench(settings, '192.0.2.9');
    // What goes on before may have members of its own for tracking.
    if ((choice & 0x10) !== 0) this.#bench.until(20_000);
    this.#isFollowed = (choice & 0xef) === 0;
  }

  perform(octets: Uint8Array): void {
    for (let at = 0; at + 3 <= octets.length; at += 3) {
      this.#wait(octets[at + 2]!);
      this.#hear(octets[at]!, octets[at + 1]!);
      this.#look();
    }
    // In the end nobody answers, and all that was reported is forgotten.
    const isLong = this.#bench.igmp.querier.variables.queryInterval > 200_000;
    if (isLong) return;
    this.#bench.after(2_500_000);
    insist(this.#bench.igmp.memberships.groups.size === 0, 'in the end nothing is left');
  }

  #wait(code: number): void {
    this.#bench.after(code < 16 ? WAITS[code]! : (code < 128 ? 37 : 1931) * (code & 127));
    for (const [group, naive] of this.#naive) this.#naive.set(group, naiveTime(naive, this.#bench.now));
  }

  #hear(op: number, what: number): void {
    const group = GROUPS[(op >>> 3) & 3]!;
    const from = { source: REPORTERS[(op >>> 5) & 3]! };
    const sources = SOURCES.filter((_, bit) => (what & (1 << bit)) !== 0);
    const kind = op & 7;
    if (kind < 6) {
      this.#take(report([[TYPES[kind]!, group, sources]], from));
      this.#follow(group, (naive, now) =>
        group === '232.1.1.1' && (kind === 1 || kind === 3)
          ? naive
          : naiveRecord(naive, TYPES[kind]!, numbers(sources), now),
      );
      return;
    }
    if (kind === 6) {
      const older = [v1Report, v2Report, v2Leave, v2Report][what & 3]!;
      this.#isFollowed = false;
      return this.#take(older(group, from));
    }
    this.#ask(group, sources, what, QUERIERS[(op >>> 5) & 3]!);
  }

  #ask(group: string, sources: readonly string[], what: number, from: string): void {
    const isGeneral = (what & 0x40) !== 0;
    const isSuppressed = (what & 0x20) !== 0;
    if (isGeneral) {
      this.#isFollowed = false;
      const version = [3, 3, 2, 1][what & 3] as 1 | 2 | 3;
      return this.#take(
        query(from, {
          version,
          qrv: (what >>> 2) & 7,
          qqic: 20 + (what & 0x20) * 3,
          code: version === 1 ? 0 : 100,
        }),
      );
    }
    this.#take(query(from, { group, sources, s: isSuppressed, code: 10 }));
    if (!isSuppressed)
      this.#follow(group, (naive, now) => ask(naive, numbers(sources), sources.length === 0, now));
  }

  #follow(group: string, step: (naive: NaiveGroup, now: number) => NaiveGroup): void {
    this.#naive.set(group, step(this.#naive.get(group) ?? NOTHING, this.#bench.now));
  }

  #take(datagram: Uint8Array): void {
    const reason = this.#bench.receive(datagram);
    const { unheeded } = this.#handed;
    if (reason === undefined) this.#handed.heeded += 1;
    else unheeded.set(reason, (unheeded.get(reason) ?? 0) + 1);
  }

  #look(): void {
    const { igmp, now, sent } = this.#bench;
    insistOnGroups(igmp, now);
    insistOnViews(igmp, now);
    insistOnCounters(igmp.counters, this.#handed);
    for (; this.#inspected < sent.length; this.#inspected += 1)
      insistOnSent(sent[this.#inspected]!.datagram, ip('192.0.2.9'), 1500);
    const said = Object.values(igmp.counters.sent).reduce((total, each) => total + each, 0);
    insist(said === sent.length, 'what was sent was counted');
    if (this.#isFollowed) for (const [group, naive] of this.#naive) this.#compare(group, naive);
  }

  #compare(address: string, naive: NaiveGroup): void {
    const state = this.#bench.igmp.memberships.groups.get(ip(address));
    for (const each of [...SOURCES, '203.0.113.9']) {
      const isForwarded = this.#bench.forwards(each, address);
      insist(isForwarded === naiveForwards(naive, ip(each) & 255), `${each} to ${address} as the tables say`);
    }
    const isNothing = naive.mode === 'IN' && naive.x.size === 0;
    insist((state === undefined) === isNothing, `${address} is there as the tables say`);
    if (state === undefined) return;
    insist(
      (state.filterMode === 'exclude') === (naive.mode === 'EX'),
      `${address} has the mode of the tables`,
    );
    if (naive.mode === 'EX') insist(state.deadline === naive.groupTimer, `${address} has its timer`);
    insist(
      state.requested.size === naive.x.size && state.excluded.size === naive.y.size,
      'no source more or less',
    );
    for (const [each, until] of naive.x) {
      const timer = state.requested.deadline(ip('203.0.113.0') + each);
      insist(
        timer === until,
        `source ${each} of ${formatAddress(state.address)} until ${timer}, not ${until}`,
      );
    }
  }
}

const numbers = (sources: readonly string[]): ReadonlySet<number> =>
  new Set(sources.map((each) => ip(each) & 255));
