import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';

/** A lab with a setting of IGMP, of ICMP, of an interface or of a link. */
const PLACES = {
  igmp: (setting: string) => `{ red: { address: 10.0.0.1/24, igmp: { ${setting} } } }`,
} as const;
const codes = (place: keyof typeof PLACES, setting: string): string[] => {
  const text = `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: ${PLACES[place](setting)} } }
`;
  return readConfiguration(text, 'lab.yaml').problems.map(({ code }) => code);
};

/** What each number may be, by the contract or by what its field on the wire holds. */
const WHOLE: readonly (readonly [place: keyof typeof PLACES, key: string, least: number, most: number])[] = [
  ['igmp', 'robustness', 1, 7],
  ['igmp', 'last-member-query-count', 1, 255],
  ['igmp', 'startup-query-count', 1, 255],
  ['igmp', 'max-groups', 1, 1_000_000],
  ['igmp', 'max-sources', 1, 100_000],
  ['igmp', 'version', 1, 3],
];

/** What each time may be, in milliseconds; the first of IGMP are what a code of an octet stands for. */
const TIMES: readonly (readonly [place: keyof typeof PLACES, key: string, least: number, most: number])[] = [
  ['igmp', 'query-interval', 10_001, 31_744_000],
  ['igmp', 'startup-query-interval', 100, 31_744_000],
  ['igmp', 'query-response-interval', 100, 124_999],
  ['igmp', 'last-member-query-interval', 100, 3_174_400],
];

describe('a number of the configuration', () => {
  it.each(WHOLE)('of %s, %s, is taken from %d to %d', (place, key, least, most) => {
    const found = (value: number) => codes(place, `${key}: ${value}`).filter((code) => code.startsWith('E'));
    expect([found(least), found(most)]).toEqual([[], []]);
    for (const value of [least - 1, most + 1]) expect(found(value), `${value}`).toHaveLength(1);
  });

  it.each(TIMES)('of %s, %s, is taken from %d ms to %d ms', (place, key, least, most) => {
    const found = (value: number) =>
      codes(place, `${key}: ${value}ms`).filter((code) => code.startsWith('E'));
    expect([found(least), found(most)]).toEqual([[], []]);
    for (const value of [least - 1, most + 1]) expect(found(value), `${value} ms`).toEqual(['E-RANGE']);
  });

  it('of patterns of groups is up to 256', () => {
    const patterns = (count: number) =>
      codes('igmp', `deny-groups: [${Array(count).fill('{ group: 239.0.0.0/8 }').join(', ')}]`);
    expect([patterns(1), patterns(256)].flat()).toEqual([]);
    expect(patterns(0)).toEqual(['E-RANGE']);
    expect(patterns(257)).toEqual(['E-RANGE']);
  });
});
