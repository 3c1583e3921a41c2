import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/time.js';
import type { Case, Output } from './case.js';
import { at, forwarded } from './expectation.js';
import { G, G2, S1 } from './igmp/addresses.js';
import { asks } from './igmp/expects.js';
import { kase } from './igmp/kase.js';
import { data, isEx, isIn, query, report, toEx, toIn } from './igmp/sends.js';
import { refusalFault } from './igmp/settings-check.js';
import { runCase } from './run-case.js';
import type { TargetKind } from './target.js';
import { memory } from './targets/memory.js';

/** The real router, but for what is done to its outputs on their way to the one who judges them. */
const sabotaged = (change: (outputs: Output[]) => Output[]): TargetKind => ({
  name: 'memory',
  prepare: async (each) => {
    const target = await memory.prepare(each);
    return { ...target, take: async (atLeast) => change(await target.take(atLeast)) };
  },
});

const faultOf = async (each: Case, kind: TargetKind = memory): Promise<string> => {
  const result = await runCase(each, kind);
  return result.outcome === 'pass' ? 'pass' : result.why;
};

const leaving = kase('a leave', {
  steps: [
    { send: report(isEx(G)), groups: { 0: [`${G} exclude=270`] }, events: [`join ${G}`] },
    {
      send: report(toIn(G)),
      wait: seconds(2),
      expect: [at(0, asks({ group: G })), at(1, asks({ group: G }))],
      counted: ['received report-v3'],
      groups: { 0: [] },
    },
  ],
});

describe('a case of IGMP', () => {
  it('passes where just that comes out at just that time', async () => {
    expect(await faultOf(leaving)).toBe('pass');
  });

  it.each([
    [
      'a millisecond late',
      (all: Output[]) => all.map((one) => ({ ...one, at: one.at + 1 })),
      /after 0.001 s instead of 0 s/,
    ],
    ['without the second query', (all: Output[]) => all.slice(0, 1), /nothing more on port 0/],
    ['with a query too many', (all: Output[]) => [...all, ...all.slice(0, 1)], /not asked for: p0/],
    [
      'on another port',
      (all: Output[]) => all.map((one) => ({ ...one, on: 1 as const })),
      /nothing more on port 0/,
    ],
    [
      'with an octet that is wrong',
      (all: Output[]) =>
        all.map((one) => ({ ...one, octets: one.octets.map((octet, place) => (place === 32 ? 3 : octet)) })),
      /3h instead of 2h/,
    ],
  ] as const)('deviates %s', async (_, change, why) => {
    expect(await faultOf(leaving, sabotaged(change))).toMatch(why);
  });

  it.each([
    [
      'another timer',
      kase('x', { send: report(isEx(G)), groups: { 0: [`${G} exclude=269.999`] } }),
      /exclude=270" instead of/,
    ],
    [
      'another group',
      kase('x', { send: report(isEx(G)), groups: { 0: [`${G2} exclude=270`] } }),
      /instead of/,
    ],
    [
      'no group',
      kase('x', { send: report(isIn(G)), groups: { 0: [`${G} include`] } }),
      /no group instead of/,
    ],
    [
      'a blocked source',
      kase('x', { send: report(isIn(G, S1)), groups: { 0: [`${G} include !${S1}`] } }),
      /instead of/,
    ],
    [
      'an older host',
      kase('x', { send: report(isEx(G)), groups: { 0: [`${G} exclude=270 v2`] } }),
      /instead of/,
    ],
    [
      'another count',
      kase('x', { send: report(isEx(G)), counted: ['received report-v2'] }),
      /received report-v3 instead of/,
    ],
    [
      'another event',
      kase('x', { send: report(isEx(G)), events: [] }),
      /told: join 239.1.1.1 instead of nothing/,
    ],
    ['another fate', kase('x', { send: report(toEx(G), { checksum: 1 }) }), /dropped: igmp-bad-checksum/],
    [
      'a datagram more',
      kase('x', { steps: [{ send: report(isEx(G)) }, { send: data(), on: 3 }] }),
      /not asked for/,
    ],
    [
      'a datagram less',
      kase('x', { send: data(), on: 3, expect: [forwarded({ on: 0 })] }),
      /nothing came out/,
    ],
    ['what the check says', kase('x', { wait: seconds(1), check: () => 'no' }), /no/],
  ] as const)('deviates where there is %s', async (_, each, why) => {
    expect(await faultOf(each)).toMatch(why);
  });

  it.each([
    [true, 'pass'],
    [false, 'step 2: after 1 s instead of 0 s'],
  ])('is tried once more where the machine was busy: %s', async (busy, why) => {
    let isFirst = true;
    const kind: TargetKind = {
      name: 'memory',
      prepare: async (each) => {
        const target = await memory.prepare(each);
        const delay = isFirst ? 1000 : 0;
        isFirst = false;
        const late = (one: Output): Output => ({ ...one, at: one.at + delay });
        const take = async (atLeast: number) => (await target.take(atLeast)).map(late);
        return { ...target, take, wasBusy: () => busy };
      },
    };
    expect(await faultOf(leaving, kind)).toContain(why);
  });

  it('leaves general queries out unless it asks for them', async () => {
    const waiting = { wait: seconds(200), igmpOn: { 1: 'none', 2: 'none' } } as const;
    expect(await faultOf(kase('x', waiting))).toBe('pass');
    expect(await faultOf(kase('x', { ...waiting, generalQueries: true }))).toMatch(/not asked for: p0/);
  });

  it('is not run on devices where it takes long, or asks for a millisecond after many seconds', async () => {
    const devices = { ...memory, name: 'devices' } as const;
    const waiting = (time: number) => faultOf(kase('x', { send: query(), wait: seconds(time) }), devices);
    expect(await waiting(66)).toMatch(/virtual time only: it takes 66 s/);
    expect(await waiting(3.999)).toMatch(/virtual time only: it asks for what happens to a millisecond/);
    expect(await waiting(4)).not.toMatch(/virtual time only/);
    expect(await waiting(2.999)).not.toMatch(/virtual time only/);
  });

  it('knows settings that are refused from those that are not', () => {
    expect(refusalFault({ robustness: 0 })).toBeUndefined();
    expect(refusalFault({ robustness: 2 })).toMatch(/answered with nothing instead of error/);
  });
});
