import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfiguration, readInPieces, routeFilesNamedIn } from '../../src/config/read.js';
import { readAgain, readAgainInTurns } from '../../src/config/read-again.js';
import { RouteFiles } from '../../src/config/route-files.js';
import { finished } from '../../src/pieces.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIGURATION = join(folder, 'lab.yaml');
const TABLE = join(folder, 'table.txt');
const LAB = `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [{ file: table.txt }] } }
`;

/** Writes the table as if that had been so many seconds ago. */
const write = (text: string, secondsAgo: number): void => {
  writeFileSync(TABLE, text);
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(TABLE, then, then);
};
const lines = (count: number): string =>
  Array.from({ length: count }, (_, at) => `20.${at >> 8}.${at & 255}.0/24 via 10.0.0.2\n`).join('');
const tableOf = (files: RouteFiles) =>
  readConfiguration(LAB, CONFIGURATION, false, files).configuration!.routers.get('r1')!.tables[0]!.table;

describe('files of routes that are read again', () => {
  it('give the same table while they are the same, and another one when they have changed', () => {
    const files = new RouteFiles();
    write(lines(3), 60);
    const first = tableOf(files);
    expect(tableOf(files)).toBe(first);
    expect(tableOf(new RouteFiles([first]))).toBe(first);
    write(lines(3).replace('20.0.1.0', '20.9.1.0'), 50);
    const second = tableOf(files);
    expect(second).not.toBe(first);
    expect([...second].map(({ to }) => to.network >>> 16)).toContain(0x1409);
  });

  it('are said to be unreadable where they have become a circle of links since, as a configuration is', async () => {
    write(lines(3), 60);
    const known = tableOf(new RouteFiles());
    const refused = /`table.txt`: its links lead in a circle \(ELOOP\)/;
    rmSync(TABLE);
    symlinkSync(TABLE, TABLE);
    try {
      const { problems } = readConfiguration(LAB, CONFIGURATION, false, new RouteFiles([known]));
      expect(problems[0]?.message).toMatch(refused);
      rmSync(CONFIGURATION, { force: true });
      symlinkSync(CONFIGURATION, CONFIGURATION);
      const wanted = { file: CONFIGURATION, isColored: false, isQuiet: false };
      const unreadable = { exitCode: 3, message: expect.stringContaining('in a circle (ELOOP)') };
      expect(() => readAgain(wanted, [])).toThrow(expect.objectContaining(unreadable));
      await expect(readAgainInTurns(wanted, [], async () => {})).rejects.toMatchObject(unreadable);
    } finally {
      rmSync(TABLE);
      rmSync(CONFIGURATION);
    }
  });

  it('are not trusted to be the same right after they were written', () => {
    const files = new RouteFiles();
    write(lines(3), 0);
    expect(tableOf(files)).not.toBe(tableOf(files));
  });

  it('are read in pieces, with the event loop turning between them', async () => {
    const files = new RouteFiles();
    write(lines(30_000), 60);
    let turns = 0;
    const named = finished(routeFilesNamedIn(LAB, CONFIGURATION));
    expect(named).toEqual([[['table.txt', TABLE]]]);
    await files.prepare(named, async () => {
      turns += 1;
    });
    expect(turns).toBeGreaterThan(8);
    const prepared = tableOf(files);
    expect(prepared.size).toBe(30_000);
    expect(tableOf(files)).toBe(prepared);
    await files.prepare(named, () => Promise.reject(new Error('read again')));
  });

  it('are read once for a reload, also right after they were written', async () => {
    const files = new RouteFiles();
    write(lines(3), 0);
    await files.prepare(finished(routeFilesNamedIn(LAB, CONFIGURATION)), async () => {});
    write(lines(5), 0);
    const prepared = tableOf(files);
    expect(prepared.size).toBe(3);
    expect(tableOf(files).size).toBe(5);
  });

  it('have the table grow in pieces, too, where its first lines are longer than the rest', async () => {
    const remarks = `# ${'-'.repeat(900)}\n`.repeat(100);
    const turnsFor = async (text: string): Promise<number> => {
      const files = new RouteFiles();
      write(text, 60);
      let turns = 0;
      await files.prepare(finished(routeFilesNamedIn(LAB, CONFIGURATION)), async () => {
        turns += 1;
      });
      expect(tableOf(files).size).toBe(40_000);
      return turns;
    };
    const [first, last] = [await turnsFor(remarks + lines(40_000)), await turnsFor(lines(40_000) + remarks)];
    expect(first - last).toBeGreaterThanOrEqual(7);
  });

  it('are looked through for crowds a piece at a time, once', async () => {
    const files = new RouteFiles();
    const crowded = Array.from({ length: 300 }, (_, at) => `20.0.0.0/24 via 10.0.0.2 metric ${at + 1}\n`);
    write(lines(30_000) + crowded.join(''), 60);
    const named = finished(routeFilesNamedIn(LAB, CONFIGURATION));
    let turns = 0;
    const turn = async (): Promise<void> => {
      turns += 1;
    };
    await files.prepare(named, turn);
    const [reading, { problems }] = [turns, readConfiguration(LAB, CONFIGURATION, false, files)];
    expect(problems).toMatchObject([{ code: 'E-RANGE', line: 30_256 }]);
    const plain = new RouteFiles();
    write(lines(30_300), 60);
    turns = 0;
    await plain.prepare(named, turn);
    expect(reading - turns).toBeGreaterThanOrEqual(6);
    write(lines(30_000) + crowded.join(''), 60);
    await files.prepare(named, turn);
    turns = 0;
    await files.prepare(named, turn);
    expect(turns).toBe(0);
  });

  it('tell of wrong lines as if they had been read at once', async () => {
    const files = new RouteFiles();
    write(`${lines(20_000)}x\n`, 60);
    const { problems } = readConfiguration(LAB, CONFIGURATION, false, files);
    expect(problems).toMatchObject([{ file: TABLE, line: 20_001, column: 1, code: 'E-ADDRESS' }]);
    await files.prepare(finished(routeFilesNamedIn(LAB, CONFIGURATION)), async () => {});
    expect(readConfiguration(LAB, CONFIGURATION, false, files).problems).toEqual(problems);
  });

  it('and so is the configuration that names them, with the same result', () => {
    write(lines(3), 60);
    const files = new RouteFiles();
    const wanted = readConfiguration(LAB, CONFIGURATION, false, files);
    const pieces = readInPieces(LAB, CONFIGURATION, false, files);
    let count = 1;
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) count += 1;
    expect(count).toBe(6);
    expect(next.value).toEqual(wanted);
    expect([...routeFilesNamedIn(LAB, CONFIGURATION)]).toHaveLength(1);
  });
});
