import { expect, it } from 'vitest';
import { type Holder, Transit } from '../../src/link/transit.js';
import { instant, NEVER } from '../../src/time.js';

it('lets all go on that are due, also if one of them fails', () => {
  const transit = new Transit(() => 0.5);
  const released: string[] = [];
  const holder = (name: string, fails = false): Holder => ({
    release: () => {
      released.push(name);
      if (fails) throw new Error(name);
    },
  });
  transit.arm(holder('first'), instant(1));
  transit.arm(holder('second', true), instant(2));
  transit.arm(holder('third'), instant(3));
  expect(() => transit.poll(instant(4))).toThrow('second');
  expect([released, transit.nextDeadline()]).toEqual([['first', 'second'], instant(4)]);
  transit.poll(instant(4));
  expect([released, transit.nextDeadline()]).toEqual([['first', 'second', 'third'], NEVER]);
});
