import { describe, expect, it } from 'vitest';
import { formatPrefix, prefixOf } from '../../src/address.js';
import { Rib, type RoutePlace } from '../../src/ip/rib.js';
import type { Route } from '../../src/ip/route.js';
import { ip } from '../support/datagram.js';

const routeTo = (text: string): Route => {
  const [address, length] = text.split('/') as [string, string];
  return {
    ...{ prefix: prefixOf(ip(address), Number(length)), type: 'blackhole', nexthops: [] },
    ...{ metric: 0, tos: undefined, origin: 'config' },
  };
};
const ribOf = (...prefixes: readonly string[]): Rib => {
  const rib = new Rib();
  for (const each of prefixes) rib.add(routeTo(each));
  return rib;
};
const texts = (places: Iterable<RoutePlace>): string[] =>
  [...places].map(({ prefix }) => formatPrefix(prefix));

describe('the routes of a RIB', () => {
  it('inside a prefix are those from its first to its last address, itself among them', () => {
    const inside = ['10.0.0.0/8', '10.0.0.0/9', '10.0.0.0/32', '10.255.255.255/32'];
    const outside = ['0.0.0.0/0', '8.0.0.0/7', '10.0.0.0/7', '9.255.255.255/32', '11.0.0.0/8', '11.0.0.0/32'];
    const rib = ribOf(...outside, ...inside);
    expect(texts(rib.placesIn(prefixOf(ip('10.0.0.0'), 8)))).toEqual(inside);
    expect(texts(rib.placesIn(prefixOf(ip('10.0.0.0'), 32)))).toEqual(['10.0.0.0/32']);
    expect(texts(rib.placesIn(prefixOf(0, 0))).length).toBe(outside.length + inside.length);
  });

  it('around an address are those of every length', () => {
    const around = Array.from({ length: 33 }, (_, length) => formatPrefix(prefixOf(ip('10.1.2.3'), length)));
    expect(texts(ribOf(...around, '10.1.2.2/32').placesAround(ip('10.1.2.3')))).toEqual(around);
  });

  it('are told of whenever one comes, is replaced or goes', () => {
    let changes = 0;
    const rib = new Rib(() => {
      changes += 1;
    });
    const route = routeTo('10.0.0.0/8');
    rib.add(route);
    expect(changes).toBe(1);
    rib.add(route);
    expect(changes).toBe(1);
    rib.replace({ ...route, type: 'prohibit' });
    expect(changes).toBe(2);
    rib.remove(route);
    expect(changes).toBe(3);
    rib.remove(route);
    expect(changes).toBe(3);
  });
});
