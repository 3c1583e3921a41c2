import { describe, expect, it } from 'vitest';
import { type Waiting, Work } from '../../src/igmp/work.js';
import { type Instant, instant, NEVER } from '../../src/time.js';

/** Somebody of whom so many messages wait, each as much work. */
const waiting = (name: string, messages: number, units: number, work: Work, log: string[]): Waiting => {
  let left = messages;
  return {
    goOn: (now: Instant) => {
      work.spend(units, now);
      log.push(`${name}${now}`);
      left -= 1;
      return left > 0;
    },
  };
};

describe('how much is done at a time', () => {
  it('is 256 units at once after a millisecond, and as many in each one after that', () => {
    const work = new Work();
    const now = instant(1000);
    work.spend(256, now);
    expect(work.isLeft(now)).toBe(true);
    work.spend(1, now);
    expect(work.isLeft(now)).toBe(false);
    expect(work.isLeft(instant(1001))).toBe(true);
    work.spend(256, instant(1001));
    expect(work.isLeft(instant(1001))).toBe(false);
    // What was not used is not saved up.
    work.spend(256, instant(9000));
    expect(work.isLeft(instant(9000))).toBe(true);
    work.spend(1, instant(9000));
    expect(work.isLeft(instant(9000))).toBe(false);
  });

  it('ends for an instant where it takes long, and goes on a quarter of a millisecond later', () => {
    let at = 70;
    const work = new Work({ clock: () => at });
    const log: string[] = [];
    work.spend(1, instant(1000));
    at += 0.5;
    work.spend(1, instant(1000));
    expect(work.isLeft(instant(1000))).toBe(true);
    at += 0.1;
    work.spend(1, instant(1000));
    expect(work.isLeft(instant(1000))).toBe(false);
    work.wait(waiting('a', 9, 1, work, log), instant(1000));
    expect(work.nextDeadline()).toBe(1000.5);
    // What was done before that instant does not count, and something is always done.
    at += 40;
    work.poll(instant(1000.5));
    expect(log).toHaveLength(9);
    const slow: Waiting = {
      goOn: (now) => {
        work.spend(1, now);
        at += 0.4;
        log.push('slow');
        return true;
      },
    };
    work.wait(slow, instant(1001));
    work.poll(instant(1002));
    expect(log.slice(9)).toEqual(['slow', 'slow', 'slow']);
  });

  it('postpones what is due only where nothing is left', () => {
    const work = new Work();
    expect(work.postponed(instant(5))).toBe(5);
    expect(work.postponed(NEVER)).toBe(NEVER);
    work.spend(256 + 512, instant(1000));
    expect(work.postponed(instant(1000))).toBe(1002.25);
    expect(work.postponed(instant(1002))).toBe(1002);
    expect(work.postponed(instant(3000))).toBe(3000);
  });

  it('is shared by those who wait, one message each in turn', () => {
    const work = new Work();
    const log: string[] = [];
    work.spend(256 + 256, instant(1000));
    expect(work.nextDeadline()).toBe(NEVER);
    work.wait(waiting('a', 3, 32, work, log), instant(1000));
    work.wait(waiting('b', 2, 32, work, log), instant(1000));
    expect(work.nextDeadline()).toBe(1001.25);
    work.poll(instant(1000));
    expect(log).toEqual([]);
    work.poll(instant(1001.25));
    expect(log).toEqual(['a1001.25', 'b1001.25', 'a1001.25']);
    work.poll(work.nextDeadline());
    expect(log.slice(3).map((each) => each[0])).toEqual(['b', 'a']);
    expect(work.nextDeadline()).toBe(NEVER);
  });

  it('is no more than a share where somebody waits, however late it is', () => {
    const work = new Work();
    const log: string[] = [];
    work.spend(1024, instant(1000));
    work.wait(waiting('a', 1000, 1, work, log), instant(1000));
    for (const [now, most] of [
      [1100, 65],
      [1100.125, 98],
      [1200, 163],
      [9000, 228],
    ] as const) {
      work.poll(instant(now));
      expect(log.length).toBeLessThanOrEqual(most);
      expect(log.length).toBeGreaterThan(most - 4);
    }
  });

  it('is not limited to a share where nobody waits', () => {
    const work = new Work();
    work.poll(instant(1000));
    work.spend(256, instant(1000));
    expect(work.isLeft(instant(1000))).toBe(true);
  });

  it('begins for whoever comes where nobody waits when they come', () => {
    const work = new Work();
    const log: string[] = [];
    work.wait(waiting('a', 1, 1, work, log), instant(1000.3));
    expect(work.nextDeadline()).toBe(1000.3);
    work.poll(instant(1000.3));
    expect(log).toEqual(['a1000.3']);
  });
});
