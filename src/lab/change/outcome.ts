/** What a change that was made has to say. */
export interface Outcome {
  /** Lines for a person; none where there is nothing to say. */
  readonly said: readonly string[];
  /** The same for a program. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The answer to the question that the change was; true where it was none. */
  readonly isYes: boolean;
}

export const outcome = (
  fields: Readonly<Record<string, unknown>>,
  said: readonly string[] = [],
  isYes = true,
): Outcome => ({ said, fields, isYes });
