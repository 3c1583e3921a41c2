import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, prefixOf } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import { type Filter, FilterEntry, type Filtered } from '../../src/ip/filter.js';
import { DEPENDS } from '../../src/ip/filter-block.js';
import { FilterTable, type Whither } from '../../src/ip/filter-table.js';
import * as ipv4 from '../../src/ip/header.js';
import { randomBelow, seededRandom } from '../../src/random.js';
import { START } from '../../src/time.js';
import { type DatagramFields, datagram, ip, pattern } from '../support/datagram.js';
import { type FilterFields, filter } from '../support/filter.js';
import { testInterface } from '../support/router.js';

const INTERFACES = ['red', 'blue', 'green'].map((name, at) =>
  testInterface(name, [], { index: at + 1 }),
) as unknown as readonly [Interface, Interface, Interface];
const [RED, BLUE] = INTERFACES;

const entryOf = (each: Filter): FilterEntry => new FilterEntry(each, START);
const nothing = (): Filtered => ({ decisions: [], isByChance: false });

/** The name of what decides; a filter that matches by chance does not here. */
const decider = (
  filters: readonly Filter[],
  octets: Uint8Array,
  ingress: Interface = RED,
  whither: Whither = 'nowhere',
): string | undefined => {
  const found = new FilterTable(filters.map(entryOf)).find(octets, ingress, whither, 1, nothing());
  return found === DEPENDS ? DEPENDS : found?.filter.name;
};

/** What the contract says, field by field, without looking at how the table does it. */
const isMatch = (
  { in: incoming, out, match }: Filter,
  octets: Uint8Array,
  ingress: Interface,
  whither: Whither,
): boolean => {
  const protocol = octets[9]!;
  const isFirst = (((octets[6]! & 0x1f) << 8) | octets[7]!) === 0;
  const at = (octets[0]! & 15) * 4;
  const ports =
    (protocol === 6 || protocol === 17) && isFirst && octets.length >= at + 4
      ? [octets[at]! * 256 + octets[at + 1]!, octets[at + 2]! * 256 + octets[at + 3]!]
      : [];
  return (
    (incoming === undefined || incoming === ingress) &&
    (out === undefined || out === whither) &&
    (match.protocol === undefined || match.protocol === protocol) &&
    (match.source === undefined || contains(match.source, ipv4.source(octets))) &&
    (match.destination === undefined || contains(match.destination, ipv4.destination(octets))) &&
    (match.sourcePort === undefined || match.sourcePort === ports[0]) &&
    (match.destinationPort === undefined || match.destinationPort === ports[1]) &&
    (match.sizeOver === undefined || octets.length > match.sizeOver) &&
    (match.df === undefined || match.df === ((octets[6]! & 0x40) !== 0))
  );
};

/** Few values, so that much matches, with those at the edges among them. */
const addresses = fc.constantFrom(
  ...['0.0.0.0', '10.0.0.0', '10.0.0.1', '10.0.0.255', '10.0.1.0', '127.255.255.255', '128.0.0.0'],
  ...['192.0.2.0', '192.0.2.130', '239.1.2.3', '255.255.255.255'],
);
const prefixes = fc
  .tuple(addresses, fc.constantFrom(0, 1, 8, 22, 24, 25, 31, 32))
  .map(([address, length]) => prefixOf(ip(address), length));
const ports = fc.constantFrom(0, 1, 23, 53, 5000, 65_535);
const protocols = fc.constantFrom(0, 1, 6, 17, 47, 255);
const sizes = fc.constantFrom(19, 20, 24, 28, 40, 65_535, 100_000);
const maybe = <T>(value: fc.Arbitrary<T>, often = 2): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: often });

const filters = fc
  .record({
    in: maybe(fc.constantFrom(...INTERFACES)),
    out: maybe(fc.constantFrom(...INTERFACES)),
    match: fc.record({
      protocol: maybe(protocols),
      source: maybe(prefixes),
      destination: maybe(prefixes),
      sourcePort: maybe(ports, 1),
      destinationPort: maybe(ports, 1),
      sizeOver: maybe(sizes, 1),
      df: maybe(fc.boolean(), 1),
    }),
  })
  .map(filter);

