import type { DropReason } from '../../src/drop-reason.js';
import { ANYTHING, type Case, type Output, type Step } from './case.js';
import { describeOutputs } from './describe.js';
import { difference, type Expectation } from './expectation.js';
import { NotApplicable, type Target, type TargetKind } from './target.js';

/** How a case went: it was as the source asks, it was not, or it was not run. */
export type CaseResult =
  /** `without` names what was left out of it. */
  | { readonly outcome: 'pass'; readonly without?: string }
  | { readonly outcome: 'deviates' | 'not run'; readonly why: string };

/** Runs one case on a fresh router of a kind. */
export const runCase = async (each: Case, kind: TargetKind): Promise<CaseResult> => {
  if (kind.name === 'devices' && each.virtualOnly !== undefined)
    return { outcome: 'not run', why: `virtual time only: ${each.virtualOnly}` };
  if (kind.name === 'linux' && each.notOnLinux !== undefined)
    return { outcome: 'not run', why: each.notOnLinux };
  try {
    const fault = each.proof === undefined ? await runOn(await kind.prepare(each), each) : await each.proof();
    return fault === undefined ? { outcome: 'pass' } : { outcome: 'deviates', why: fault };
  } catch (error) {
    if (error instanceof NotApplicable) return { outcome: 'not run', why: error.message };
    throw error;
  }
};

const runOn = async (target: Target, each: Case): Promise<string | undefined> => {
  try {
    const outputs: Output[] = [];
    const sent: Uint8Array[] = [];
    for (const [at, step] of each.steps.entries()) {
      const fault = await runStep(target, step, sent, outputs);
      if (fault !== undefined) return each.steps.length === 1 ? fault : `step ${at + 1}: ${fault}`;
    }
    return each.judge?.(outputs);
  } finally {
    await target.close();
  }
};

const runStep = async (
  target: Target,
  step: Step,
  sent: Uint8Array[],
  outputs: Output[],
): Promise<string | undefined> => {
  const before = new Map(target.drops());
  await perform(target, step, sent);
  const expect = step.expect ?? [];
  const got = await target.take(expect === ANYTHING ? 0 : expect.length);
  outputs.push(...got);
  const bookFault = target.bookFault();
  if (expect === ANYTHING) return bookFault;
  const fault = outputFault(expect, sent, got);
  return fault ?? dropFault(step, before, target.drops()) ?? bookFault;
};

const perform = async (target: Target, step: Step, sent: Uint8Array[]): Promise<void> => {
  if ('send' in step) {
    for (const octets of step.send instanceof Uint8Array ? [step.send] : step.send) {
      sent.push(octets);
      await target.send(step.on, octets);
    }
  } else if ('wait' in step) await target.wait(step.wait);
  else if ('setDown' in step) await target.setUp(step.setDown, false);
  else if ('setUp' in step) await target.setUp(step.setUp, true);
  else if ('remove' in step) await target.remove(step.remove);
  else await target.setMtu(step.setMtu, step.mtu);
};

const outputFault = (
  expect: readonly Expectation[],
  sent: readonly Uint8Array[],
  got: readonly Output[],
): string | undefined => {
  const left = [...got];
  for (const expectation of expect) {
    const wanted = expectation(sent);
    const at = left.findIndex((output) => output.on === wanted.on);
    if (at < 0)
      return got.length === 0
        ? 'nothing came out'
        : `nothing more on port ${wanted.on}; ${describeOutputs(got)}`;
    const fault = difference(wanted, left[at]!);
    if (fault !== undefined) return `${fault}; ${describeOutputs(left.slice(at, at + 1))}`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `not asked for: ${describeOutputs(left)}`;
};

/** Compares what was counted in a step with what it says, each reason as often as it is named. */
const dropFault = (
  step: Step,
  before: ReadonlyMap<DropReason, number>,
  after: ReadonlyMap<DropReason, number> | undefined,
): string | undefined => {
  if (after === undefined) return undefined;
  const wanted = [step.drop ?? []].flat().sort();
  const counted = [...after]
    .flatMap(([reason, count]) => Array.from({ length: count - (before.get(reason) ?? 0) }, () => reason))
    .sort();
  if (wanted.join() === counted.join()) return undefined;
  return `counted as ${counted.join(', ') || 'no drop'} instead of ${wanted.join(', ') || 'no drop'}`;
};
