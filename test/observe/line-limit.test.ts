import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LineLimit } from '../../src/observe/line-limit.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const written = (kinds: readonly string[]): string[] => {
  const lines: string[] = [];
  const limit = new LineLimit();
  for (const [at, kind] of kinds.entries())
    limit.write(kind, `${kind} ${at}`, (line) => void lines.push(line));
  vi.advanceTimersByTime(10_000);
  return lines;
};

it('writes ten lines of a kind, and then how many more there were', () => {
  const lines = written(Array(200_000).fill('a'));
  expect(lines.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, at) => `a ${at}`));
  expect(lines.slice(10)).toEqual(['199990 more lines of this kind in 10 s, the last: a 199999']);
});

it('lets one kind not hide another', () => {
  expect(written([...Array(50).fill('a'), 'b'])).toContain('b 50');
});

it('writes a single line that it held back as it is', () => {
  expect(written(Array(11).fill('a')).at(-1)).toBe('a 10');
});

it('begins anew after its interval', () => {
  const lines: string[] = [];
  const limit = new LineLimit();
  for (let round = 0; round < 3; round += 1) {
    for (let at = 0; at < 10; at += 1) limit.write('a', 'line', (line) => void lines.push(line));
    vi.advanceTimersByTime(10_000);
  }
  expect(lines).toHaveLength(30);
});
