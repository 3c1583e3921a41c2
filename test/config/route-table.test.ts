import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatPrefix, prefixOf } from '../../src/address.js';
import { describeConfiguration } from '../../src/config/describe.js';
import { formatProblems } from '../../src/config/problem.js';
import { readConfiguration } from '../../src/config/read.js';
import { fastRoute } from '../../src/config/route-octets.js';
import { RouteTable } from '../../src/config/route-table.js';
import { OnLinks } from '../../src/lab/on-links.js';
import { plannedRouter } from '../../src/lab/plan.js';
import { isFault } from '../../src/text/fault.js';
import { parseRouteLine } from '../../src/text/route-line.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-routes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIGURATION = join(folder, 'lab.yaml');
const lab = (routes: string): string => `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [${routes}] } }
`;
const read = (table: string, more = '') => {
  writeFileSync(join(folder, 'table.txt'), table);
  return readConfiguration(lab(`{ file: table.txt }${more}`), CONFIGURATION);
};
const shortOf = (table: string, more = ''): readonly string[] =>
  read(table, more).problems.map(({ file, line, column, code }) => {
    const name = file === CONFIGURATION ? 'lab.yaml' : file.slice(folder.length + 1);
    return `${name}:${line}:${column} ${code}`;
  });

describe('a table of routes in a file', () => {
  const TABLE =
    '# all\n192.0.2.0/24 via 10.0.0.2\n\nblackhole 198.18.0.0/15\n192.0.2.0/24 via 10.0.0.2 metric 5';

  it('is in the plan of the router, beside the routes of the configuration', () => {
    const { configuration, problems } = read(TABLE, ', { to: default, via: 10.0.0.2 }');
    expect(problems).toEqual([]);
    const router = configuration!.routers.get('r1')!;
    const { routes: listed, tables } = plannedRouter(router, [], new OnLinks(configuration!)).plan;
    const rows = tables!.flatMap(({ table, ways }) =>
      Array.from({ length: table.size }, (_, at) => ({
        prefix: prefixOf(table.networkAt(at), table.lengthAt(at)),
        ...ways[table.wayAt(at)]!,
      })),
    );
    const routes = [...listed, ...rows];
    expect(
      routes.map(({ prefix, type, metric, nexthops }) => [formatPrefix(prefix), type, metric, nexthops]),
    ).toEqual([
      ['0.0.0.0/0', 'unicast', 0, [{ via: 0x0a000002, egress: 1, weight: 1 }]],
      ['192.0.2.0/24', 'unicast', 0, [{ via: 0x0a000002, egress: 1, weight: 1 }]],
      ['198.18.0.0/15', 'blackhole', 0, []],
      ['192.0.2.0/24', 'unicast', 5, [{ via: 0x0a000002, egress: 1, weight: 1 }]],
    ]);
  });

  it('is shown as a reference, which is read again as the same', () => {
    read(TABLE);
    // The state of a file that was written just now is not known, for it may change again without a trace.
    utimesSync(join(folder, 'table.txt'), 1_000_000, 1_000_000);
    const { configuration } = readConfiguration(lab('{ file: table.txt }'), CONFIGURATION);
    const described = describeConfiguration(configuration!);
    expect(described).toMatchObject({ routers: { r1: { routes: [{ file: 'table.txt' }] } } });
    expect(JSON.stringify(described)).not.toContain('192.0.2.0');
    expect(readConfiguration(JSON.stringify(described), CONFIGURATION).configuration).toEqual(configuration);
  });

  it.each<[string, string, readonly string[], string?]>([
    ['a line that is no route', '192.0.2.0/24 via 10.0.0.2\n  192.0.2.1/24 via 10.0.0.2\nx\n', ['table.txt:2:3 E-HOSTBITS', 'table.txt:3:1 E-ADDRESS']],
    ['a route twice', '192.0.2.0/24 via 10.0.0.2\nblackhole 192.0.2.0/24\n', ['table.txt:2:1 E-DUPLICATE']],
    ['a route that the configuration has', 'default via 10.0.0.2\n', ['table.txt:1:1 E-DUPLICATE'], ', { to: default, via: 10.0.0.2 }'],
    ['a route to a connected network', '# x\nblackhole 10.0.0.0/24\n', ['table.txt:2:11 E-DUPLICATE']],
    ['the router itself as next hop', '192.0.2.0/24 via 10.0.0.1\n192.0.3.0/24 via 10.0.0.1\n', ['table.txt:1:18 E-NEXTHOP']],
    ['a next hop on no network', '192.0.2.0/24 via 10.9.0.1\n', ['table.txt:1:18 E-NEXTHOP']],
    ['a next hop that nobody owns', '192.0.2.0/24 via 10.0.0.77\n', ['table.txt:1:18 W-UNUSED']],
    ['the same file twice', '192.0.2.0/24 via 10.0.0.2\n', ['table.txt:1:1 E-DUPLICATE'], ', { file: table.txt }'],
    ['a file that is not there', '', ['lab.yaml:4:98 E-REF'], ', { file: none.txt }'],
    ['a folder', '', ['lab.yaml:4:98 E-REF'], ', { file: . }'],
    ['another key beside the file', '', ['lab.yaml:4:98 E-KEY'], ', { to: default, file: table.txt }'],
    ['more routes to one prefix than are looked through', Array.from({ length: 257 }, (_, at) => `20.0.0.0/8 via 10.0.0.2 metric ${at}`).join('\n'), ['table.txt:257:1 E-RANGE']],
    ['a line that never ends', 'x'.repeat(3_000_000), ['table.txt:1:1 E-TYPE']],
  ])('is refused for %s', (_, table, expected, more) => {
    const found = shortOf(table, more);
    expect(found.map((each) => each.replace(/(lab.yaml:4:)\d+/, '$198'))).toEqual(expected);
  }); // biome-ignore format: a table

  it('shows the line that is wrong', () => {
    const text = lab('{ file: table.txt }');
    const [shown] = formatProblems(read('192.0.2.0/24 via 10.0.0.2\n 10.1/8 via\n'), text, false);
    expect(shown).toContain(`${join(folder, 'table.txt')}:2:2: error[E-ADDRESS]`);
    expect(shown).toContain('\n2 |  10.1/8 via\n     ^\n');
  });

  it('is read in pieces, whatever is cut where', () => {
    const lines = Array.from(
      { length: 90_000 },
      (_, at) => `20.${(at >> 8) & 255}.${at & 255}.${(at >> 16) * 64}/26 via 10.0.0.2`,
    );
    const { configuration, problems } = read(lines.join('\n'));
    expect(problems).toEqual([]);
    const [{ table } = { table: undefined }] = configuration!.routers.get('r1')!.tables;
    expect([...table!].map(({ to }) => `${formatPrefix(to)} via 10.0.0.2`)).toEqual(lines);
  });
});

