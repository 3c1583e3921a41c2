import type { DropReason } from '../../../src/drop-reason.js';
import type { PortNumber } from '../case.js';
import { describeOutputs } from '../describe.js';
import { difference, type Expectation } from '../expectation.js';
import type { CaseResult } from '../run-case.js';
import { NotApplicable } from '../target.js';
import { ANYTHING, type IgmpCase, type IgmpStep, LONG, type Timed, waitOf } from './case.js';
import { isGeneralQuery } from './queries.js';
import type { Dut, IgmpTarget, IgmpTargetKind, TimedOutput } from './target.js';

/** Longer than this no case waits on real devices, in milliseconds. */
const LONGEST_REAL_WAIT = 65_000;

/** Runs one case on a fresh router of a kind. */
export const runIgmpCase = async (each: IgmpCase, kind: IgmpTargetKind): Promise<CaseResult> => {
  const why = kind.name === 'devices' ? whyVirtualOnly(each) : undefined;
  if (why !== undefined) return { outcome: 'not run', why: `virtual time only: ${why}` };
  try {
    const { each: part, without, unseen } = kind.partOf?.(each) ?? { each };
    const fault = part.proof === undefined ? await runPart(part, kind) : await part.proof();
    if (fault !== undefined) return { outcome: 'deviates', why: fault };
    if (unseen !== undefined) return { outcome: 'not run', why: unseen };
    return { outcome: 'pass', ...(without === undefined ? {} : { without }) };
  } catch (error) {
    if (error instanceof NotApplicable) return { outcome: 'not run', why: error.message };
    throw error;
  }
};

const whyVirtualOnly = (each: IgmpCase): string | undefined => {
  const { virtualOnly, steps } = each;
  if (virtualOnly !== undefined) return virtualOnly;
  if (steps.some(({ does }) => does !== undefined)) return 'the router is told something from inside';
  const wait = waitOf(each);
  if (wait > LONGEST_REAL_WAIT) return `it takes ${Math.round(wait / 1000)} s`;
  const isExact = steps.some((step) => (step.wait ?? 0) % 10 !== 0);
  // After that long clocks run apart.
  return wait > LONG && isExact ? 'it asks for what happens to a millisecond, after many seconds' : undefined;
};

/** What deviates on a machine that was too busy is tried once more. */
const runPart = async (part: IgmpCase, kind: IgmpTargetKind): Promise<string | undefined> => {
  const target = await kind.prepare(part);
  const fault = await runOn(target, part);
  return fault === undefined || target.wasBusy?.() !== true
    ? fault
    : await runOn(await kind.prepare(part), part);
};

const runOn = async (target: IgmpTarget, each: IgmpCase): Promise<string | undefined> => {
  try {
    const outputs: TimedOutput[] = [];
    const sent: Uint8Array[] = [];
    for (const [at, step] of each.steps.entries()) {
      const fault = await runStep(target, each, step, sent, outputs);
      if (fault !== undefined) return each.steps.length === 1 ? fault : `step ${at + 1}: ${fault}`;
    }
    return each.judge?.(outputs);
  } finally {
    await target.close();
  }
};

const runStep = async (
  target: IgmpTarget,
  { generalQueries = false, fromStart = false }: IgmpCase,
  step: IgmpStep,
  sent: Uint8Array[],
  outputs: TimedOutput[],
): Promise<string | undefined> => {
  const { expect = [] } = step;
  const begun = fromStart && outputs.length === 0 && sent.length === 0 ? 0 : target.elapsed();
  const drops = target.drops();
  const counters = countersOf(target.dut);
  const events = target.dut?.events.length ?? 0;
  await perform(target, step, sent);
  const taken = await target.take(expect === ANYTHING ? 0 : expect.length);
  const got = generalQueries || fromStart ? taken : taken.filter(({ octets }) => !isGeneralQuery(octets));
  outputs.push(...got);
  const bookFault = target.bookFault();
  if (expect !== ANYTHING) {
    const fault =
      outputFault(expect, sent, got, begun, step, target) ?? dropFault(step, drops, target.drops());
    if (fault !== undefined) return fault;
  }
  return bookFault ?? (await portsFault(target, step)) ?? insideFault(target.dut, step, counters, events);
};

const perform = async (target: IgmpTarget, step: IgmpStep, sent: Uint8Array[]): Promise<void> => {
  if (step.does !== undefined) {
    if (target.dut === undefined) throw new Error('nobody can tell this router anything from inside');
    step.does(target.dut);
  }
  if (step.setDown !== undefined) await target.setUp(step.setDown, false);
  if (step.setUp !== undefined) await target.setUp(step.setUp, true);
  const { send = [] } = step;
  for (const octets of send instanceof Uint8Array ? [send] : send) {
    sent.push(octets);
    await target.send(step.on ?? 0, octets);
  }
  if (step.wait !== undefined) await target.wait(step.wait);
};

