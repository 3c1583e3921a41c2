import { describe, expect, it } from 'vitest';
import type { Configuration, RouterConfiguration } from '../../src/config/configuration.js';
import { configurationDifference, summaryDifference, summaryOf } from '../../src/config/difference.js';
import { RouteTable } from '../../src/config/route-table.js';
import { configured } from '../support/configured.js';

const LAB = `
links: { red: { mtu: 1500 }, blue: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 10.0.0.0/8, via: 198.51.100.10 }]
`;

const differencesOf = (...both: Parameters<typeof configurationDifference>): string[] =>
  [...configurationDifference(...both)].filter((each) => each !== undefined);

const changed = (...edits: readonly (readonly [string, string])[]): readonly string[] =>
  differencesOf(configured(LAB), configured(edits.reduce((text, [from, to]) => text.replace(from, to), LAB)));

it('says what is different in the words of the file', () => {
  expect(changed()).toEqual([]);
  expect(changed(['mtu: 1500', 'mtu: 1400'])).toEqual(['links.red.mtu: 1400 (was 1500)']);
  expect(changed(['    routes', '    icmp: { echo-reply: false }\n    routes'])).toEqual([
    'routers.r1.icmp.echo-reply: false (was true)',
  ]);
  expect(
    changed(['blue: { address: 203.0.113.1/24 }', 'blue: { address: 203.0.113.1/24, igmp: {} }']),
  ).toEqual(['routers.r1.interfaces.blue.igmp: added']);
  expect(changed([', blue: { address: 203.0.113.1/24 }', ''])).toEqual([
    'links.blue.gateway: removed',
    'routers.r1.interfaces.blue: removed',
  ]);
  expect(changed(['{ to: 10.0.0.0/8, via: 198.51.100.10 }', '{ to: 10.0.0.0/9, type: blackhole }'])).toEqual([
    'routers.r1.routes: without { to: 10.0.0.0/8, via: 198.51.100.10, metric: 0 }',
    'routers.r1.routes: with { to: 10.0.0.0/9, type: blackhole, metric: 0 }',
  ]);
});

it('tells of tables of routes that were read again', () => {
  const withTable = (table: RouteTable): Configuration => {
    const before = configured(LAB);
    const routers = [...before.routers].map(([name, router]): [string, RouterConfiguration] => [
      name,
      { ...router, tables: [{ table, links: [] }] },
    ]);
    return { ...before, routers: new Map(routers) };
  };
  const [table, other] = [new RouteTable('t.txt', '/t.txt'), new RouteTable('t.txt', '/t.txt')];
  other.add({ network: 0x14000000, length: 8 }, { type: 'blackhole', via: undefined, metric: 0 }, 1);
  expect(differencesOf(withTable(table), withTable(table))).toEqual([]);
  expect(differencesOf(withTable(table), withTable(other))).toEqual([
    'routers.r1.routes: t.txt was read again, 1 routes (was 0)',
  ]);
});

it('says the same of a configuration that is known by its summary, also after a way as JSON', () => {
  const [before, after] = [configured(LAB), configured(LAB.replace('mtu: 1500', 'mtu: 1500, delay: 5ms'))];
  const sent = JSON.parse(JSON.stringify(summaryOf(before)));
  expect(summaryDifference(sent, summaryOf(before))).toEqual([]);
  expect(summaryDifference(sent, summaryOf(after))).toEqual(['links.red.delay: 5ms']);
  const of = (state: string | null, size: number) => ({
    described: {},
    tables: [{ router: 'r1', file: 't.txt', state, size }],
  });
  expect(summaryDifference(of('a', 1), of('a', 1))).toEqual([]);
  expect(summaryDifference(of('a', 1), of(null, 1))).toEqual([]);
  for (const other of [of('b', 1), of(null, 1)])
    expect(summaryDifference(of('a', 2), other)).toEqual([
      'routers.r1.routes: t.txt was read again, 1 routes (was 2)',
    ]);
});

it('leaves the hosts to the plan of the host side', () => {
  expect(
    changed(['198.51.100.10/24', '198.51.100.11/24'], ['via: 198.51.100.10', 'via: 198.51.100.10']),
  ).toEqual([]);
});

describe('one value that differs', () => {
  const of = (described: object) => ({ described, tables: [] });
  const between = (was: unknown, is: unknown): readonly string[] =>
    summaryDifference(of({ k: was }), of({ k: is }));

  it.each([
    [1, 2, 'k: 2 (was 1)'],
    [undefined, 2, 'k: 2'],
    [undefined, { a: 1 }, 'k: added'],
    [undefined, [], 'k: []'],
    [undefined, [1, { a: 2 }], 'k: [1, { a: 2 }]'],
    [1, undefined, 'k: removed'],
    [{ a: 1 }, undefined, 'k: removed'],
    [1, [1, 2], 'k: [1, 2] (was 1)'],
    [[1, 2], 1, 'k: 1 (was [1, 2])'],
    [1, {}, 'k: {} (was 1)'],
    [{ a: undefined }, 'x', 'k: x (was {})'],
    [{ a: 1, b: [2], c: { d: undefined } }, 'x', 'k: x (was { a: 1, b: [2], c: {} })'],
    [null, 1, 'k: 1 (was null)'],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, 'k.b: 3 (was 2)'],
  ])('%j, now %j', (was, is, line) => {
    expect(between(was, is)).toEqual([line]);
  });

  it('of lists, what is missing comes before what is new', () => {
    expect(between([1, { a: 1 }, 3], [3, 1, { a: 2 }])).toEqual(['k: without { a: 1 }', 'k: with { a: 2 }']);
  });
});

