import { Failure } from '../failure.js';

/** The kind of a mistake in a file or on the command line; `E-` is an error, `W-` a warning. */
export type ProblemCode =
  | 'E-YAML'
  | 'E-KEY'
  | 'E-TYPE'
  | 'E-UNIT'
  | 'E-ADDRESS'
  | 'E-HOSTBITS'
  | 'E-REF'
  | 'E-NEXTHOP'
  | 'E-OVERLAP'
  | 'E-DUPLICATE'
  | 'E-IFNAMSIZ'
  | 'E-MTU'
  | 'E-RANGE'
  | 'E-MCAST'
  | 'E-GATEWAY'
  | 'W-SAMENS'
  | 'W-MTU'
  | 'W-UNUSED'
  | 'W-RANGE';

/** Why a text cannot be read as the value that is wanted. */
export interface Fault {
  readonly fault: ProblemCode;
  readonly message: string;
  readonly fix: string;
}

export const fault = (code: ProblemCode, message: string, fix: string): Fault => ({
  fault: code,
  message,
  fix,
});

export const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'fault' in value;

/** What was read from an argument; throws a `Failure` (2) if that was not possible. */
export const accepted = <Value>(value: Value | Fault): Value => {
  if (isFault(value)) throw new Failure(2, value.message, value.fix);
  return value;
};
