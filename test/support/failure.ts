import { Failure } from '../../src/failure.js';

/** The failure that an action ends with; throws where it ends otherwise. */
export const failureOf = (action: () => unknown): Failure => {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
};
