import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAgain } from '../../src/config/read-again.js';
import { readBeside } from '../../src/config/read-beside.js';
import { Failure } from '../../src/failure.js';
import { MAIN } from '../support/lab.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-beside-'));
afterAll(() => rmSync(folder, { recursive: true }));

const turn = (): Promise<void> => new Promise(setImmediate);
const at = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const wanted = (file: string) => ({ file, isColored: true, isQuiet: false });

/** As it is built: only there is a thread. The sources read in the event loop. */
const built = async (): Promise<typeof readBeside> =>
  (await import(join(MAIN, '../config/read-beside.js'))).readBeside;

const FULL = join(folder, 'full.yaml');
copyFileSync(join(import.meta.dirname, 'full.yaml'), FULL);
const TABLE = `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [{ file: table.txt }] } }
`;

describe.each([
  ['a thread', built],
  ['the event loop', async () => readBeside],
] as const)('a file that is read again in %s', (_, reader) => {
  it('is what it is at once', async () => {
    const read = await reader();
    const plain = at('plain.yaml', TABLE.replace('{ file: table.txt }', '{ to: default, via: 10.0.0.2 }'));
    const bad = at('bad.yaml', `version: 1\nlinks: 7\n${'key: 1\n'.repeat(300)}`);
    for (const file of [FULL, plain, bad]) {
      const known = readAgain(wanted(file), []);
      const other = await read(wanted(file), [], turn);
      expect({ ...other, configuration: undefined }).toEqual({ ...known, configuration: undefined });
      if (known.routeFiles.length === 0) expect(other).toStrictEqual(known);
    }
  });

  it('keeps its tables of routes as long as they are the same', async () => {
    const read = await reader();
    const file = at('lab.yaml', TABLE);
    const table = at('table.txt', '20.0.0.0/24 via 10.0.0.2\n20.0.1.0/24 via 10.0.0.2\n');
    utimesSync(table, 1000, 1000);
    const tableOf = async (known: Parameters<typeof readBeside>[1]) =>
      (await read(wanted(file), known, turn)).configuration!.routers.get('r1')!.tables[0]!.table;
    const first = await tableOf([]);
    expect(await tableOf([first])).toBe(first);
    at('table.txt', '20.0.7.0/24 via 10.0.0.2\n');
    const second = await tableOf([first]);
    expect([second.size, second.networkAt(0)]).toEqual([1, (20 << 24) | (7 << 8)]);
  });

  it('fails with the same words', async () => {
    const read = await reader();
    const pipe = join(folder, 'pipe');
    rmSync(pipe, { force: true });
    execFileSync('mkfifo', [pipe]);
    for (const file of [join(folder, 'none.yaml'), folder, pipe]) {
      let known: unknown;
      try {
        readAgain(wanted(file), []);
      } catch (error) {
        known = error;
      }
      expect(known).toBeInstanceOf(Failure);
      const { exitCode, message, fix } = known as Failure;
      await expect(read(wanted(file), [], turn)).rejects.toMatchObject({
        name: 'Failure',
        exitCode,
        message,
      });
      await expect(read(wanted(file), [], turn)).rejects.toHaveProperty('fix', fix);
    }
  });

  it('fails as the program does where that is wrong', async () => {
    const read = await reader();
    const nameless = wanted(undefined as unknown as string);
    await expect(read(nameless, [], turn)).rejects.toMatchObject({ name: 'TypeError' });
  });
});