const outputFault = (
  expect: readonly (Expectation | Timed)[],
  sent: readonly Uint8Array[],
  got: readonly TimedOutput[],
  begun: number,
  step: IgmpStep,
  target: IgmpTarget,
): string | undefined => {
  const left = [...got];
  for (const each of expect) {
    const timed = typeof each === 'function' ? { at: undefined, expectation: each } : each;
    const wanted = timed.expectation(sent);
    const place = left.findIndex((output) => output.on === wanted.on);
    if (place < 0)
      return got.length === 0
        ? 'nothing came out'
        : `nothing more on port ${wanted.on}; ${describeOutputs(got)}`;
    const [output] = left.splice(place, 1) as [TimedOutput];
    const fault = momentFault(timed.at, output, begun, step, target) ?? difference(wanted, output);
    if (fault !== undefined) return `${fault}; ${describeOutputs([output])}`;
  }
  return left.length === 0 ? undefined : `not asked for: ${describeOutputs(left)}`;
};

/** What no moment is told of comes out within the step; only a target that may be late listens for longer than that. */
const momentFault = (
  at: number | undefined,
  output: TimedOutput,
  begun: number,
  step: IgmpStep,
  { tolerance, lateness: mayBeLate }: IgmpTarget,
): string | undefined => {
  const moment = (output.at - begun) / 1000;
  const end = (step.wait ?? 0) / 1000;
  // General queries follow each other from the start on; all else follows from what is sent.
  const due = at ?? end;
  const late = mayBeLate?.(isGeneralQuery(output.octets) ? begun / 1000 + due : due) ?? 0;
  const found = `after ${Number(moment.toFixed(mayBeLate === undefined ? 3 : 1))} s instead of`;
  if (at !== undefined)
    return moment < at - tolerance || moment > at + tolerance + late ? `${found} ${at} s` : undefined;
  if (mayBeLate === undefined || moment <= end + tolerance + late) return undefined;
  return `${found} ${end === 0 ? 'at once' : `within ${end} s`}`;
};

const dropFault = (
  step: IgmpStep,
  before: ReadonlyMap<DropReason, number> | undefined,
  after: ReadonlyMap<DropReason, number> | undefined,
): string | undefined => {
  if (before === undefined || after === undefined) return undefined;
  return listFault('dropped', [step.drop ?? []].flat(), reasonsSince(before, after));
};

const portsFault = async (target: IgmpTarget, { groups = {}, querier = {} }: IgmpStep) => {
  for (const [port, wanted] of Object.entries(groups)) {
    const fault = await target.groupsFault(Number(port) as PortNumber, wanted);
    if (fault !== undefined) return `port ${port} has ${fault}`;
  }
  for (const [port, wanted] of Object.entries(querier)) {
    const found = await target.querierOf(Number(port) as PortNumber);
    if (found !== wanted) return `${found} is the querier of port ${port} instead of ${wanted}`;
  }
  return undefined;
};

const insideFault = (
  dut: Dut | undefined,
  step: IgmpStep,
  counters: ReadonlyMap<string, number>,
  eventCount: number,
): string | undefined => {
  if (dut === undefined) return undefined;
  if (step.counted !== undefined) {
    const fault = listFault('counted', step.counted, reasonsSince(counters, countersOf(dut)));
    if (fault !== undefined) return fault;
  }
  if (step.events !== undefined) {
    const fault = listFault('told', step.events, dut.events.slice(eventCount), false);
    if (fault !== undefined) return fault;
  }
  return step.check?.(dut);
};

/** What IGMP on all interfaces has counted of what it received and refused. */
const countersOf = (dut: Dut | undefined): Map<string, number> => {
  const total = new Map<string, number>();
  for (const { counters } of dut?.router.igmp.values() ?? [])
    for (const kind of ['received', 'refused'] as const)
      for (const [name, count] of Object.entries(counters[kind]))
        total.set(`${kind} ${name}`, (total.get(`${kind} ${name}`) ?? 0) + count);
  return total;
};

const reasonsSince = <Name extends DropReason | string>(
  before: ReadonlyMap<Name, number>,
  after: ReadonlyMap<Name, number>,
): Name[] =>
  [...after].flatMap(([name, count]) =>
    Array.from({ length: count - (before.get(name) ?? 0) }, (): Name => name),
  );

const listFault = (
  what: string,
  wanted: readonly string[],
  found: readonly string[],
  isSorted = true,
): string | undefined => {
  const [a, b] = isSorted ? [[...wanted].sort(), [...found].sort()] : [wanted, found];
  if (a.join() === b.join()) return undefined;
  return `${what}: ${b.join(', ') || 'nothing'} instead of ${a.join(', ') || 'nothing'}`;
};
