import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readInPieces, routeFilesNamedIn } from '../../src/config/read.js';
import { type Reread, readAgain, readAgainInTurns } from '../../src/config/read-again.js';
import { RouteFiles } from '../../src/config/route-files.js';
import { Failure } from '../../src/failure.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-again-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
/** A pipe into which somebody writes as soon as it is read. */
const piped = (name: string, text: string): string => {
  const pipe = join(folder, name);
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `printf '${text}' > '${pipe}'`], { stdio: 'ignore' });
  writers.push(() => writer.kill('SIGKILL'));
  return pipe;
};
const writers: (() => void)[] = [];
afterAll(() => {
  for (const end of writers) end();
});

const wanted = (file: string, isQuiet = false) => ({ file, isColored: false, isQuiet });
const lab = (table: string): string => `version: 1
links: { red: {}, nobody: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }, routes: [{ file: ${table} }] } }
`;

/** Counts how often the event loop had its turn. */
const inTurns = async (file: string): Promise<{ readonly read: Reread; readonly turns: number }> => {
  let turns = 0;
  const turn = async (): Promise<void> => {
    turns += 1;
  };
  return { read: await readAgainInTurns(wanted(file), [], turn), turns };
};

describe('a file that is read again', () => {
  const routes = Array.from({ length: 3000 }, (_, at) => `20.${at >> 8}.${at & 255}.0/24 via 10.0.0.2\n`);

  it('is read with a turn after each piece, those of its tables among them', async () => {
    written('none.txt', '');
    const file = written('table.yaml', lab('none.txt'));
    const { read, turns } = await inTurns(file);
    expect(read).toEqual(readAgain(wanted(file), []));
    written('none.txt', routes.join(''));
    const more = await inTurns(file);
    expect(more.read.configuration!.routers.get('r1')!.tables[0]!.table.size).toBe(3000);
    // A piece has 16 KiB.
    expect(more.turns - turns).toBeGreaterThanOrEqual(Math.floor((3000 * 27) / 2 ** 14));
  });

  it('has a turn before its tables are read, and one before it is reported', async () => {
    const text = 'version: 1\nlinks: {}\n';
    const file = written('short.yaml', text);
    const pauses = (pieces: Iterable<unknown>): number => [...pieces].length;
    const { turns } = await inTurns(file);
    expect(turns).toBe(
      pauses(routeFilesNamedIn(text, file)) +
        1 +
        pauses(readInPieces(text, file, false, new RouteFiles())) +
        1,
    );
  });

  it('has warnings in its report unless it is to be quiet, and errors anyway', () => {
    const reportOf = (text: string, isQuiet: boolean): string =>
      readAgain(wanted(written('said.yaml', text), isQuiet), []).report.join('\n');
    const warned = lab('none.txt');
    expect(reportOf(warned, false)).toContain('W-UNUSED');
    expect(reportOf(warned, true)).not.toContain('W-UNUSED');
    const wrong = warned.replace('10.0.0.2/24', '10.0.0.2/99');
    for (const isQuiet of [false, true]) expect(reportOf(wrong, isQuiet)).toContain('10.0.0.2/99');
    expect(readAgain(wanted(written('said.yaml', warned), true), []).problems).toHaveLength(1);
  });
});

describe('what may not be read again', () => {
  const readers = [
    async (file: string) => readAgain(wanted(file), []),
    async (file: string) => readAgainInTurns(wanted(file), [], async () => {}),
  ];

  it('is a pipe, whose reader would wait', async () => {
    const pipe = piped('lab', 'version: 1');
    for (const read of readers) {
      await expect(read(pipe)).rejects.toThrow(Failure);
      await expect(read(pipe)).rejects.toMatchObject({ exitCode: 7, fix: 'keep the configuration in files' });
    }
  });

  it('is a pipe with routes', async () => {
    for (const [at, read] of readers.entries()) {
      piped(`routes${at}`, 'blackhole 20.0.0.0/8');
      const { problems } = await read(written('piped.yaml', lab(`routes${at}`)));
      expect(problems.map(({ message }) => message)).toContain(`\`routes${at}\` is not a file`);
    }
  });

  it('is a file that is gone', async () => {
    for (const read of readers)
      await expect(read(join(folder, 'gone.yaml'))).rejects.toMatchObject({ name: 'Failure', exitCode: 3 });
  });
});
