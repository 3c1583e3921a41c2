import { describe, expect, it } from 'vitest';
import { Reporters } from '../../../src/igmp/membership/reporters.js';
import { instant, START } from '../../../src/time.js';

const END = instant(270_000);
const NOBODY_UNKNOWN = instant(-1);
const sources = (count: number, first = 0): ReadonlySet<number> =>
  new Set(Array.from({ length: count }, (_, at) => first + at + 1));

describe('the reporters of a group', () => {
  it('G04 H10 take somebody for unknown where there are more than 256, until those fall silent', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    for (let host = 1; host <= 300; host += 1) reporters.heard(host, 'to-ex', sources(0), START, END, 10);
    for (let host = 1; host <= 300; host += 1) reporters.heard(host, 'to-in', sources(0), START, END, 10);
    expect([reporters.mayWantAll(START), reporters.mayWantAll(END)]).toEqual([true, false]);
  });

  it('G04 are followed again when those who made no sense have fallen silent', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    for (let host = 1; host <= 256; host += 1) reporters.heard(host, 'to-ex', sources(0), START, END, 10);
    const later = instant(300_000);
    reporters.heard(1000, 'to-ex', sources(0), later, instant(570_000), 10);
    expect(reporters.mayWantAll(later)).toBe(true);
    reporters.heard(1000, 'to-in', sources(0), later, instant(570_000), 10);
    expect(reporters.mayWantAll(later)).toBe(false);
  });

  it('G04 are 256 at most, and none is lost by one who has reported before', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    for (let host = 1; host <= 256; host += 1) reporters.heard(host, 'to-ex', sources(0), START, END, 10);
    for (let host = 1; host <= 256; host += 1) reporters.heard(host, 'to-in', sources(0), START, END, 10);
    expect(reporters.mayWantAll(START)).toBe(false);
    for (let host = 1; host <= 257; host += 1) reporters.heard(host, 'to-ex', sources(0), START, END, 10);
    for (let host = 1; host <= 257; host += 1) reporters.heard(host, 'to-in', sources(0), START, END, 10);
    expect(reporters.mayWantAll(START)).toBe(true);
  });

  it('G04 make room one by one as they fall silent', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    const until = (host: number) => instant(1000 * host);
    for (let host = 1; host <= 256; host += 1)
      reporters.heard(host, 'to-ex', sources(0), START, until(host), 10);
    for (let host = 1; host <= 3; host += 1)
      reporters.heard(1000 + host, 'to-in', sources(1), until(host), END, 10);
    expect(reporters.mayWantAll(until(3))).toBe(true);
    // Had there been no room for one of them, somebody unknown would want all.
    for (let host = 4; host <= 256; host += 1) reporters.heard(host, 'to-in', sources(0), until(3), END, 10);
    expect([reporters.mayWant(1, until(3)), reporters.mayWantAll(until(3))]).toEqual([true, false]);
  });

  it('G04 take no room once they have left', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    for (let host = 1; host <= 300; host += 1)
      for (const type of ['to-ex', 'to-in'] as const) reporters.heard(host, type, sources(0), START, END, 10);
    expect(reporters.mayWantAll(START)).toBe(false);
  });

  it('G04 H02 want something until they have been silent for long, and so do the sources that they named', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    reporters.heard(1, 'to-ex', sources(0), START, END, 10);
    const last = instant(END - 1);
    expect([reporters.mayWantAll(last), reporters.mayWantAll(END)]).toEqual([true, false]);
    for (let host = 2; host <= 5; host += 1)
      reporters.heard(host, 'allow', sources(10, 100 * host), START, END, 10);
    const later = instant(600_000);
    reporters.heard(6, 'allow', sources(10, 6000), END, later, 10);
    expect([reporters.mayWant(6001, END), reporters.mayWant(999_999, END)]).toEqual([true, false]);
  });

  it('H02 together remember four times the sources that a group may have; who names more wants all', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    for (let host = 0; host < 4; host += 1)
      reporters.heard(host + 1, 'allow', sources(10, 100 * host), START, END, 10);
    expect(reporters.mayWant(999_999, START)).toBe(false);
    reporters.heard(5, 'allow', sources(1, 5000), START, END, 10);
    expect(reporters.mayWant(999_999, START)).toBe(true);
    for (const host of [1, 5]) reporters.heard(host, 'to-in', sources(0), START, END, 10);
    reporters.heard(6, 'allow', sources(10, 6000), START, END, 10);
    expect([reporters.mayWant(6001, START), reporters.mayWant(999_999, START)]).toEqual([true, false]);
  });

  it('a shorter word of one without a name takes nothing from a longer one', () => {
    const reporters = new Reporters(NOBODY_UNKNOWN);
    reporters.heard(0, 'to-ex', sources(0), START, END, 10);
    reporters.heard(0, 'to-ex', sources(0), START, instant(1000), 10);
    expect(reporters.mayWantAll(instant(2000))).toBe(true);
  });
});
