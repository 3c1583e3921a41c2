import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { drawingOf, formatShown } from '../../src/cli/show-format.js';
import { jsonDrawing, type RowsDrawing } from '../../src/cli/show-rows.js';
import { Rows } from '../../src/control/rows.js';
import type { RouteRow } from '../../src/observe/shown.js';
import { type StandingInstance, standInstance } from './instance.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

const row = (at: number, changed: Partial<RouteRow> = {}): RouteRow => ({
  router: 'r1',
  prefix: `20.${at >> 8}.${at & 255}.0/24`,
  type: 'unicast',
  nexthops: [{ via: '192.0.2.2', interface: 'r1.red', weight: 1 }],
  metric: 0,
  origin: 'config',
  active: true,
  ...changed,
});

const rows = (count: number): RouteRow[] => Array.from({ length: count }, (_, at) => row(at));

const drawn = <Row>(drawing: RowsDrawing<readonly Row[]>, pieces: readonly (readonly Row[])[]): string =>
  pieces.map((piece) => drawing.piece(piece)).join('') + drawing.end();

describe('rows that come some at a time', () => {
  it('are the same JSON as all at once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue(), { maxLength: 4 })), (pieces) => {
        expect(drawn(jsonDrawing(), pieces)).toBe(`${JSON.stringify(pieces.flat(), null, 2)}\n`);
      }),
    );
  });

  it.each([0, 1, 999])('are the same table as all at once, up to a thousand: %i', (count) => {
    for (const isAll of [true, false])
      for (const width of [undefined, 50]) {
        const all = [...rows(count), row(count, { type: 'local', prefix: '198.51.100.100/32' })];
        const style = { isAll, width };
        const pieces = [all.slice(0, 10), [], all.slice(10)];
        expect(drawn(drawingOf('routes', style), pieces)).toBe(`${formatShown('routes', all, style)}\n`);
      }
  });

  it('are drawn as wide as the first thousand, and a longer cell is not cut', () => {
    const drawing = drawingOf('routes', { isAll: false });
    const first = drawing.piece(rows(1200)).split('\n');
    expect(first).toHaveLength(1202);
    expect(new Set(first.slice(0, -1).map((line) => line.length))).toEqual(new Set([first[0]!.length]));
    const name = 'a-router-with-a-long-name';
    expect(drawing.piece([row(1, { router: name })])).toBe(`${first[2]!.replace(/^r1 */, `${name}  `)}\n`);
    expect(drawing.piece([row(1)])).toBe(`${first[2]}\n`);
    expect(drawing.end()).toBe('');
  });

  it('are cut as the first ones are where the terminal has no room for them', () => {
    const drawing = drawingOf('routes', { isAll: false, width: 40 });
    const long = row(7, { nexthops: [{ via: null, interface: `r1.${'a-long-link'.repeat(4)}`, weight: 1 }] });
    const first = drawing.piece([long, ...rows(1000)]).split('\n')[1]!;
    expect(first).toHaveLength(40);
    expect(drawing.piece([long])).toBe(`${first}\n`);
  });
});

describe('show routes of a long table', () => {
  const COUNT = 300_000;
  let instance: StandingInstance | undefined;

  afterEach(async () => {
    await instance?.close();
    instance = undefined;
  });

  const shown = async (...words: readonly string[]) => {
    let made = 0;
    instance = await standInstance({
      show: () =>
        new Rows<never>(function* () {
          for (; made < COUNT; made += 1) yield row(made) as never;
        }),
    });
    const env = { ...instance.env, NODE_OPTIONS: '--max-old-space-size=64' };
    const child = spawn(process.execPath, [MAIN, 'show', 'routes', ...words], { env });
    return { child, made: () => made };
  };

  it('takes little memory, however slowly it is read', { timeout: 60_000 }, async () => {
    const { child, made } = await shown();
    await once(child.stdout, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(made()).toBeLessThan(COUNT / 4);
    let lines = 0;
    for await (const piece of child.stdout) lines += String(piece).split('\n').length - 1;
    expect(lines).toBe(COUNT + 1);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
  });

  it('ends at once when nobody reads on', { timeout: 60_000 }, async () => {
    const { child, made } = await shown('-j');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(made()).toBeLessThan(COUNT / 4);
  });
});
