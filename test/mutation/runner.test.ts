import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const RUNNER = join(import.meta.dirname, '../../scripts/mutation.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tunpike-mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE = `export const LIMIT = 3;
export const countdown = (from: number): number => {
  let rounds = 0;
  for (let left = from; left > 0; left -= 1) rounds += 1;
  return rounds;
};
export const isOver = (value: number): boolean => value > LIMIT;
export const larger = (a: number, b: number): number => (a > b ? a : b);
`;
const TEST = `import { expect, it } from 'vitest';
import { countdown, isOver, larger } from '../../src/ip/sample.js';
it('counts', () => expect(countdown(3)).toBe(3));
it('has a limit, seen from afar', () => expect(isOver(10)).toBe(true));
it.each([[1, 2], [2, 1], [2, 2]])('%i and %i', async (a, b) => expect(larger(a, b)).toBe(2));
`;
const SAME = {
  file: 'src/ip/sample.ts',
  is: 'export const larger = (a: number, b: number): number => (a > b ? a : b);',
  becomes: 'export const larger = (a: number, b: number): number => (a >= b ? a : b);',
  why: 'of two that are equal either is the larger',
};
const GONE = { file: 'src/ip/sample.ts', is: 'a line that is gone', becomes: '', why: 'it was there once' };

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const run = async (): Promise<string> => {
  const args = [RUNNER, '--root', folder, '--jobs', '1', 'src/ip'];
  return (await promisify(execFile)(process.execPath, args)).stdout;
};

describe('the runner of mutants', () => {
  it('finds what no test notices, by loops that never end, too, and knows what was found before', async () => {
    write('src/ip/sample.ts', SOURCE);
    write('test/ip/sample.test.ts', TEST);
    write('scripts/mutation/equivalent.json', JSON.stringify([SAME, GONE]));
    const said = await run();
    expect(said).toMatch(/^\| src\/ip\/sample\.ts \| 16 \| 0 \| 12 \| 1 \| 3 \| 1 \| 81\.3 \| 86\.7 \|$/m);
    expect(said.match(/^src\/ip\/sample\.ts:\d+:\d+$/gm)).toEqual([
      'src/ip/sample.ts:1:22',
      'src/ip/sample.ts:7:57',
    ]);
    expect(said).toContain('value >= LIMIT');
    expect(said).not.toContain('(a >= b');
    expect(said).toContain('nothing survives in src/ip/sample.ts');
    write(
      'test/ip/sample.test.ts',
      `${TEST}it('has a limit', () => expect([3, 4].map(isOver)).toEqual([false, true]));`,
    );
    expect(await run()).toMatch(
      /^\| src\/ip\/sample\.ts \| 16 \| 0 \| 14 \| 1 \| 1 \| 1 \| 93\.8 \| 100\.0 \|$/m,
    );
  });
});
