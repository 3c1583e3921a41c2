import { expect, it } from 'vitest';
import { Turns } from '../../src/control/turns.js';

const busy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

it('gives each who asks a turn of the event loop, in order', async () => {
  const turns = new Turns();
  const order: string[] = [];
  let loops = 0;
  const count = (): void => {
    loops += 1;
    if (loops < 50) setImmediate(count);
  };
  setImmediate(count);
  const took = ['a', 'b', 'c'].map((name) => turns.take(() => void order.push(`${name}${loops}`)));
  await Promise.all(took);
  expect(order.map((each) => each[0])).toEqual(['a', 'b', 'c']);
  expect(new Set(order.map((each) => each.slice(1))).size).toBe(3);
});

it('ends a turn soon on an idle loop, and lets it last with what else there is to do', async () => {
  const turns = new Turns();
  const lasts = async (): Promise<number> =>
    turns.take(() => {
      const begun = performance.now();
      while (!turns.isOver);
      return performance.now() - begun;
    });
  const idle: number[] = [];
  for (let each = 0; each < 20; each += 1) idle.push(await lasts());
  expect(Math.min(...idle)).toBeLessThan(1);
  const later = lasts();
  busy(12);
  expect(await later).toBeGreaterThan(1);
  const muchLater = lasts();
  busy(100);
  expect(await muchLater).toBeLessThan(90);
});

it('hands on what the work throws, and goes on', async () => {
  const turns = new Turns();
  const thrown = turns.take(() => {
    throw new Error('a defect');
  });
  await expect(thrown).rejects.toThrow('a defect');
  expect(await turns.take(() => 1)).toBe(1);
});
