import { describe, expect, it } from 'vitest';
import { newGroup } from '../../../src/igmp/membership/group.js';
import {
  askAboutGroup,
  askAboutSources,
  dueQueries,
  isBeingAsked,
} from '../../../src/igmp/membership/last-member.js';
import { after, instant, milliseconds, NEVER, START } from '../../../src/time.js';
import { ip } from '../../support/datagram.js';

const [G, S1, S2] = ['239.1.1.1', '10.0.0.1', '10.0.0.2'].map(ip) as [number, number, number];
/** Two queries, a second apart. */
const V = {
  lastMemberQueryInterval: milliseconds(1000),
  lastMemberQueryCount: 2,
  lastMemberQueryTime: milliseconds(2000),
} as Parameters<typeof askAboutGroup>[2];

const everySource = (deadline = instant(100_000)) =>
  Object.assign(newGroup(G, START), { filterMode: 'exclude' as const, deadline });
const someSources = (...deadlines: number[]) => {
  const group = newGroup(G, START);
  for (const [at, deadline] of deadlines.entries()) group.requested.arm([S1, S2][at]!, instant(deadline));
  return group;
};

describe('queries for remaining members', () => {
  it('of a group are under way until the moment at which it ends', () => {
    const group = everySource();
    askAboutGroup(group, START, V);
    expect([0, 1999, 2000, 2001].map((now) => isBeingAsked(group, instant(now)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('are not made about sources that end no later anyway, and then nothing is to be repeated', () => {
    const group = someSources(2000);
    expect(askAboutSources(group, [S1, S2], START, V)).toBeUndefined();
    expect(group.pending).toBeUndefined();
    expect(group.requested.deadline(S1)).toBe(2000);
    expect(group.requested.deadline(S2)).toBeUndefined();
  });

  it('are made about those that end a millisecond later', () => {
    const group = someSources(2001, 2000);
    expect(askAboutSources(group, [S1, S2], START, V)?.sources).toEqual([S1]);
    expect(group.requested.deadline(S1)).toBe(2000);
  });

  it('are marked as answered where the time that is left is more than a series takes', () => {
    for (const [deadline, isAnswered] of [
      [3000, false],
      [3001, true],
    ] as const) {
      const group = everySource();
      askAboutGroup(group, START, V);
      group.deadline = instant(deadline);
      const queries = dueQueries(group, instant(1000), V);
      expect(queries.map(({ isSuppressed }) => isSuppressed)).toEqual([isAnswered]);
      const sources = someSources(100_000);
      askAboutSources(sources, [S1], START, V);
      sources.requested.arm(S1, instant(deadline));
      expect(dueQueries(sources, instant(1000), V)).toMatchObject([
        { sources: [S1], isSuppressed: isAnswered },
      ]);
    }
  });

  it('have no time at which they are due once all were made', () => {
    const group = someSources(100_000);
    askAboutSources(group, [S1], START, V);
    expect(group.pending?.nextAt).toBe(after(START, milliseconds(1000)));
    dueQueries(group, instant(1000), V);
    expect(group.pending?.nextAt).toBe(NEVER);
    expect(dueQueries(group, instant(2000), V)).toEqual([]);
  });
});