describe('what is read straight from octets', () => {
  const octet = fc.nat(260).map(String);
  const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
  const zero = fc.tuple(octet, octet).map(([a, b]) => `${a}.${b}.0.0`);
  const line = fc
    .tuple(fc.oneof(address, zero), fc.constantFrom(0, 16, 24, 31, 32, 33), fc.constantFrom(' via ', ' via ', ' via ', '  via ', ' vja ', ' via'), address, fc.constantFrom('', '', '', ' ', '#', ' metric 5', '0', '\r'))
    .map(([network, length, via, next, rest]) => `${network}/${length}${via}${next}${rest}`); // biome-ignore format: a tuple

  it('is what the line means, or nothing', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.oneof(line, fc.string()), (text) => {
        const octets = Buffer.from(`x${text}\n1.2.3.4`);
        const fast = fastRoute(octets, 1, octets.length - 8);
        if (fast !== undefined) expect(fast).toEqual(parseRouteLine(text));
        if (fast !== undefined) count += 1;
      }),
      { numRuns: 20_000 },
    );
    expect(count).toBeGreaterThan(100);
  });

  it('is every ordinary line', () => {
    const text = '192.0.2.0/24 via 198.51.100.1';
    const route = fastRoute(Buffer.from(text), 0, text.length);
    expect(route).toBeDefined();
    expect(isFault(route)).toBe(false);
  });
});

