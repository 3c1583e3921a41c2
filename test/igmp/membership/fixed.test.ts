import { describe, expect, it } from 'vitest';
import { formatAddress, prefixOf } from '../../../src/address.js';
import { FixedGroups } from '../../../src/igmp/membership/fixed.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, S1, S2 } from '../bench.js';

const OTHER = '239.2.2.2';
type Words = readonly string[];

/** `239.1.1.1`, `239.1.0.0/16`, either with ` 203.0.113.1` behind it. */
const staticGroups = (words: Words) =>
  words.map((each) => {
    const [group = '', source] = each.split(' ');
    const [network = '', length = '32'] = group.split('/');
    return {
      group: prefixOf(ip(network), Number(length)),
      source: source === undefined ? undefined : ip(source),
    };
  });
const joinGroups = (words: Words) =>
  staticGroups(words).map(({ group, source }) => ({ group: group.network, source }));
const fixedBy = (statics: Words, joins: Words = []): FixedGroups =>
  new FixedGroups({ staticGroups: staticGroups(statics), joinGroups: joinGroups(joins) });

describe('the groups that settings ask for', () => {
  it('are not named one by one where many have changed', () => {
    const all = [...Array(33).keys()].map((at) => `239.3.3.${at}`);
    expect(fixedBy(all.slice(1)).changedFrom(fixedBy([]))).toHaveLength(32);
    expect(fixedBy(all).changedFrom(fixedBy([]))).toBeUndefined();
    expect(fixedBy([]).changedFrom(fixedBy(all))).toBeUndefined();
    expect([fixedBy([G]).names(ip(G)), fixedBy(['239.1.0.0/16']).names(ip(G))]).toEqual([true, false]);
  });

  it('are wanted from the sources of all entries together, or from any where one names none', () => {
    const wants = (fixed: FixedGroups) => [S1, S2, '10.0.0.1'].map((each) => fixed.forwards(ip(G), ip(each)));
    expect(wants(fixedBy([`${G} ${S1}`]))).toEqual([true, false, false]);
    expect(wants(fixedBy([`${G} ${S1}`, `${G} ${S2}`]))).toEqual([true, true, false]);
    expect(wants(fixedBy([`${G} ${S1}`], [`${G} ${S2}`]))).toEqual([true, true, false]);
    expect(wants(fixedBy([`239.1.0.0/16 ${S1}`, `239.1.0.0/16 ${S2}`]))).toEqual([true, true, false]);
    expect(wants(fixedBy([G, `${G} ${S1}`]))).toEqual([true, true, true]);
    expect(wants(fixedBy([`${G} ${S1}`, G]))).toEqual([true, true, true]);
    expect(wants(fixedBy([`239.0.0.0/8 ${S1}`], [G]))).toEqual([true, true, true]);
    expect(wants(fixedBy([], []))).toEqual([false, false, false]);
  });

  it('know why, each reason once', () => {
    expect(fixedBy([G, `${G} ${S1}`], [G]).of(ip(G))?.origins).toEqual(['static', 'join']);
    expect(fixedBy(['239.1.0.0/16']).of(ip(G))?.origins).toEqual(['static']);
    expect(fixedBy([OTHER]).of(ip(G))).toBeUndefined();
  });

  it.each<[Words, Words, Words | undefined]>([
    [[G], [G], []],
    [[G], [], [G]],
    [[], [G], [G]],
    [[G], [`${G} ${S1}`], [G]],
    [[`${G} ${S1}`], [G], [G]],
    [[`${G} ${S1}`], [`${G} ${S1}`], []],
    [[`${G} ${S1}`], [`${G} ${S2}`], [G]],
    [[`${G} ${S1}`], [`${G} ${S1}`, `${G} ${S2}`], [G]],
    [[`${G} ${S1}`, `${G} ${S2}`], [`${G} ${S2}`, `${G} ${S1}`], []],
    [[`${G} ${S1}`, `${G} ${S2}`], [`${G} ${S2}`, `${G} 10.0.0.1`], [G]],
    [[G, `${G} ${S1}`], [G], []],
    [[G, `${G} ${S1}`], [`${G} ${S1}`], [G]],
    [[G, OTHER], [`${G} ${S1}`, OTHER], [G]],
    [['239.1.0.0/16'], ['239.1.0.0/16', G], [G]],
    [['239.1.0.0/16'], ['239.1.0.0/16'], []],
    [['239.1.0.0/16'], ['239.1.0.0/17'], undefined],
    [['239.1.0.0/16'], [`239.1.0.0/16 ${S1}`], undefined],
  ])('%j and then %j differ in %j', (before, after, groups) => {
    const changed = fixedBy(after).changedFrom(fixedBy(before));
    expect(changed?.map(formatAddress)).toEqual(groups);
  });
});

describe('a leave of a group that settings ask for', () => {
  const left = (words: Words, ...says: readonly (readonly ['to-in' | 'block', string[]])[]) => {
    const bench = new Bench({ staticGroups: staticGroups(words) });
    bench.say(['to-ex', G], ['allow', G, [S1, S2]]);
    bench.changed.length = 0;
    for (const [type, sources] of says) bench.say([type, G, sources]);
    return { asked: bench.asked(0), changed: bench.changed, bench };
  };

  it('E32 needs no query, and changes nothing', () => {
    for (const words of [[G], ['239.0.0.0/8']])
      expect(left(words, ['to-in', []], ['block', [S1]])).toMatchObject({ asked: [], changed: [] });
  });

  it('E32 is asked about where settings ask for some sources only', () => {
    expect(left([`${G} ${S1}`], ['to-in', []]).asked).toEqual(['0 Q(G)', '0 Q(G,S2)']);
    expect(left([`${G} ${S1}`], ['block', [S1]]).asked).toEqual([]);
    expect(left([`${G} ${S1}`], ['block', [S1, S2]]).asked).toEqual(['0 Q(G,S2)']);
    const whole = new Bench({ staticGroups: staticGroups([`${G} ${S1}`]) });
    whole.say(['to-ex', G], ['to-in', G]);
    expect(whole.asked(0)).toEqual(['0 Q(G)']);
    const { bench } = left([`${G} ${S1}`], ['to-in', []]);
    expect([bench.after(5000).forwards(S1), bench.forwards(S2)]).toEqual([true, false]);
  });
});
