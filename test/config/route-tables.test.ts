import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfiguration, routeFilesNamedIn } from '../../src/config/read.js';
import { RouteFiles } from '../../src/config/route-files.js';
import type { RouteTable } from '../../src/config/route-table.js';
import { finished } from '../../src/pieces.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));
const CONFIGURATION = join(folder, 'lab.yaml');
const placeOf = (name: string): string => join(folder, name);
const namedIn = (text: string, file: string) => finished(routeFilesNamedIn(text, file));
/** Writes a file as if that had been a minute ago, or so many seconds. */
const write = (name: string, text: string, secondsAgo = 60): void => {
  writeFileSync(placeOf(name), text);
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(placeOf(name), then, then);
};
const lab = (ofR1: string, ofR2 = ''): string => `version: 1
links: { red: { gateway: r1 } }
routers:
  r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [${ofR1}] }
  r2: { interfaces: { red: { address: 10.0.0.2/24 } }, routes: [${ofR2}] }
`;
const tablesIn = (text: string, files = new RouteFiles()): readonly (readonly RouteTable[])[] => {
  const { configuration, problems } = readConfiguration(text, CONFIGURATION, false, files);
  expect(problems).toEqual([]);
  return [...configuration!.routers.values()].map(({ tables }) => tables.map(({ table }) => table));
};

mkdirSync(placeOf('x'));
write('a.txt', 'blackhole 20.0.0.0/8\n');
write('x/b.txt', 'blackhole 21.0.0.0/8\n');

describe('the files of routes of a configuration', () => {
  it('are those of each router in their order, by their places beside the configuration', () => {
    const text = lab(`{ file: x/b.txt }, { to: default, via: 10.0.0.2 }, { file: a.txt }`, `{ file: ${placeOf('a.txt')} }`);
    const [ofR1, ofR2] = tablesIn(text);
    expect(ofR1!.map(({ file, place }) => [file, place])).toEqual([
      ['x/b.txt', placeOf('x/b.txt')],
      ['a.txt', placeOf('a.txt')],
    ]);
    expect(ofR2!.map(({ file, place }) => [file, place])).toEqual([[placeOf('a.txt'), placeOf('a.txt')]]);
    expect(readConfiguration(text, CONFIGURATION).routeFiles).toEqual(['x/b.txt', 'a.txt', 'a.txt'].map(placeOf));
    expect(namedIn(text, CONFIGURATION)).toEqual([
      [['x/b.txt', placeOf('x/b.txt')], ['a.txt', placeOf('a.txt')]],
      [[placeOf('a.txt'), placeOf('a.txt')]],
    ]);
  }); // biome-ignore format: short

  it('are none of a file that is no YAML, of no routers, and of a router without any', () => {
    expect(namedIn('a: [', CONFIGURATION)).toEqual([]);
    expect(namedIn('version: 1\nlinks: {}', CONFIGURATION)).toEqual([]);
    expect(namedIn('routers: { r1: , r2: { routes: [5, { to: default }] } }', CONFIGURATION)).toEqual([[], []]);
    expect(readConfiguration('a: [', CONFIGURATION).routeFiles).toEqual([]);
  }); // biome-ignore format: short

  it('have ten thousand mistakes that are told, and the others are counted', () => {
    write('wrong.txt', 'x\n'.repeat(10_003));
    const { problems, omitted } = readConfiguration(lab('{ file: wrong.txt }', '{ file: wrong.txt }'), CONFIGURATION);
    expect([problems.length, omitted]).toEqual([10_000, 3]);
  }); // biome-ignore format: short

  it('are read once, for whatever routers name them, and what is wrong is told once', () => {
    const [[one], [other]] = tablesIn(lab('{ file: a.txt }', '{ file: a.txt }')) as [RouteTable[], RouteTable[]];
    expect(other).toBe(one);
    write('bad.txt', 'x\n');
    const said = (text: string): readonly string[] =>
      readConfiguration(text, CONFIGURATION).problems.map(({ path, file, line, column, message, fix }) => `${path} ${file}:${line}:${column} ${message}: ${fix}`);
    expect(said(lab('{ file: bad.txt }', '{ file: bad.txt }'))).toEqual([
      `routers.r1.routes[0].file ${placeOf('bad.txt')}:1:1 \`x\` is not a valid IPv4 address: write four decimal numbers without leading zeros (example: 192.0.2.1)`,
    ]);
    expect(said(lab('{ file: none.txt }', '{ file: none.txt }'))).toEqual([
      `routers.r1.routes[0].file ${CONFIGURATION}:4:73 cannot read \`none.txt\`: no such file (ENOENT): name a file with one route a line`,
    ]);
  }); // biome-ignore format: short
});