const datagrams = fc
  .record({
    source: addresses,
    destination: addresses,
    protocol: protocols,
    flags: fc.constantFrom(0, ipv4.FLAG_DONT_FRAGMENT, ipv4.FLAG_MORE_FRAGMENTS),
    offset: fc.constantFrom(0, 0, 0, 8),
    options: fc.constantFrom([], [1, 1, 1, 1]),
    ports: fc.tuple(ports, ports),
    length: fc.constantFrom(0, 3, 4, 8, 20),
  })
  .map(({ ports: [from, to], length, ...fields }) => {
    const payload = pattern(length);
    payload.set([from >>> 8, from & 255, to >>> 8, to & 255].slice(0, length));
    return datagram({ ...fields, payload });
  });

describe('a table of filters', () => {
  it('decides as a look at one filter after the other does', () => {
    const wheres = fc.constantFrom<Whither>(...INTERFACES, 'nowhere', 'unknown');
    let matched = 0;
    const all = fc.tuple(
      fc.array(filters, { maxLength: 80, size: 'max' }),
      fc.array(fc.tuple(datagrams, fc.constantFrom(...INTERFACES), wheres), { minLength: 40, maxLength: 40 }),
    );
    fc.assert(
      fc.property(all, ([list, cases]) => {
        const table = new FilterTable(list.map(entryOf));
        const [told, wanted]: [unknown[], unknown[]] = [[], []];
        for (const [octets, ingress, whither] of cases) {
          const found = table.find(octets, ingress, whither, 1, nothing());
          // With an unknown egress, a filter that names one decides only that it depends.
          const first = list.find((each) =>
            isMatch(each, octets, ingress, whither === 'unknown' ? (each.out ?? 'nowhere') : whither),
          );
          const expected = whither === 'unknown' && first?.out !== undefined ? DEPENDS : first;
          told.push(found === DEPENDS ? found : found?.filter.name);
          wanted.push(expected === DEPENDS ? expected : expected?.name);
          if (found !== undefined) matched += 1;
        }
        expect(told).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
    expect(matched).toBeGreaterThan(600);
  }, 60_000);

  it('does so with more filters than there are bits in a row', () => {
    const list = fc.sample(filters, { numRuns: 3000, seed: 5 });
    // Only those that are told apart late: the first two thousand accept nothing that is sent.
    const rare = list.map((each, at) =>
      at < 2100 ? { ...each, match: { ...each.match, sizeOver: 60_000 } } : each,
    );
    const table = new FilterTable(rare.map(entryOf));
    const found = fc.sample(datagrams, { numRuns: 300, seed: 6 }).map((octets) => {
      const decided = table.find(octets, RED, BLUE, 1, nothing());
      const first = rare.find((each) => isMatch(each, octets, RED, BLUE));
      expect(decided === DEPENDS ? decided : decided?.filter).toBe(first);
      return first === undefined ? -1 : rare.indexOf(first);
    });
    expect(Math.max(...found)).toBeGreaterThan(2100);
  });

  it.each<[string, FilterFields, DatagramFields, DatagramFields]>([
    ['the protocol', { match: { protocol: 17 } }, { protocol: 17 }, { protocol: 6 }],
    [
      'the source',
      { match: { source: prefixOf(ip('192.0.2.0'), 28) } },
      { source: '192.0.2.15' },
      { source: '192.0.2.16' },
    ],
    [
      'the destination',
      { match: { destination: prefixOf(ip('198.51.100.9'), 32) } },
      { destination: '198.51.100.9' },
      { destination: '198.51.100.8' },
    ],
    [
      'the source port',
      { match: { sourcePort: 1000 } },
      { protocol: 6 },
      { payload: [3, 233, 7, 208, 0, 8, 0, 0] },
    ],
    ['the source port, of TCP and UDP only', { match: { sourcePort: 1000 } }, {}, { protocol: 1 }],
    ['the destination port', { match: { destinationPort: 2000 } }, {}, { protocol: 1 }],
    [
      'the port of the first fragment only',
      { match: { destinationPort: 2000 } },
      { flags: ipv4.FLAG_MORE_FRAGMENTS },
      { offset: 8 },
    ],
    [
      'ports that are there as a whole',
      { match: { sourcePort: 1 } },
      { payload: [0, 1, 0, 2] },
      { payload: [0, 1, 0] },
    ],
    [
      'ports behind options',
      { match: { destinationPort: 2 } },
      { options: [1, 1, 1, 0], payload: [0, 1, 0, 2] },
      { options: [1, 1, 1, 0], payload: [0, 2, 0, 1] },
    ],
    ['the size', { match: { sizeOver: 28 } }, { payload: pattern(9) }, { payload: pattern(8) }],
    ['DF', { match: { df: true } }, { flags: ipv4.FLAG_DONT_FRAGMENT }, {}],
    ['no DF', { match: { df: false } }, {}, { flags: ipv4.FLAG_DONT_FRAGMENT }],
    ['nothing', {}, {}, undefined as never],
  ])('matches %s', (_, fields, match, other) => {
    const list = [filter({ ...fields, name: 'it' })];
    expect(decider(list, datagram(match))).toBe('it');
    if (other !== undefined) expect(decider(list, datagram(other))).toBeUndefined();
  });

  it('matches where a datagram comes in, and where it leaves', () => {
    const [incoming, outgoing] = [filter({ in: RED, name: 'in' }), filter({ out: BLUE, name: 'out' })];
    expect(decider([incoming], datagram(), RED, 'unknown')).toBe('in');
    expect(decider([incoming], datagram(), BLUE, 'unknown')).toBeUndefined();
    expect(decider([outgoing], datagram(), RED, 'unknown')).toBe(DEPENDS);
    expect(decider([outgoing], datagram(), RED, BLUE)).toBe('out');
    expect(decider([outgoing], datagram(), BLUE, RED)).toBeUndefined();
    expect(decider([outgoing, incoming], datagram(), RED, 'nowhere')).toBe('in');
    expect(decider([incoming, outgoing], datagram(), RED, 'unknown')).toBe('in');
  });

  it('finds nothing where each filter is for one field of a datagram, and none for all', () => {
    const nobody = filter({ match: { protocol: 99 } });
    const halves = [
      filter({ match: { protocol: 17, df: true } }),
      filter({ match: { protocol: 6, df: false } }),
    ];
    expect(decider([...Array(40).fill(nobody), ...halves], datagram())).toBeUndefined();
  });

  it('asks no filter that was taken out', () => {
    const entries = Array.from({ length: 2100 }, () => entryOf(filter()));
    const table = new FilterTable(entries);
    for (const [at, entry] of entries.entries()) {
      expect(table.find(datagram(), RED, 'nowhere', 1, nothing())).toBe(entries[at]);
      table.takeOut(entry);
    }
    expect(table.find(datagram(), RED, 'nowhere', 1, nothing())).toBeUndefined();
  });

  it('tells of those that chance has spared, and decides the same again by the same draw', () => {
    const entries = Array.from({ length: 20 }, () => entryOf(filter({ probability: 0.3 })));
    const table = new FilterTable(entries);
    for (const draw of [1, 77, 0xffffffff]) {
      const missed: unknown[] = [];
      const filtered = nothing();
      const found = table.find(datagram(), RED, 'nowhere', draw, filtered, (entry) => missed.push(entry));
      expect(filtered.isByChance).toBe(true);
      expect(table.find(datagram(), RED, 'nowhere', draw, nothing())).toBe(found);
      const at = found === undefined || found === DEPENDS ? entries.length : entries.indexOf(found);
      expect(missed).toEqual(entries.slice(0, at));
    }
  });

  it('gives chance its share, and filters that have the same chances of their own', () => {
    const entries = Array.from({ length: 1027 }, (_, at) =>
      entryOf(filter({ probability: at < 2 || at >= 1025 ? 0.25 : 0 })),
    );
    const [draws, counts] = [2000, new Map<unknown, number>()];
    const table = new FilterTable(entries);
    for (let draw = 0; draw < draws; draw += 1) {
      const found = table.find(datagram(), RED, 'nowhere', draw * 0x10001, nothing());
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    for (const [at, place] of [0, 1, 1025, 1026].entries()) {
      const expected = draws * 0.25 * 0.75 ** at;
      expect(Math.abs(counts.get(entries[place])! - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
    expect(counts.size).toBe(5);
  });

  it('has no chance of nothing come true, whatever is drawn', () => {
    const table = new FilterTable([entryOf(filter({ probability: 0 }))]);
    for (const draw of [0, 1, 0xffffffff])
      expect(table.find(datagram(), RED, 'nowhere', draw, nothing())).toBeUndefined();
  });

  it('leaves nothing to chance that is sure', () => {
    const filtered = nothing();
    const table = new FilterTable([entryOf(filter({ match: { protocol: 6 } })), entryOf(filter())]);
    table.find(datagram(), RED, 'nowhere', 1, filtered);
    expect(filtered.isByChance).toBe(false);
  });

  it('counts what copies of the same datagram have used of a limit', () => {
    const [limited, other] = [entryOf(filter({ limit: 3 })), entryOf(filter())];
    const table = new FilterTable([limited, other]);
    limited.decided = 1;
    const find = (...entries: readonly FilterEntry[]) =>
      table.find(datagram(), RED, BLUE, 1, {
        decisions: entries.map((entry) => ({ entry, where: BLUE })),
        isByChance: false,
      });
    expect(find()).toBe(limited);
    expect(find(limited, other)).toBe(limited);
    expect(find(limited, other, limited)).toBe(other);
    limited.decided = 2;
    expect(find(limited)).toBe(other);
  });
});

describe('a table of many filters after another one', () => {
  /** Filters that tell how often they are looked at. */
  const counted = () => {
    const looks = { count: 0 };
    const entries = Array.from({ length: 3000 }, (_, at) => {
      const { match, ...rest } = filter({ match: { source: prefixOf((10 << 24) + (at << 8), 24) } });
      return entryOf({
        ...rest,
        get match() {
          looks.count += 1;
          return match;
        },
      });
    });
    return { looks, entries };
  };

  it('compiles nothing where one goes in the middle, and a block at most where one comes', () => {
    const { looks, entries } = counted();
    let table = new FilterTable(entries);
    const inAll = looks.count;
    for (const at of [1500, 0, 2997]) {
      const [gone] = entries.splice(at, 1);
      looks.count = 0;
      table = new FilterTable(entries, table.blocks);
      expect(looks.count).toBe(0);
      const source = gone!.filter.match.source!.network + 1;
      expect(table.find(datagram({ source }), RED, 'nowhere', 1, nothing())).toBeUndefined();
    }
    entries.splice(1200, 0, entryOf(filter({ match: { source: prefixOf(99 << 24, 8) } })));
    looks.count = 0;
    table = new FilterTable(entries, table.blocks);
    expect(looks.count).toBeLessThan(inAll / 2);
    expect(table.find(datagram({ source: ip('99.0.0.1') }), RED, 'nowhere', 1, nothing())).toBe(
      entries[1200],
    );
  });

  it('decides as if it were the first, whatever comes and goes, in few blocks', () => {
    const pool = fc.sample(filters, { numRuns: 5000, seed: 7 }).map((each, at) => {
      // Most of them accept nothing that is sent, so that the late ones decide, too.
      return entryOf(at % 50 === 0 ? each : { ...each, match: { ...each.match, sizeOver: 60_000 } });
    });
    const sent = fc.sample(datagrams, { numRuns: 100, seed: 8 });
    const random = seededRandom(9);
    let entries: FilterEntry[] = [];
    let table = new FilterTable(entries);
    for (let step = 0; step < 60; step += 1) {
      const at = randomBelow(random, entries.length + 1);
      const many = [1, 3, 40, 700][step % 4]!;
      if (random() < 0.6) entries.splice(at, 0, ...pool.splice(0, Math.min(many, pool.length)));
      else entries.splice(at, many);
      entries = [...entries];
      table = new FilterTable(entries, table.blocks);
      const first = new FilterTable(entries);
      for (const octets of sent)
        expect(table.find(octets, RED, BLUE, 1, nothing())).toBe(first.find(octets, RED, BLUE, 1, nothing()));
      expect(table.blocks.length).toBeLessThanOrEqual(2 + entries.length / 256);
    }
  });

  it('does not compile again what the other one has, and decides as if it had', () => {
    let looks = 0;
    const entries = Array.from({ length: 2500 }, (_, at) => {
      const { match, ...rest } = filter({ match: { source: prefixOf((10 << 24) + (at << 8), 24) } });
      return entryOf({
        ...rest,
        get match() {
          looks += 1;
          return match;
        },
      });
    });
    const before = new FilterTable(entries);
    const inAll = looks;
    looks = 0;
    const more = [...entries, entryOf(filter({ match: { source: prefixOf(99 << 24, 8) } }))];
    const after = new FilterTable(more, before.blocks);
    expect(looks).toBeLessThan(inAll / 4);
    const found = (source: string) =>
      after.find(datagram({ source: ip(source) }), RED, 'nowhere', 1, nothing());
    expect(found('10.0.3.1')).toBe(more[3]);
    expect(found('99.0.0.1')).toBe(more[2500]);
    expect(
      new FilterTable(entries.slice(1), before.blocks).find(
        datagram({ source: ip('10.0.0.1') }),
        RED,
        'nowhere',
        1,
        nothing(),
      ),
    ).toBe(undefined);
  });
});
