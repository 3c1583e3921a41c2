import type { Row } from './case.js';

/** Rows that belong together, and whose ids begin with the same letters. */
export interface Group {
  readonly letters: string;
  readonly title: string;
  /** The closed list: every row that the group has, in its order. */
  readonly ids: readonly string[];
}

/** One half of the table: what the RFCs ask about some protocols. */
export interface Part {
  readonly title: string;
  readonly groups: readonly Group[];
  readonly rows: readonly Row[];
  /** Another router that its cases are run on, for comparison. */
  readonly comparedWith: 'linux' | 'bridge';
}

export const idsOf = ({ groups }: Part): string[] => groups.flatMap(({ ids }) => ids);
