import { ANYTHING, type Step } from './case.js';
import type { Dut, Target } from './target.js';
import { byPort } from './topology.js';

/** What a router has counted and told, where one can look inside. */
interface Inside {
  readonly drops: ReadonlyMap<string, number> | undefined;
  readonly counted: ReadonlyMap<string, number>;
  readonly eventCount: number;
}

export const insideOf = (target: Target): Inside => ({
  drops: target.drops(),
  counted: target.dut?.counted() ?? new Map(),
  eventCount: target.dut?.events.length ?? 0,
});

/** What is wrong with a router after a step, as far as one can see into it: drops, its book, groups, queriers, the rest. */
export const insideFault = async (
  target: Target,
  step: Step,
  before: Inside,
): Promise<string | undefined> => {
  const fault = step.expect === ANYTHING ? undefined : dropFault(target, step, before);
  return (
    fault ?? target.bookFault() ?? (await portsFault(target, step)) ?? dutFault(target.dut, step, before)
  );
};

const dropFault = (target: Target, { drop = [] }: Step, before: Inside): string | undefined => {
  const after = target.drops();
  if (before.drops === undefined || after === undefined) return undefined;
  return listFault('dropped', [drop].flat().sort(), since(before.drops, after));
};

const portsFault = async (target: Target, { groups, querier }: Step): Promise<string | undefined> => {
  for (const [port, wanted] of byPort(groups)) {
    const fault = await target.groupsFault(port, wanted);
    if (fault !== undefined) return `port ${port} has ${fault}`;
  }
  for (const [port, wanted] of byPort(querier)) {
    const found = await target.querierOf(port);
    if (found !== wanted) return `${found} is the querier of port ${port} instead of ${wanted}`;
  }
  return undefined;
};

const dutFault = (dut: Dut | undefined, step: Step, before: Inside): string | undefined => {
  if (dut === undefined) return undefined;
  const { counted, events, check } = step;
  return (
    (counted && listFault('counted', [...counted].sort(), since(before.counted, dut.counted()))) ??
    (events && listFault('told', events, dut.events.slice(before.eventCount))) ??
    check?.(dut)
  );
};

/** What was counted in between, each name as often as it was, in alphabetical order. */
const since = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] =>
  [...after]
    .flatMap(([name, count]) => Array.from({ length: count - (before.get(name) ?? 0) }, () => name))
    .sort();

const listFault = (what: string, wanted: readonly string[], found: readonly string[]): string | undefined =>
  wanted.join() === found.join()
    ? undefined
    : `${what}: ${found.join(', ') || 'nothing'} instead of ${wanted.join(', ') || 'nothing'}`;
