import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import type { Filter } from '../../src/ip/filter.js';
import { instant, milliseconds, NEVER, START } from '../../src/time.js';
import { datagram } from '../support/datagram.js';
import { type FilterFields, filter } from '../support/filter.js';
import { testInterface } from '../support/router.js';
import { filtersMade, named, RED } from './filters-made.js';

const BLUE = testInterface('blue', [], { index: 2 });

describe('filters that were prepared', () => {
  /** Many, for sources of their own, which tell how often they are looked at. */
  const many = (count: number, looks: { count: number }): Filter[] =>
    Array.from({ length: count }, (_, at) => {
      const { match, ...rest } = named(`p${at}`, { match: { source: prefixOf(0x0a000000 + at * 256, 24) } });
      return {
        ...rest,
        get match() {
          looks.count += 1;
          return match;
        },
      };
    });
  const from = (source: number) => datagram({ source });

  it('are made in small steps, while those before decide, and then are in force at once', () => {
    const { filters, receive } = filtersMade();
    filters.apply([named('before')], [RED], START);
    const looks = { count: 0 };
    const plan = many(3000, looks);
    let [steps, most] = [0, 0];
    for (const _ of filters.prepare(plan, START)) {
      most = Math.max(most, looks.count);
      looks.count = 0;
      steps += 1;
      expect(receive(from(0x0a000001))).toBe('before');
    }
    expect(steps).toBeGreaterThan(10);
    // Nine fields of a block of filters.
    expect(most).toBeLessThanOrEqual(9 * 1024);
    looks.count = 0;
    filters.apply(plan, [RED], START);
    // Only whether any of them tells segments apart.
    expect(looks.count).toBeLessThanOrEqual(plan.length);
    expect([receive(from(0x0a000001)), receive(from(0x0a0bb701)), receive(from(0x0b000001))]).toEqual([
      'p0',
      'p2999',
      undefined,
    ]);
  });

  it('take what was changed meanwhile as it is', () => {
    const { filters, receive } = filtersMade();
    const looks = { count: 0 };
    filters.apply(
      [named('gone', { match: { protocol: 6 } }), named('kept', { match: { protocol: 17 } })],
      [RED],
      START,
    );
    const [, kept] = filters.views(START);
    for (const _ of filters.prepare([...many(600, looks), kept!.filter], START));
    filters.add(named('added'), START);
    filters.remove('kept');
    // Others than those that were prepared.
    filters.apply([...many(600, looks), kept!.filter], [RED], START);
    expect(filters.names.slice(-2)).toEqual(['p599', 'added']);
    const plan = [...many(700, looks), kept!.filter];
    for (const _ of filters.prepare(plan, START));
    filters.remove('added');
    filters.add(named('later'), START);
    filters.apply(plan, [RED], START);
    expect(filters.names.slice(-2)).toEqual(['p699', 'later']);
    expect([receive(from(0x0a000001)), receive(from(0x0b000001))]).toEqual(['p0', 'later']);
  });

  it('are kept where interfaces have other numbers, and made beforehand for those that are to come', () => {
    const { filters, receive } = filtersMade();
    const looks = { count: 0 };
    const plan = [...many(600, looks), named('red', { in: RED }), named('blue', { out: BLUE })];
    filters.apply([], [RED], START);
    for (const _ of filters.prepare(plan, START));
    expect(looks.count).toBeGreaterThan(600);
    looks.count = 0;
    RED.index = 2;
    filters.apply(plan, [BLUE, RED], START);
    RED.index = 1;
    filters.apply(plan, [RED, BLUE], START);
    // Each is looked at once for what it may do to segments, and none is compiled.
    expect(looks.count).toBe(2 * 600);
    expect(receive(datagram())).toBe('red');
  });
});

