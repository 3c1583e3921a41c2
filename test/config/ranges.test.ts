import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';

/** The YAML of a lab that has a setting in one place. */
const PLACES = {
  igmp: (setting: string) => ({ igmp: `, igmp: { ${setting} }` }),
  route: (setting: string) => ({ routes: `{ to: 10.9.0.0/16, via: 10.0.0.2, ${setting} }` }),
  'next hop': (setting: string) => ({
    routes: `{ to: 10.9.0.0/16, nexthops: [{ via: 10.0.0.2, ${setting} }, { via: 10.0.0.3 }] }`,
  }),
  capture: (setting: string) => ({
    more: `capture: [{ name: c, file: /var/tmp/c.pcapng, rotate: 1MB, ${setting} }]`,
  }),
  schedule: (setting: string) => ({ more: `schedule: [{ do: link down red, ${setting} }]` }),
} as const;
type Place = keyof typeof PLACES;
const problemsOf = ({ igmp = '', routes = '', more = '' }): string[] => {
  const text = `version: 1
links: { red: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24${igmp} } }, routes: [${routes}] } }
${more}
`;
  const { problems } = readConfiguration(text, 'lab.yaml');
  return problems.map(({ code }) => code).filter((code) => code.startsWith('E'));
};
const codes = (place: Place, setting: string): string[] => problemsOf(PLACES[place](setting));

/** What each number may be, by the contract or by what its field on the wire holds. */
const WHOLE: readonly (readonly [place: Place, key: string, least: number, most: number])[] = [
  ['igmp', 'robustness', 1, 7],
  ['igmp', 'last-member-query-count', 1, 255],
  ['igmp', 'startup-query-count', 1, 255],
  ['igmp', 'max-groups', 1, 1_000_000],
  ['igmp', 'max-sources', 1, 100_000],
  ['igmp', 'version', 1, 3],
  ['route', 'metric', 0, 4_294_967_295],
  ['route', 'tos', 0, 255],
  ['next hop', 'weight', 1, 256],
  ['capture', 'keep', 1, 1000],
  ['capture', 'snaplen', 20, 65_535],
  ['schedule', 'at: 1s, every: 1s, times', 1, 1_000_000_000],
];

/** What each time may be, in milliseconds; the first of IGMP are what a code of an octet stands for. */
const TIMES: readonly (readonly [place: Place, key: string, least: number, most: number])[] = [
  ['igmp', 'query-interval', 10_001, 31_744_000],
  ['igmp', 'startup-query-interval', 100, 31_744_000],
  ['igmp', 'query-response-interval', 100, 124_999],
  ['igmp', 'last-member-query-interval', 100, 3_174_400],
  ['schedule', 'at', 0, 86_400_000],
  ['schedule', 'at: 1s, every', 1, 86_400_000],
];

describe('a number of the configuration', () => {
  it.each(WHOLE)('of %s, %s, is taken from %d to %d', (place, key, least, most) => {
    const found = (value: number) => codes(place, `${key}: ${value}`);
    expect([found(least), found(most)]).toEqual([[], []]);
    for (const value of [least - 1, most + 1]) expect(found(value), `${value}`).toHaveLength(1);
  });

  it.each(TIMES)('of %s, %s, is taken from %d ms to %d ms', (place, key, least, most) => {
    const found = (value: number) => codes(place, `${key}: ${value}ms`);
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

  it('of next hops of a route is up to 64', () => {
    const hops = (count: number) =>
      problemsOf({
        routes: `{ to: 10.9.0.0/16, nexthops: [${Array.from({ length: count }, (_, at) => `{ via: 10.0.0.${2 + at} }`)}] }`,
      });
    expect([hops(1), hops(64)].flat()).toEqual([]);
    expect(hops(0)).toEqual(['E-RANGE']);
    expect(hops(65)).toEqual(['E-RANGE']);
  });
});
