import { beforeEach, describe, expect, it } from 'vitest';
import { type Path, type PathList, PathLists } from '../../src/ip/path-list.js';
import type { NextHop, RoutePath } from '../../src/ip/route.js';

const [VIA, OTHER] = [0x0a000001, 0x0a000002];
const hops = (...vias: readonly number[]): NextHop[] => vias.map((via) => ({ via, egress: 1, weight: 1 }));
const fields = (changes: Partial<RoutePath> = {}): RoutePath => ({
  ...{ type: 'unicast', nexthops: hops(VIA), metric: 0, tos: undefined, origin: 'config' },
  ...changes,
});
const OURS = { kind: 'local', interface: undefined } as const;

describe('the paths and path lists of a router', () => {
  let lists: PathLists;
  beforeEach(() => {
    lists = new PathLists();
  });
  const kept = (changes: Partial<RoutePath> = {}): Path => {
    const path = lists.pathOf(fields(changes));
    lists.keep(path);
    return path;
  };
  /** A list that a prefix has. */
  const retained = (list: PathList | undefined): PathList => {
    lists.retain(list!);
    return list!;
  };

  it('have a path for all that lead the same way, and another one for what differs in anything', () => {
    const nexthops = hops(VIA);
    const path = kept({ nexthops });
    expect([lists.pathOf(fields({ nexthops })), lists.pathOf(fields())]).toEqual([path, path]);
    for (const other of [
      { type: 'blackhole' },
      { metric: 1 },
      { tos: 8 },
      { origin: 'runtime' },
    ] satisfies Partial<RoutePath>[]) {
      // Whoever asked last had the same next hops.
      expect(lists.pathOf(fields({ nexthops }))).toBe(path);
      const found = lists.pathOf(fields({ nexthops, ...other }));
      expect(found).not.toBe(path);
      expect(found).toMatchObject({ ...fields(), ...other });
    }
  });

  it('know a next hop as long as any path has it', () => {
    const [one, two, three] = [kept(), kept({ metric: 1 }), kept({ metric: 2, nexthops: hops(OTHER, VIA) })];
    const used = () => [VIA, OTHER].map((via) => lists.usesNextHop(via));
    lists.drop(one);
    expect(used()).toEqual([true, true]);
    lists.drop(three);
    expect(used()).toEqual([true, false]);
    lists.drop(two);
    expect(used()).toEqual([false, false]);
  });

  it('have one list for all prefixes with the same paths, until none has it', () => {
    const [one, two] = [kept(), kept({ metric: 1 })];
    const both = () => lists.with(lists.with(undefined, one), two);
    for (const make of [both, () => lists.with(undefined, one)]) {
      const list = retained(make());
      expect(make()).toBe(list);
      lists.retain(list);
      lists.release(list);
      expect(make()).toBe(list);
      lists.release(list);
      expect(lists.all).not.toContain(list);
      const next = retained(make());
      expect(next).not.toBe(list);
      expect(lists.at(next.number)).toBe(next);
      lists.release(next);
    }
  });

  it('give the numbers of lists that nobody has to others', () => {
    const path = kept();
    for (let times = 0; times < 100; times += 1) lists.release(retained(lists.with(undefined, path)));
    expect(lists.all.length).toBe(2);
  });

  it('keep the list of a path when an address that has the same ceases to be ours', () => {
    const path = kept();
    const alone = retained(lists.with(undefined, path));
    const own = retained(lists.withOwn(alone, OURS));
    expect(own).toMatchObject({ paths: [path], own: OURS });
    expect(lists.withOwn(own, undefined)).toBe(alone);
    lists.release(own);
    expect(lists.with(undefined, path)).toBe(alone);
  });

  it('have no list for an address that is neither ours nor has a route', () => {
    const own = retained(lists.withOwn(undefined, OURS));
    expect(own.paths).toEqual([]);
    expect([lists.withOwn(own, undefined), lists.withOwn(undefined, undefined)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('put paths for all types of service first, and then the lowest metric', () => {
    const all = [{ tos: 8, metric: 1 }, { tos: 0 }, { metric: 3 }, { tos: 8 }, { metric: 2 }].map(kept);
    let list: PathList | undefined;
    for (const path of all) list = lists.with(list, path);
    expect(list!.paths.map(({ tos, metric }) => [tos, metric])).toEqual([
      ...[
        [undefined, 2],
        [undefined, 3],
        [0, 0],
        [8, 0],
        [8, 1],
      ],
    ]);
  });
});