describe('the filters of a router', () => {
  interface Known {
    readonly filter: Filter;
    readonly expires: number;
    matched: number;
    decided: number;
    isGone: boolean;
  }

  const someFilters = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      in: fc.constantFrom(undefined, undefined, RED, BLUE),
      out: fc.constantFrom(undefined, undefined, undefined, BLUE),
      match: fc.record({ protocol: fc.constantFrom(undefined, 6, 17) }),
      limit: fc.constantFrom(undefined, undefined, 1, 2),
      for: fc.constantFrom(undefined, undefined, milliseconds(3)),
    })
    .map(filter);
  const plans = fc.uniqueArray(someFilters, { selector: ({ name }) => name, maxLength: 3 });
  const acts = fc.oneof(
    { weight: 2, arbitrary: someFilters.map((add) => ({ add })) },
    { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c', 'd').map((remove) => ({ remove })) },
    { weight: 1, arbitrary: fc.record({ plan: plans, hasBlue: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant('same' as const) },
    { weight: 2, arbitrary: fc.constantFrom(1, 2, 5).map((wait) => ({ wait })) },
    {
      weight: 6,
      arbitrary: fc
        .record({ protocol: fc.constantFrom(6, 17), count: fc.constantFrom(1, 1, 3) })
        .map((send) => ({ send })),
    },
  );

  it('are those of the plan and then those of run time, each for its time and up to its limit', () => {
    fc.assert(
      fc.property(fc.array(acts, { minLength: 8, maxLength: 40 }), (all) => {
        const { filters, receive, seen } = filtersMade();
        const [told, wanted]: [unknown[], unknown[]] = [[], []];
        let isStale = false;
        let now = START;
        let configured: Known[] = [];
        let runtime: Known[] = [];
        let plan: readonly Filter[] = [];
        let interfaces = [RED, BLUE];
        const known = (each: Filter): Known => ({
          filter: each,
          expires: each.for === undefined ? NEVER : now + each.for,
          matched: 0,
          decided: 0,
          isGone: false,
        });
        const inForce = (): Known[] => [...configured, ...runtime].filter(({ isGone }) => !isGone);
        const adopt = (): void => {
          const before = configured;
          configured = plan.map((each) => {
            const { name: _, ...fields } = each;
            const same = before.find(({ filter: { name, ...other } }) => {
              const isEqual =
                JSON.stringify([other.match, other.limit, other.for]) ===
                JSON.stringify([fields.match, fields.limit, fields.for]);
              return name === each.name && other.in === each.in && other.out === each.out && isEqual;
            });
            return same ?? known(each);
          });
          const stays = (of: typeof RED | undefined) => of === undefined || interfaces.includes(of);
          runtime = runtime.filter(
            ({ filter: { name, in: from, out: to } }) =>
              configured.every((each) => each.isGone || each.filter.name !== name) &&
              stays(from as typeof RED) &&
              stays(to as typeof RED),
          );
          filters.apply(plan, interfaces, now);
        };
        for (const act of all) {
          if (act === 'same') adopt();
          else if ('plan' in act) {
            plan = act.plan;
            interfaces = act.hasBlue ? [RED, BLUE] : [RED];
            adopt();
          } else if ('add' in act) {
            const isNew = inForce().every((each) => each.filter.name !== act.add.name);
            told.push(filters.add(act.add, now));
            wanted.push(isNew);
            if (isNew) runtime.push(known(act.add));
          } else if ('remove' in act) {
            const found = inForce().find((each) => each.filter.name === act.remove);
            told.push(filters.has(act.remove), filters.remove(act.remove));
            wanted.push(found !== undefined, found !== undefined);
            if (found !== undefined) found.isGone = true;
          } else if ('wait' in act) {
            now = instant(now + act.wait);
            filters.poll(now);
            for (const each of inForce()) if (each.expires <= now) each.isGone = true;
          } else {
            const { protocol, count } = act.send;
            const first = inForce().find(
              ({ filter: { in: from, out, match, limit }, decided }) =>
                (from === undefined || from === RED) &&
                out === undefined &&
                (match.protocol ?? protocol) === protocol &&
                (limit === undefined || decided < limit),
            );
            told.push(receive(datagram({ protocol }), now, count));
            wanted.push(first?.filter.name);
            if (first !== undefined) {
              first.matched += count;
              first.decided += count;
            }
          }
          const viewed = filters.views(now).map((view) => ({ ...view, filter: view.filter.name }));
          told.push([viewed, filters.names, filters.nextDeadline()]);
          wanted.push([
            inForce().map(({ filter: { name }, matched, expires }) => ({
              filter: name,
              matched,
              expiresIn: expires === NEVER ? undefined : expires - now,
            })),
            inForce().map((each) => each.filter.name),
            Math.min(NEVER, ...inForce().map(({ expires }) => expires)),
          ]);
          // Whoever took them when they last changed still has what counts.
          isStale ||= seen.at(-1) !== filters.current;
        }
        expect(told).toEqual(wanted);
        expect(isStale).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('are nothing to decisions while none of them can match', () => {
    const { filters, receive } = filtersMade();
    expect(filters.current).toBeUndefined();
    filters.apply([named('one', { limit: 1 })], [], START);
    expect(filters.current).toBe(filters);
    receive(datagram());
    filters.apply([named('one', { limit: 1 })], [], START);
    expect(filters.current).toBeUndefined();
    expect(filters.names).toEqual(['one']);
  });

  it.each<[string, FilterFields, boolean]>([
    ['a limit', { limit: 5 }, true],
    ['a chance', { probability: 0.5 }, true],
    ['a size', { match: { sizeOver: 100 } }, true],
    ['none of these', { match: { protocol: 6 } }, false],
  ])('may decide otherwise about each segment of a super-datagram with %s', (_, fields, expected) => {
    const { filters } = filtersMade();
    expect(filters.tellSegmentsApart).toBe(false);
    filters.apply([named('plain'), named('it', fields), named('other')], [], START);
    expect(filters.tellSegmentsApart).toBe(expected);
    filters.remove('it');
    expect(filters.tellSegmentsApart).toBe(false);
  });

  it('are no reason to tell segments apart once their limit is reached', () => {
    const { filters, receive } = filtersMade();
    filters.apply([named('it', { limit: 1 })], [], START);
    receive(datagram());
    filters.add(named('other'), START);
    expect(filters.tellSegmentsApart).toBe(false);
  });
});

describe('chance', () => {
  it('draws nothing for filters without it', () => {
    const { filters, draws, receive } = filtersMade();
    filters.apply([named('one', { match: { protocol: 6 } }), named('two')], [], START);
    receive(datagram());
    expect([draws, filters.draw]).toEqual([[], 0]);
  });

  it('has a word of 32 bits ready, and another one after it had a say', () => {
    const { filters, draws, receive } = filtersMade();
    filters.apply(
      [named('plain', { match: { protocol: 6 } }), named('half', { probability: 0.5 })],
      [],
      START,
    );
    const wordOf = (at: number): number => Math.floor(draws[at]! * 0x1_0000_0000);
    expect(draws).toHaveLength(1);
    expect(filters.draw).toBe(wordOf(0));
    receive(datagram({ protocol: 6 }));
    filters.add(named('more', { probability: 0.5 }), START);
    expect(draws).toHaveLength(1);
    receive(datagram());
    expect(draws).toHaveLength(2);
    expect(filters.draw).toBe(wordOf(1));
  });
});

describe('a filter with an end', () => {
  it('goes at that time, and it is told', () => {
    const { filters, events, seen } = filtersMade();
    filters.apply([named('brief', { for: milliseconds(5) }), named('stays')], [], START);
    filters.poll(instant(4));
    expect([filters.names, events, seen.length]).toEqual([['brief', 'stays'], [], 1]);
    filters.poll(instant(5));
    expect(filters.names).toEqual(['stays']);
    expect(events).toEqual([
      {
        type: 'config',
        time: 5,
        event: 'applied',
        message: 'r1: the filter brief has expired and was removed',
      },
    ]);
    expect(seen).toHaveLength(2);
    filters.poll(instant(6));
    expect(seen).toHaveLength(2);
  });

  it('is not told to who does not want to know', () => {
    const { filters, events } = filtersMade(false);
    filters.add(named('brief', { for: milliseconds(5) }), START);
    filters.poll(instant(5));
    expect([filters.names, events]).toEqual([[], []]);
  });
});
