import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RouteSummary } from '../../src/observe/route-summary.js';
import { START } from '../../src/time.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is written of so many routes of a router that change at once. */
const written = (...counts: readonly [router: string, count: number][]): string[] => {
  const lines: string[] = [];
  const routes = new RouteSummary((line, router) => void lines.push(`${router}: ${line}`));
  for (const [router, count] of counts)
    for (let at = 0; at < count; at += 1)
      routes.add({ type: 'route', time: START, router, event: 'withdrawn', prefix: `10.0.${at}.0/24` });
  vi.advanceTimersByTime(200);
  return lines;
};

it('names a few routes, each on its line', () => {
  expect(written(['r1', 2])).toEqual(['r1: route 10.0.0.0/24 withdrawn', 'r1: route 10.0.1.0/24 withdrawn']);
});

it('sums up many in one line a router', () => {
  expect(written(['r1', 10_000], ['r2', 4])).toEqual([
    'r1: 10000 routes withdrawn: 10.0.0.0/24 …',
    'r2: 4 routes withdrawn: 10.0.0.0/24 …',
  ]);
});

it('waits for those that come in parts, a moment after one another', () => {
  const lines: string[] = [];
  const routes = new RouteSummary((line) => void lines.push(line));
  for (let part = 0; part < 20; part += 1) {
    for (let at = 0; at < 500; at += 1)
      routes.add({
        type: 'route',
        time: START,
        router: 'r1',
        event: 'restored',
        prefix: `10.${part}.0.0/16`,
      });
    vi.advanceTimersByTime(30);
  }
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(lines).toEqual(['10000 routes restored: 10.0.0.0/16 …']);
});
