import { expect, it } from 'vitest';
import { IGMP } from './igmp/part.js';
import { IPV4 } from './ipv4/part.js';
import type { Part } from './part.js';
import { runCase } from './run-case.js';
import type { TargetKind } from './target.js';
import { memory } from './targets/memory.js';

/** The real router, but nothing reaches it, and nothing that it says is heard. */
const cutOff: TargetKind = {
  name: 'memory',
  prepare: async (each) => ({
    ...(await memory.prepare(each)),
    send: async () => {},
    take: async () => [],
  }),
};

/** Cases that are about silence, and nothing else: no other may pass. */
const SILENT: readonly string[] = [
  'IF1 an answer that would leave by it does not',
  'QU10 never when switched off',
  'C28 never: nothing is asked from the start, also not where nobody else asks',
  'D19 by version 2',
  'D24 0.0.0.0 alone makes no group',
  'D24 224.1.1.1 alone makes no group',
  'D24 255.255.255.255 alone makes no group',
  'D30 about an unknown group',
  'D31 BLOCK of a source',
  'D31 TO_IN of nothing',
  'D31 nor is there a query later',
  'E13 BLOCK makes none',
  'H12 no member: nothing is said',
  'I06 a version 2 report as it should be',
  'J04 neither is a membership that is reported to another querier',
  'J11 one that advertises nothing takes nothing back',
  'J11 where multicast is not forwarded, there is no multicast router',
];

const passing = async ({ rows }: Part): Promise<string[]> => {
  const titles: string[] = [];
  for (const { id, cases } of rows)
    for (const each of cases.filter(({ proof }) => proof === undefined))
      if ((await runCase(each, cutOff)).outcome === 'pass') titles.push(`${id} ${each.title}`);
  return titles;
};

it('no case passes on a router that is cut off, but for those about silence', async () => {
  const titles = [...(await passing(IPV4)), ...(await passing(IGMP))];
  expect(titles.sort()).toEqual([...SILENT].sort());
});
