import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
});
