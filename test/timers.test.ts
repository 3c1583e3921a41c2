import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { instant, NEVER } from '../src/time.js';
import { Timers } from '../src/timers.js';

describe('timers', () => {
  it('take keys in the order of their deadlines, as a sorted map would', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 9 }),
      wait: fc.integer({ min: 0, max: 20 }),
      what: fc.constantFrom('arm', 'arm', 'cancel', 'take'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const timers = new Timers<number>();
        const truth = new Map<number, number>();
        let now = 0;
        for (const { key, wait, what } of steps) {
          if (what === 'arm') {
            timers.arm(key, instant(now + wait));
            truth.set(key, now + wait);
          } else if (what === 'cancel') {
            timers.cancel(key);
            truth.delete(key);
          } else {
            now += wait;
            for (
              let due = timers.takeDue(instant(now));
              due !== undefined;
              due = timers.takeDue(instant(now))
            ) {
              expect(truth.get(due)).toBe(Math.min(...truth.values()));
              expect(truth.get(due)).toBeLessThanOrEqual(now);
              truth.delete(due);
            }
          }
          expect(timers.next()).toBe(truth.size === 0 ? NEVER : Math.min(...truth.values()));
          expect(timers.size).toBe(truth.size);
        }
      }),
    );
  });

  /** How often a deadline is looked up while something is done. */
  const looked = <Result>(action: () => Result): readonly [Result, number] => {
    const looks = vi.spyOn(Map.prototype, 'get');
    try {
      return [action(), looks.mock.calls.length];
    } finally {
      looks.mockRestore();
    }
  };

  it.each<[string, (timers: Timers<number>, key: number) => void, number]>([
    ['postponed', (timers, key) => timers.arm(key, instant(10_000 + key)), 5000],
    ['cancelled', (timers, key) => (key === 4000 ? undefined : timers.cancel(key)), 1],
  ])('look at some entries at a time, however many were %s behind the first', (_, change, count) => {
    const timers = new Timers<number>();
    timers.arm(-1, instant(0));
    for (let key = 0; key < 5000; key += 1) timers.arm(key, instant(1000 + key));
    for (let key = 0; key < 5000; key += 1) change(timers, key);
    expect(timers.next()).toBe(0);
    timers.cancel(-1);
    const truth = Math.min(...[...timers.keys()].map((key) => timers.deadline(key)!));
    let [asked, before] = [0, 0];
    while (before !== truth) {
      asked += 1;
      const [next, looks] = looked(() => timers.next());
      expect(looks).toBeLessThan(300);
      expect([next >= before, next <= truth]).toEqual([true, true]);
      before = next;
    }
    expect(asked).toBeGreaterThan(30);
    const taken: number[] = [];
    for (let due = timers.takeDue(instant(20_000)); due !== undefined; due = timers.takeDue(instant(20_000)))
      taken.push(due);
    expect(taken).toHaveLength(count);
    expect(taken).toEqual([...taken].sort((one, other) => one - other));
    expect(timers.next()).toBe(NEVER);
  });

  it('take nothing that is not found yet, and say that it is due', () => {
    const timers = new Timers<string | number>();
    for (let key = 0; key < 1000; key += 1) timers.arm(key, instant(10 + key / 1000));
    timers.arm('due', instant(20));
    for (let key = 0; key < 1000; key += 1) timers.arm(key, instant(500));
    const now = instant(100);
    expect([[...timers.takeAllDue(now)], timers.next() <= now]).toEqual([[], true]);
    let polls = 0;
    for (; timers.deadline('due') !== undefined && timers.next() <= now; polls += 1) timers.takeDue(now);
    expect([timers.deadline('due'), polls < 20, timers.size]).toEqual([undefined, true, 1000]);
  });
});
