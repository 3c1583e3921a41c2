import type { Output, Step } from './case.js';
import { describeOutputs } from './describe.js';
import { difference, type Expectation, type Timed } from './expectation.js';
import type { Target } from './target.js';

/** A step that is over. */
interface Done {
  /** All that was sent in the case so far. */
  readonly sent: readonly Uint8Array[];
  readonly got: readonly Output[];
  /** When the step began, in milliseconds since the target was prepared. */
  readonly begun: number;
  readonly step: Step;
  readonly target: Target;
}

/** What is wrong with what came out in a step: every output is to be asked for, in order on each port. */
export const outputFault = (expect: readonly (Expectation | Timed)[], done: Done): string | undefined => {
  const left = [...done.got];
  for (const each of expect) {
    const timed = typeof each === 'function' ? { at: undefined, expectation: each } : each;
    const wanted = timed.expectation(done.sent);
    const place = left.findIndex((output) => output.on === wanted.on);
    if (place < 0)
      return done.got.length === 0
        ? 'nothing came out'
        : `nothing more on port ${wanted.on}; ${describeOutputs(done.got)}`;
    const [output] = left.splice(place, 1) as [Output];
    const fault = momentFault(timed.at, output, done) ?? difference(wanted, output);
    if (fault !== undefined) return `${fault}; ${describeOutputs([output])}`;
  }
  return left.length === 0 ? undefined : `not asked for: ${describeOutputs(left)}`;
};

/** What no moment is told of comes out within the step; only a target that may be late listens for longer than that. */
const momentFault = (
  at: number | undefined,
  output: Output,
  { begun, step, target }: Done,
): string | undefined => {
  const { tolerance, lateness } = target;
  const moment = (output.at - begun) / 1000;
  const end = (step.wait ?? 0) / 1000;
  const late = lateness?.(at ?? end, output, begun / 1000) ?? 0;
  const found = `after ${Number(moment.toFixed(lateness === undefined ? 3 : 1))} s instead of`;
  if (at !== undefined)
    return moment < at - tolerance || moment > at + tolerance + late ? `${found} ${at} s` : undefined;
  if (lateness === undefined || moment <= end + tolerance + late) return undefined;
  return `${found} ${end === 0 ? 'at once' : `within ${end} s`}`;
};