it('compares a file of routes only with the one of the same router and name', () => {
  const of = (
    ...tables: readonly (readonly [router: string, file: string, size: number, state?: string])[]
  ) => ({
    described: {},
    tables: tables.map(([router, file, size, state = null]) => ({ router, file, size, state })),
  });
  expect(summaryDifference(of(['r1', 'a', 1]), of(['r2', 'a', 2], ['r1', 'b', 3]))).toEqual([]);
  expect(summaryDifference(of(['r2', 'a', 5], ['r1', 'a', 1]), of(['r1', 'a', 2]))).toEqual([
    'routers.r1.routes: a was read again, 2 routes (was 1)',
  ]);
  expect(summaryDifference(of(['r1', 'a', 1, 'x']), of(['r1', 'a', 2]))).toHaveLength(1);
  expect(summaryDifference(of(['r1', 'a', 1]), of(['r1', 'a', 1, 'x']))).toEqual([]);
  expect(summaryDifference(of(['r1', 'a', 1, 'x']), of(['r1', 'a', 9, 'x']))).toEqual([]);
});

it('tells all that differs, and stops before each link and router that is not the same object, and before the rest', () => {
  const before = configured(LAB);
  const links = new Map([...before.links].map(([name, link]) => [name, { ...link, mtu: 1400 }]));
  const after = { ...before, links, poll: 'busy' as const };
  expect([...configurationDifference(before, after)]).toEqual([
    undefined,
    'links.red.mtu: 1400 (was 1500)',
    undefined,
    'links.blue.mtu: 1400 (was 1500)',
    undefined,
    'poll: busy (was adaptive)',
  ]);
  expect([...configurationDifference(before, before)]).toEqual([undefined]);
  const without = { ...before, routers: new Map() };
  expect(differencesOf(before, without)).toEqual(['routers.r1: removed']);
  expect(differencesOf(without, before)).toEqual(['routers.r1: added']);
});

it('looks at 128 items of a list at a time, and not at all at a list that is the same object', () => {
  const before = configured(LAB);
  const router = before.routers.get('r1')!;
  const withRouter = (changes: Partial<RouterConfiguration>): Configuration => ({
    ...before,
    routers: new Map([['r1', { ...router, ...changes }]]),
  });
  const many = (count: number) =>
    Array.from({ length: count }, (_, metric) => ({ ...router.routes[0]!, metric }));
  const pauses = (...both: Parameters<typeof configurationDifference>): number =>
    [...configurationDifference(...both)].filter((each) => each === undefined).length;
  const added = (count: number): number =>
    pauses(withRouter({ routes: [] }), withRouter({ routes: many(count) }));
  // Before the router and the rest; then where they are compared, described, compared again and told.
  expect([1, 127, 128, 255, 256].map(added)).toEqual([2, 2, 2 + 4, 2 + 4, 2 + 8]);
  const routes = many(256);
  expect(pauses(withRouter({ routes }), withRouter({ routes, filters: [] }))).toBe(2);
});

it('looks at 128 groups of an interface at a time, and says those that are new and those that are not there any more', () => {
  const withGroups = (igmp: string): Configuration =>
    configured(
      `links: { a: {}, b: {} }\nrouters: { r1: { interfaces: { a: { address: 10.1.0.1/24, ${igmp} }, b: { address: 10.2.0.1/24 } } } }`,
    );
  const joined = (count: number): string =>
    `igmp: { join-groups: [${Array.from({ length: count }, (_, at) => `{ group: 239.1.${at >> 8}.${at & 255} }`).join(', ')}] }`;
  const [none, some, other] = [
    joined(1),
    joined(256),
    'igmp: { static-groups: [{ group: 239.9.0.0/24, source: 10.2.0.9 }] }',
  ].map(withGroups);
  const lines = differencesOf(none!, some!);
  expect(lines).toHaveLength(255);
  expect(lines[0]).toBe('routers.r1.interfaces.a.igmp.join-groups: with { group: 239.1.0.1 }');
  expect(lines.at(-1)).toBe('routers.r1.interfaces.a.igmp.join-groups: with { group: 239.1.0.255 }');
  // Before both links, the router and the rest; then 256 are compared, and 255 described, compared again and told.
  expect([...configurationDifference(none!, some!)].filter((each) => each === undefined)).toHaveLength(4 + 5);
  expect(differencesOf(some!, other!)).toHaveLength(257);
  expect(differencesOf(none!, other!)).toEqual([
    'routers.r1.interfaces.a.igmp.static-groups: with { group: 239.9.0.0/24, source: 10.2.0.9 }',
    'routers.r1.interfaces.a.igmp.join-groups: without { group: 239.1.0.0 }',
  ]);
  expect(
    differencesOf(withGroups('igmp: {}'), withGroups('igmp: { static-groups: [], join-groups: [] }')),
  ).toEqual([]);
});
