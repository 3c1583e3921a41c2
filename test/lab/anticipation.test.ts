import { describe, expect, it } from 'vitest';
import { Anticipation } from '../../src/lab/anticipation.js';
import { duration, type Instant, instant, NEVER, START } from '../../src/time.js';

/** One that has seen so many alarms, each late by what `lateness` says. */
const experienced = (alarms: number, lateness: (alarm: number) => number): Anticipation => {
  const anticipation = new Anticipation(START);
  for (let alarm = 0; alarm < alarms; alarm++) anticipation.rang(duration(lateness(alarm)));
  return anticipation;
};

describe('the anticipation of a release', () => {
  it.each([0.01, 0.04, 0.1])('has the alarm ring as early as wake-ups are late: %s ms', (lateness) => {
    const { lead } = experienced(5000, () => lateness);
    expect(lead).toBeGreaterThan(lateness - 0.001);
    expect(lead).toBeLessThan(lateness + 0.031);
  });

  it('is early enough for all wake-ups but one in a hundred', () => {
    const latenessOf = (alarm: number): number => ((alarm * 37) % 100) / 1000;
    const anticipation = experienced(5000, latenessOf);
    let late = 0;
    for (let alarm = 0; alarm < 10_000; alarm++) {
      if (latenessOf(alarm) > anticipation.lead) late += 1;
      anticipation.rang(duration(latenessOf(alarm)));
    }
    expect(late).toBeGreaterThan(20);
    expect(late).toBeLessThan(200);
  });

  it('is not impressed by a machine that is busy', () => {
    expect(experienced(1000, () => 30).lead).toBe(0.15);
    expect(experienced(100_000, () => 0).lead).toBe(0.005);
  });

  it('has the alarm ring at the time itself where that is too near, and never where nothing is due', () => {
    const anticipation = experienced(5000, () => 0.04);
    const { lead } = anticipation;
    expect(anticipation.alarmFor(instant(20), START)).toBe(20 - lead);
    expect(anticipation.alarmFor(instant(lead / 2), START)).toBe(lead / 2);
    expect(anticipation.alarmFor(instant(5), instant(6))).toBe(5);
    expect(anticipation.alarmFor(NEVER, START)).toBe(NEVER);
  });

  it('has nobody wait for what is over, or far away', () => {
    const anticipation = new Anticipation(START);
    const isNear = (due: Instant): boolean => anticipation.isNear(due, instant(10));
    expect([9, 10, 10.001, 10.14, 10.16, NEVER].map((due) => isNear(instant(due)))).toEqual(
      [false, false, true, true, false, false], // biome-ignore format: one line
    );
  });

  it.each([
    [1, 0.1],
    [0.25, 0.125],
    [0.16, 0.125],
  ])('takes an eighth of the time at most: a release each %s ms', (interval, share) => {
    const anticipation = experienced(1000, () => 0.1);
    const time = 10_000;
    let waited = 0;
    for (let due = interval; due < time; due += interval) {
      const alarm = anticipation.alarmFor(instant(due), instant(due - interval));
      // It rings at once.
      anticipation.rang(duration(0));
      if (!anticipation.isNear(instant(due), alarm)) continue;
      anticipation.waited(duration(due - alarm));
      waited += due - alarm;
    }
    expect(waited / time).toBeLessThan(share + 0.001);
    expect(waited).toBeGreaterThan(0);
  });
});
