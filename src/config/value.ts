import { z } from 'zod';
import { type Fault, fault, isFault, type ProblemCode } from '../text/fault.js';

/** How an editor is to explain a value. */
export interface Explanation {
  readonly description: string;
  readonly pattern?: string;
  readonly examples?: readonly string[];
  readonly default?: string;
}

/**
 * A value written as text with a grammar of its own, for example `15ms`.
 *
 * A number without quotes is handed to the grammar as it stands in the file, so that `15` is told its
 * missing unit and `10.1` its missing parts.
 */
export const written = <T>(parse: (text: string) => T | Fault, explanation: Explanation) =>
  z
    .unknown()
    .transform((value, context): T => {
      const parsed =
        typeof value === 'string' || typeof value === 'number'
          ? parse(String(value))
          : fault('E-TYPE', 'not a text', `write it like \`${explanation.examples?.[0] ?? 'text'}\``);
      if (!isFault(parsed)) return parsed;
      const { fault: code, message, fix } = parsed;
      context.issues.push({ code: 'custom', input: value, message, params: { code, fix } });
      return z.NEVER;
    })
    .meta({ type: 'string', ...explanation });

/** The code of a number out of its range, where it is not `E-RANGE`. */
export const rangeCodes = z.registry<{ readonly code: ProblemCode }>();