it('a file of routes may be a pipe, unless nobody may wait for it', () => {
  execFileSync('mkfifo', [placeOf('pipe')]);
  const text = lab('{ file: pipe }');
  expect(readConfiguration(text, CONFIGURATION, false).problems).toMatchObject([
    { message: '`pipe` is not a file' },
  ]);
  spawn('sh', ['-c', `printf 'blackhole 20.0.0.0/8' > '${placeOf('pipe')}'`], { stdio: 'ignore' });
  const { configuration } = readConfiguration(text, CONFIGURATION);
  expect(configuration!.routers.get('r1')!.tables[0]!.table.size).toBe(1);
});

describe('tables that are kept', () => {
  const both = lab('{ file: a.txt }, { file: x/b.txt }');
  const wait = async (): Promise<void> => {};

  it('are given again as long as their files are the same, by name, by place and by state', () => {
    const files = new RouteFiles();
    const [[a, b]] = tablesIn(both, files) as [RouteTable[]];
    expect(tablesIn(both, files)[0]).toEqual([a, b]);
    expect(tablesIn(both, files)[0]![0]).toBe(a);
    const { problems, omitted } = readConfiguration(both, CONFIGURATION, false, new RouteFiles([a!, b!]));
    expect([problems, omitted]).toEqual([[], 0]);
    const [[again]] = tablesIn(lab(`{ file: ${placeOf('a.txt')} }`), files) as [RouteTable[]];
    expect(again).not.toBe(a);
    write('x/b.txt', 'blackhole 22.0.0.0/8\n', 30);
    expect(tablesIn(both, files)[0]![1]).not.toBe(b);
    rmSync(placeOf('x/b.txt'));
    expect(readConfiguration(both, CONFIGURATION, false, files).problems).toHaveLength(1);
    write('x/b.txt', 'blackhole 21.0.0.0/8\n');
  });

  it('are prepared, and count once as they were then, and are forgotten where nobody names them', async () => {
    const files = new RouteFiles();
    const named = namedIn(both, CONFIGURATION);
    await files.prepare(named, wait);
    write('a.txt', 'blackhole 23.0.0.0/8\n', 0);
    const prepared = files.read('a.txt', placeOf('a.txt'), false).table;
    expect([...prepared].map(({ to }) => to.network >>> 24)).toEqual([20]);
    expect([...files.read('a.txt', placeOf('a.txt'), false).table].map(({ to }) => to.network >>> 24)).toEqual([23]);
    write('a.txt', 'blackhole 20.0.0.0/8\n');
    await files.prepare(named, wait);
    const one = files.read('a.txt', placeOf('a.txt'), false).table;
    await files.prepare([[['null', '/dev/null']], [['x/b.txt', placeOf('x/b.txt')]]], wait);
    expect(files.read('null', '/dev/null', true).failure).toBe('`null` is not a file');
    expect(files.read('a.txt', placeOf('a.txt'), false).table).not.toBe(one);
    await files.prepare(named, wait);
    expect(files.read('./a.txt', placeOf('a.txt'), false).table.file).toBe('./a.txt');
  }); // biome-ignore format: short

  it('do not count as they were where preparing them again ended early', async () => {
    const files = new RouteFiles();
    const named = [[['e.txt', placeOf('e.txt')] as const]];
    write('e.txt', 'blackhole 20.0.0.0/8\n');
    await files.prepare(named, wait);
    write('e.txt', 'blackhole 21.0.0.0/8\n', 30);
    await expect(files.prepare(named, () => Promise.reject(new Error('ended')))).rejects.toThrow('ended');
    const { table } = files.read('e.txt', placeOf('e.txt'), false);
    expect([...table].map(({ to }) => to.network >>> 24)).toEqual([21]);
  });

  it('are compared with each other while they are prepared, and what was found of them is known', async () => {
    const lines = (first: number): string =>
      Array.from({ length: 5000 }, (_, at) => `blackhole 20.${at >> 8}.${at & 255}.0/24 metric ${first + (at % 200)}\n`).join('');
    for (const [at, name] of ['c.txt', 'd.txt'].entries()) write(name, lines(at * 200));
    const text = lab('{ file: c.txt }, { file: d.txt }');
    const files = new RouteFiles();
    let turns = 0;
    const turn = async (): Promise<void> => {
      turns += 1;
    };
    await files.prepare(namedIn(text, CONFIGURATION), turn);
    const read = turns;
    const tables = ['c.txt', 'd.txt'].map((name) => files.read(name, placeOf(name), false).table);
    expect(files.crowdingIn(tables)).toBe(files.crowdingIn(tables));
    expect(files.crowdingIn(tables.toReversed())).not.toBe(files.crowdingIn(tables));
    expect(files.crowdingIn([tables[0]!, tables[0]!])).not.toBe(files.crowdingIn(tables));
    expect(files.crowdingIn(tables.slice(0, 1))).not.toBe(files.crowdingIn(tables));
    const sharing = tables[1]!.sharing(tables[0]!);
    expect(sharing.next()).toEqual({ done: true, value: [] });
    await files.prepare(namedIn(text, CONFIGURATION), turn);
    expect(turns).toBe(read);
    expect(tablesIn(text, files)[0]).toHaveLength(2);
  }); // biome-ignore format: short
});
