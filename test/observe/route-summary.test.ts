import { expect, it } from 'vitest';
import { RouteSummary } from '../../src/observe/route-summary.js';
import { START } from '../../src/time.js';

/** What is written of so many routes of a router that change at once. */
const written = async (...counts: readonly [router: string, count: number][]): Promise<string[]> => {
  const lines: string[] = [];
  const routes = new RouteSummary((line, router) => void lines.push(`${router}: ${line}`));
  for (const [router, count] of counts)
    for (let at = 0; at < count; at += 1)
      routes.add({ type: 'route', time: START, router, event: 'withdrawn', prefix: `10.0.${at}.0/24` });
  await new Promise((resolve) => setImmediate(resolve));
  return lines;
};

it('names a few routes, each on its line', async () => {
  expect(await written(['r1', 2])).toEqual([
    'r1: route 10.0.0.0/24 withdrawn',
    'r1: route 10.0.1.0/24 withdrawn',
  ]);
});

it('sums up many in one line a router', async () => {
  expect(await written(['r1', 10_000], ['r2', 4])).toEqual([
    'r1: 10000 routes withdrawn: 10.0.0.0/24 …',
    'r2: 4 routes withdrawn: 10.0.0.0/24 …',
  ]);
});
