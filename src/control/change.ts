import { Failure } from '../failure.js';

/** A change to the lab: the words that a person would type after `tunpike`. */
export interface ChangeParams {
  readonly words: readonly string[];
}

/** What came of a change. */
export interface ChangeResult {
  /** Lines for a person. */
  readonly said: readonly string[];
  /** The same for a program. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The answer to the question that the change was; true where it was none. */
  readonly isYes: boolean;
}

const MOST_WORDS = 1000;

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readChangeParams = (sent: unknown): ChangeParams => {
  const words = (sent as { words?: unknown } | null | undefined)?.words;
  if (Array.isArray(words) && words.length <= MOST_WORDS && words.every((word) => typeof word === 'string'))
    return { words };
  throw new Failure(2, 'the words of the change are missing', 'send them as a list of texts: `words`');
};
