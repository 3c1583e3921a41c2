import { expect, it } from 'vitest';
import { Requests } from '../../src/tun/requests.js';

it('makes few requests at once, and many in turns, in their order', async () => {
  const requests = new Requests();
  const made: number[] = [];
  const ask = (count: number): void => {
    for (let at = 0; at < count; at += 1) requests.make(() => made.push(made.length));
  };
  await requests.done();
  ask(16);
  expect(made.length).toBe(16);
  await requests.done();
  ask(84);
  expect(made.length).toBe(16);
  const counts: number[] = [];
  const done = requests.done().then(() => counts.push(-1));
  while (made.length < 100) {
    await new Promise(setImmediate);
    counts.push(made.length);
  }
  await done;
  expect(made).toEqual(Array.from({ length: 100 }, (_, at) => at));
  const steps = counts.filter((each) => each >= 0).map((each, at, all) => each - (all[at - 1] ?? 16));
  expect(Math.max(...steps)).toBe(16);
  expect(counts.indexOf(-1)).toBeGreaterThan(3);
});

it('goes on with the next where one is made while another is', async () => {
  const requests = new Requests();
  const made: string[] = [];
  requests.make(() => {
    made.push('first');
    requests.make(() => made.push('within'));
  });
  await requests.done();
  expect(made).toEqual(['first', 'within']);
});