it('finds each route by prefix and metric, and takes none twice', () => {
  const route = fc.record({ network: fc.nat(40), length: fc.constantFrom(24, 32), metric: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(route, { maxLength: 6000, size: 'max' }), (routes) => {
      const table = new RouteTable('x', 'x');
      const lines = new Map<string, number>();
      for (const [at, { network, length, metric }] of routes.entries()) {
        const to = prefixOf(network << 20, length);
        const key = `${formatPrefix(to)} ${metric}`;
        expect(table.add(to, { type: 'unicast', via: 1 + (at % 3), metric }, at)).toBe(!lines.has(key));
        if (!lines.has(key)) lines.set(key, at);
        expect(table.find(to, metric)?.line).toBe(lines.get(key));
        expect(table.find(to, 9)).toBeUndefined();
      }
      expect(table.size).toBe(lines.size);
      for (const { way, line } of table.firstOfWays)
        expect([...table].find((each) => each.way === way)?.line).toBe(line);
    }),
    { numRuns: 30 },
  );
});

describe('more routes to one prefix than a router looks through', () => {
  const ways = (from: number, count: number, to = '192.0.2.0/24'): string =>
    Array.from({ length: count }, (_, at) => `${to} via 10.0.0.2 metric ${from + at}\n`).join('');
  const listed = (from: number, count: number): string =>
    Array.from(
      { length: count },
      (_, at) => `, { to: 192.0.2.0/24, via: 10.0.0.2, metric: ${from + at} }`,
    ).join('');
  const found = (table: string, more: string) =>
    read(table, more).problems.map(({ code, line, message }) => [code, line, message]);

  it.each([
    ['in one file', ways(0, 256), '', 0],
    ['in one file and the configuration', ways(0, 156), listed(200, 100), 0],
    ['in two files', ways(0, 200), ', { file: other.txt }', 56],
  ])('are none with 256: %s', (_, table, more, others) => {
    writeFileSync(join(folder, 'other.txt'), ways(1000, others));
    expect(found(table, more)).toEqual([]);
  });

  it('are an error where the first is that is too many', () => {
    const table = `198.18.0.0/15 via 10.0.0.2\n${ways(0, 257)}`;
    expect(found(table, '')).toEqual([['E-RANGE', 258, 'r1 has more than 256 routes to 192.0.2.0/24']]);
    expect(found(ways(0, 300, '10.9.0.0/16'), '')).toMatchObject([['E-RANGE', 257, expect.anything()]]);
  });

  it('are an error in several files together, whatever order the routes stand in', () => {
    const others = Array.from({ length: 100 }, (_, at) => `20.0.${at}.0/24 via 10.0.0.2 metric ${at}\n`);
    writeFileSync(join(folder, 'other.txt'), others.join('') + ways(1000, 57));
    expect(found(ways(0, 200), ', { file: other.txt }')).toEqual([
      ['E-RANGE', 157, 'r1 has more than 256 routes to 192.0.2.0/24 in its files of routes together'],
    ]);
  });

  it('are an error in a file and the configuration together', () => {
    expect(found(ways(0, 200), listed(1000, 57))).toEqual([
      ['E-RANGE', 4, 'r1 has more than 256 routes to 192.0.2.0/24 with those of its files of routes'],
    ]);
    expect(found('', listed(0, 257))).toEqual([
      ['E-RANGE', 4, 'r1 has more than 256 routes to 192.0.2.0/24'],
    ]);
  });
});

it('makes room for more routes a piece at a time, and knows all that it has meanwhile', () => {
  const table = new RouteTable('t.txt', '/t.txt');
  const networks = Array.from({ length: 20_000 }, (_, at) => (0x14000000 + (at << 8)) >>> 0);
  const way = { type: 'blackhole', via: undefined, metric: 0 } as const;
  for (const network of networks) expect(table.add({ network, length: 24 }, way, 1)).toBe(true);
  const areAllThere = (): boolean => networks.every((network) => table.wayTo(network, 24, 0) === 0);
  let pieces = 0;
  for (const room = table.makeRoom(100_000); room.next().done !== true; pieces += 1)
    expect(areAllThere()).toBe(true);
  expect(pieces).toBeGreaterThanOrEqual(4);
  expect(areAllThere()).toBe(true);
  expect(table.add({ network: networks[7]!, length: 24 }, way, 1)).toBe(false);
  expect(table.size).toBe(20_000);
});
