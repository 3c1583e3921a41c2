import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { checkCrowds } from '../../src/config/check/route-crowds.js';
import type { FileDraft, RouteDraft } from '../../src/config/draft.js';
import { Report } from '../../src/config/problem-report.js';
import { readConfiguration } from '../../src/config/read.js';
import { RouteFiles } from '../../src/config/route-files.js';
import { RouteTables } from '../../src/config/route-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-crowds-'));
afterAll(() => rmSync(folder, { recursive: true }));
const CONFIGURATION = join(folder, 'lab.yaml');

const P = prefixOf(0x14000000, 8);
const Q = prefixOf(0x15000000, 8);
const listed = (to: Prefix, count: number): readonly RouteDraft[] =>
  Array.from({ length: count }, (_, at) => ({ to, metric: at }));
const lines = (first: number, count: number, to = '20.0.0.0/8'): string =>
  Array.from({ length: count }, (_, at) => `blackhole ${to} metric ${first + at}\n`).join('');

/** What is said of a router with these routes and these files. */
const saidOf = (
  routes: readonly (RouteDraft | undefined)[],
  ...files: readonly string[]
): readonly string[] => {
  for (const [at, text] of files.entries()) writeFileSync(join(folder, `${at}.txt`), text);
  const own = files.map((_, at) => ({ file: `${at}.txt` }));
  const draft = { routers: new Map([['r1', { routes: own }]]) } as FileDraft;
  const report = new Report(CONFIGURATION);
  const tables = new RouteTables(draft, CONFIGURATION, report, new RouteFiles(), false);
  expect(tables.places).toEqual(files.map((_, at) => join(folder, `${at}.txt`)));
  checkCrowds('r1', routes, tables, report);
  return report.problems.map(({ path, line, message }) => `${path}:${line} ${message}`);
};

describe('more than 256 routes to one prefix', () => {
  const MESSAGE = 'r1 has more than 256 routes to 20.0.0.0/8';
  const withFiles = (at: number): string[] => [`routers.r1.routes[${at}].to:1 ${MESSAGE} with those of its files of routes`];

  it('are told at the first that is too many, where they are listed', () => {
    expect(saidOf(listed(P, 256))).toEqual([]);
    for (const count of [257, 300]) expect(saidOf(listed(P, count))).toEqual([`routers.r1.routes[256].to:1 ${MESSAGE}`]);
    expect(saidOf([undefined, {}, ...listed(Q, 5), ...listed(P, 257)])).toEqual([`routers.r1.routes[263].to:1 ${MESSAGE}`]);
  });

  it('are told at the last that is listed, where a file has others', () => {
    expect(saidOf(listed(P, 100), lines(500, 156))).toEqual([]);
    expect(saidOf(listed(P, 100), lines(500, 156) + lines(700, 5, '21.0.0.0/8'))).toEqual([]);
    expect(saidOf(listed(P, 100), lines(500, 157))).toEqual(withFiles(99));
    expect(saidOf([...listed(P, 100), ...listed(Q, 9)], lines(500, 157))).toEqual(withFiles(99));
    expect(saidOf(listed(P, 1), lines(500, 256))).toEqual(withFiles(0));
    expect(saidOf(listed(P, 256), lines(500, 1))).toEqual(withFiles(255));
    expect(saidOf(listed(P, 100), lines(500, 200, '21.0.0.0/8'))).toEqual([]);
    expect(saidOf(listed(P, 100), lines(500, 100), lines(600, 57))).toEqual(withFiles(99));
  });

  it('are told where they stand in files, and nowhere else', () => {
    expect(saidOf([], lines(0, 256))).toEqual([]);
    expect(saidOf(listed(P, 1), lines(500, 257))).toEqual([`routers.r1.routes[0].file:257 ${MESSAGE}`]);
    expect(saidOf([], lines(0, 200), lines(200, 57))).toEqual([
      `routers.r1.routes[1].file:57 ${MESSAGE} in its files of routes together`,
    ]);
  });
}); // biome-ignore format: short

describe('a route of a file that is also somewhere else', () => {
  const found = (routes: string, ...files: readonly string[]): readonly string[] => {
    for (const [at, text] of files.entries()) writeFileSync(join(folder, `${at}.txt`), text);
    const own = files.map((_, at) => `{ file: ${at}.txt }`).join(', ');
    const { problems, excerpts } = readConfiguration(
      `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [${own}${routes}] } }
`,
      CONFIGURATION,
    );
    return problems.map((each) => `${each.line}:${each.column} ${each.message} | ${excerpts.get(each)}`);
  };

  it('is shown as a line is usually written', () => {
    const table = 'blackhole 20.0.0.0/8 metric 5\n21.0.0.0/8 via 10.0.0.2 metric 1\n22.0.0.0/8  via 10.0.0.2 # x\nprohibit   10.0.0.0/24\n';
    const more = [', { to: 20.0.0.0/8, metric: 5, type: prohibit }', ', { to: 21.0.0.0/8, metric: 1, via: 10.0.0.2 }', ', { to: 22.0.0.0/8, via: 10.0.0.2 }'];
    expect(found(more.join(''), table)).toEqual([
      '1:11 there is already a route to 20.0.0.0/8 with metric 5 | blackhole 20.0.0.0/8 metric 5',
      '2:1 there is already a route to 21.0.0.0/8 with metric 1 | 21.0.0.0/8 via 10.0.0.2 metric 1',
      '3:1 there is already a route to 22.0.0.0/8 with metric 0 | 22.0.0.0/8 via 10.0.0.2',
      '4:10 10.0.0.0/24 is directly connected | prohibit 10.0.0.0/24',
    ]);
  });

  it('is none where the metric or the type of service is another', () => {
    expect(found(', { to: 20.0.0.0/8, tos: 16, via: 10.0.0.2 }, { to: 20.0.0.0/8, metric: 1, via: 10.0.0.2 }', '20.0.0.0/8 via 10.0.0.2\nblackhole 10.0.0.0/24 metric 1\n')).toEqual([]);
  });

  it('is told once, however many files before have it, and where its next hop is wrong', () => {
    const table = '20.0.0.0/8 via 10.0.0.2\n21.0.0.0/8 via 10.0.0.2 metric 7\n';
    expect(found('', table, '21.0.0.0/8 via 10.0.0.2 metric 7\n22.0.0.0/8 via 10.0.0.1 metric 2\n', `# x\n${table}`)).toEqual([
      '1:1 there is already a route to 21.0.0.0/8 with metric 7 | 21.0.0.0/8 via 10.0.0.2 metric 7',
      '2:16 `10.0.0.1` is an address of r1 itself | 22.0.0.0/8 via 10.0.0.1 metric 2',
      '2:1 there is already a route to 20.0.0.0/8 with metric 0 | 20.0.0.0/8 via 10.0.0.2',
      '3:1 there is already a route to 21.0.0.0/8 with metric 7 | 21.0.0.0/8 via 10.0.0.2 metric 7',
    ]);
  });
}); // biome-ignore format: short
