import { expect, it } from 'vitest';
import { LabLoop } from '../../src/lab/loop.js';
import { addLines } from '../../src/runtime/services/add-lines.js';
import { Arena } from '../../src/tun/arena.js';
import { configured } from '../support/configured.js';
import { failureOf } from '../support/failure.js';
import { ONE_LINK } from '../support/topologies.js';

it('lines are added in steps, between which others may have their turn, up to the first that cannot be', () => {
  const loop = new LabLoop(configured(ONE_LINK), new Arena());
  const lines = Array.from({ length: 1000 }, (_, at) => `blackhole 20.${at >> 8}.${at & 255}.0/24`);
  const routing = [...loop.lab.routers.values()][0]!.routing;
  const before = routing.rib.size;
  const sizes: number[] = [];
  const said: (string | undefined)[] = [];
  const text = addLines(loop, { isReplacing: false, firstLine: 1, lines }).text();
  for (let next = text.next(); next.done !== true; next = text.next()) {
    said.push(next.value);
    sizes.push(routing.rib.size - before);
  }
  expect(said.filter((each) => each !== undefined)).toEqual(['{"routes":1000}']);
  expect(Math.max(...sizes.map((size, at) => size - (sizes[at - 1] ?? 0)))).toBeLessThanOrEqual(50);
  expect(sizes.at(-1)).toBe(1000);

  const again = addLines(loop, { isReplacing: false, firstLine: 7, lines: ['', ...lines.slice(0, 3)] });
  expect(() => again.value).toThrow(/^line 8: /);
  const some = ['blackhole 30.0.0.0/8', ...new Array<string>(70).fill(''), 'blackhole 31.0.0.0/7'];
  expect(() => addLines(loop, { isReplacing: false, firstLine: 1, lines: some }).value).toThrow(/^line 72/);
  expect(routing.rib.size - before).toBe(1001);

  const more = (isReplacing: boolean, ...lines: string[]) =>
    failureOf(() => addLines(loop, { isReplacing, firstLine: 101, routesBefore: 100, lines }).value);
  expect(more(false, 'blackhole 32.0.0.0/8', '# none', 'nonsense')).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^line 103, .*; the 101 routes before it were added$/),
    fix: expect.stringMatching(/.; then do all lines again: tunpike route replace -$/),
  });
  const wide = new Array<string>(70).fill('blackhole 33.0.0.0/8');
  expect(more(true, ...wide, 'nonsense').message).toMatch(
    /^line 171.*; the 170 routes before it were added or replaced$/,
  );
  expect(more(false, 'blackhole 33.0.0.0/8').message).toMatch(
    /^line 101: .*; the 100 routes before it were added$/,
  );
  loop.close();
});
