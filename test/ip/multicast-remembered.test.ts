import { describe, expect, it } from 'vitest';
import { retained } from '../support/retained.js';
import { forwarding, G, SENDER } from './multicast-flows.js';

const MOST = 16_384;

describe('the multicast routes that are remembered', () => {
  it.each([
    ['many groups that nobody wants', (number: number) => [SENDER + number, 0xef10_0000 + number] as const],
    ['one group that nobody wants', (number: number) => [SENDER + number, 0xef10_0000] as const],
    ['a group that is wanted', (number: number) => [SENDER + 1 + number, G] as const],
  ])('H10 are at most 16,384, and a flow keeps its counters under a flood of %s', (_, pair) => {
    const { take, multicast, view, blue } = forwarding('blue');
    // Of an interface that has no other; it makes room for those to come.
    take(SENDER, 0xefff_0000, { ingress: blue });
    for (let number = 0; number < 50_000; number += 1) {
      take(...pair(number));
      if (number % 1000 === 0) take(SENDER, G);
    }
    expect([multicast.size, [...multicast.views()].length]).toEqual([MOST, MOST]);
    expect(view()).toMatchObject({ packets: 50, octets: 5000, reason: undefined });
  });

  /** Whether the route of a datagram is remembered: nobody is asked about it again. */
  const isKnown = (
    { asked, multicast, red }: ReturnType<typeof forwarding>,
    source: number,
    group = G,
  ): boolean => {
    const before = asked();
    multicast.routeFor(source, group, red);
    return asked() === before;
  };

  it('are all that is kept of a flood of groups', () => {
    const bench = forwarding();
    for (let number = 0; number < MOST + 5000; number += 1) bench.take(SENDER, 0xef10_0000 + number);
    expect(retained(Map)).toBeLessThan(MOST + 4000);
    expect(isKnown(bench, SENDER, 0xef10_0000 + MOST)).toBe(true);
  });

  it('are as many after some have ended', () => {
    const bench = forwarding('green');
    const { take, multicast, tables, red, blue, green } = bench;
    take(SENDER, G, { ingress: blue });
    take();
    multicast.apply({ ...tables, interfaces: [red, green] });
    for (let number = 0; number < MOST; number += 1) take(SENDER + number);
    const known = (): number =>
      Array.from({ length: MOST + 5 }).filter((_, number) => isKnown(bench, SENDER + number)).length;
    expect(known()).toBe(MOST);
    for (let number = MOST; number < MOST + 5; number += 1) take(SENDER + number);
    expect(known()).toBe(MOST);
  });

  it('make room in the order in which they came, unless two datagrams came meanwhile', () => {
    const bench = forwarding('blue');
    const { take } = bench;
    // To two groups by turns, one of which nobody wants; the second and the last flow have a group of their own.
    const groupOf = (number: number): number => G + (number % (MOST - 2) === 1 ? 2 : number % 2);
    const isFlowKnown = (number: number): boolean => isKnown(bench, SENDER + number, groupOf(number));
    for (let number = 0; number < MOST; number += 1) take(SENDER + number, groupOf(number));
    for (const number of [0, MOST, MOST + 2]) take(SENDER + number, groupOf(number));
    expect([0, 1, 2, 3, MOST - 1, MOST, MOST + 2].map(isFlowKnown)).toEqual([
      ...[true, false, false, true, true, true, true],
    ]);
    // Next time, nothing has come.
    for (let number = 0; number < MOST; number += 1) take(SENDER - 1 - number);
    expect(isFlowKnown(0)).toBe(false);
  });

  it('make room in that order also after other tables that end none', () => {
    const { take, multicast, tables } = forwarding('blue');
    for (let number = 0; number < MOST; number += 1) take(SENDER + number, G + (number % 2));
    multicast.apply(tables);
    for (const number of [MOST, MOST + 1]) take(SENDER + number);
    const known = new Set([...multicast.views()].map(({ source }) => source - SENDER));
    expect([0, 1, 2].map((number) => known.has(number))).toEqual([false, false, true]);
  });

  it('are shown one by one, each when it is asked for, and counted without a look', () => {
    const bench = forwarding('blue');
    for (let number = 0; number < 1000; number += 1) bench.take(SENDER + (number % 4), 0xef10_0000 + number);
    const before = bench.asked();
    expect([bench.multicast.size, bench.asked() - before]).toEqual([1000, 0]);
    const views = bench.multicast.views();
    expect(views.next().value?.group).toBe(0xef10_0000);
    expect(bench.asked() - before).toBeLessThan(8);
    views.next();
    // Those that come meanwhile may never end.
    bench.take(SENDER, 0xefff_0000);
    expect([...views].length).toBe(998);
  });

  it('are looked through without a look at where they go now', () => {
    const bench = forwarding('blue');
    for (let number = 0; number < 100; number += 1) bench.take(SENDER + number, G);
    const before = bench.asked();
    expect(bench.multicast.find(({ route }) => route.source === SENDER + 70)?.route.group).toBe(G);
    expect(bench.multicast.find(() => false)).toBeUndefined();
    expect(bench.asked()).toBe(before);
  });

  it('are not shown any more when they have been forgotten since the first was asked for', () => {
    const { take, multicast, tables, red, blue } = forwarding('blue');
    for (let number = 0; number < 10; number += 1)
      take(SENDER + number, 0xef10_0000 + number, { ingress: number % 2 === 0 ? red : blue });
    const views = multicast.views();
    views.next();
    multicast.apply({ ...tables, interfaces: [red] });
    expect([...views].map(({ incoming }) => incoming.link)).toEqual(Array(4).fill('red'));
    expect(multicast.size).toBe(5);
  });

  it('end with their interface at no cost, and make room for others first', () => {
    const { take, multicast, tables, red, blue } = forwarding('blue');
    for (let number = 0; number < MOST; number += 1)
      take(SENDER + number, 0xef10_0000 + (number >> 2), { ingress: number < 1000 ? blue : red });
    const { get, set } = Map.prototype;
    let calls = 0;
    const counted = <Act extends (this: Map<unknown, unknown>, ...given: never[]) => unknown>(act: Act) =>
      function (this: Map<unknown, unknown>, ...given: Parameters<Act>) {
        calls += 1;
        return act.apply(this, given);
      };
    try {
      Map.prototype.get = counted(get);
      Map.prototype.set = counted(set) as typeof set;
      multicast.apply({ ...tables, interfaces: [red] });
    } finally {
      Object.assign(Map.prototype, { get, set });
    }
    expect(calls).toBe(0);
    expect(multicast.size).toBe(MOST - 1000);
    for (let number = 0; number < 1000; number += 1) take(SENDER, 0xef20_0000 + number);
    expect([multicast.size, [...multicast.views()].length]).toEqual([MOST, MOST]);
  });
});
