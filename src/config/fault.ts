import type { ProblemCode } from './configuration.js';

/** Why a text is not the value that is wanted. */
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
