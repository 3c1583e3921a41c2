import { ANYTHING, type Case, LONG, type Output, type Step, sentBy, waitOf } from './case.js';
import { insideFault, insideOf } from './inside-fault.js';
import { outputFault } from './output-fault.js';
import { NotApplicable, type Target, type TargetKind } from './target.js';
import { byPort } from './topology.js';

/** How a case went: it was as the source asks, it was not, or it was not run. */
export type CaseResult =
  /** `without` names what was left out of it. */
  | { readonly outcome: 'pass'; readonly without?: string }
  | { readonly outcome: 'deviates' | 'not run'; readonly why: string };

/** Longer than this no case waits on TUN devices, in milliseconds. */
const LONGEST_REAL_WAIT = 65_000;

/** Runs one case on a fresh router of a kind. */
export const runCase = async (each: Case, kind: TargetKind): Promise<CaseResult> => {
  const why = whyNotOn(kind.name, each);
  if (why !== undefined) return { outcome: 'not run', why };
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

const whyNotOn = (name: TargetKind['name'], each: Case): string | undefined => {
  if (name === 'linux') return each.notOnLinux;
  const why = name === 'devices' ? whyVirtualOnly(each) : undefined;
  return why === undefined ? undefined : `virtual time only: ${why}`;
};

const whyVirtualOnly = (each: Case): string | undefined => {
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
const runPart = async (part: Case, kind: TargetKind): Promise<string | undefined> => {
  const target = await kind.prepare(part);
  const fault = await runOn(target, part);
  return fault === undefined || target.wasBusy?.() !== true
    ? fault
    : await runOn(await kind.prepare(part), part);
};

const runOn = async (target: Target, each: Case): Promise<string | undefined> => {
  try {
    const outputs: Output[] = [];
    const sent: Uint8Array[] = [];
    for (const [at, step] of each.steps.entries()) {
      const begun = at === 0 && each.fromStart === true ? 0 : target.elapsed();
      const fault = await runStep(target, each, step, begun, sent, outputs);
      if (fault !== undefined) return each.steps.length === 1 ? fault : `step ${at + 1}: ${fault}`;
    }
    return each.judge?.(outputs);
  } finally {
    await target.close();
  }
};

const runStep = async (
  target: Target,
  { leavesOut = () => false }: Case,
  step: Step,
  begun: number,
  sent: Uint8Array[],
  outputs: Output[],
): Promise<string | undefined> => {
  const { expect = [] } = step;
  const before = insideOf(target);
  await perform(target, step, sent);
  const taken = await target.take(expect === ANYTHING ? 0 : expect.length);
  const got = taken.filter(({ octets }) => !leavesOut(octets));
  outputs.push(...got);
  const fault = expect === ANYTHING ? undefined : outputFault(expect, { sent, got, begun, step, target });
  return fault ?? (await insideFault(target, step, before));
};

const perform = async (target: Target, step: Step, sent: Uint8Array[]): Promise<void> => {
  if (step.does !== undefined) {
    if (target.dut === undefined) throw new Error('nobody can tell this router anything from inside');
    step.does(target.dut);
  }
  if (step.setDown !== undefined) await target.setUp(step.setDown, false);
  if (step.setUp !== undefined) await target.setUp(step.setUp, true);
  if (step.remove !== undefined) await target.remove(step.remove);
  for (const [port, mtu] of byPort(step.setMtu)) await target.setMtu(port, mtu);
  for (const octets of sentBy(step)) {
    sent.push(octets);
    await target.send(step.on ?? 0, octets);
  }
  if (step.wait !== undefined) await target.wait(step.wait);
};
