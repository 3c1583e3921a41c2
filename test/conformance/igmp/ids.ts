/** How many rows each group of the table has, numbered from 01. */
const GROUPS = { A: 24, B: 15, C: 28, D: 38, E: 35, F: 16, G: 5, H: 12, I: 34, J: 14, K: 10 } as const;

/** The closed list: every row that the table has, in its order. */
export const ROW_IDS: readonly string[] = Object.entries(GROUPS).flatMap(([group, rows]) =>
  Array.from({ length: rows }, (_, at) => `${group}${String(at + 1).padStart(2, '0')}`),
);

/** Groups whose rows are still to be written; the list only ever gets shorter. */
export const PENDING_GROUPS: readonly string[] = [];

export const groupOf = (id: string): string => id.slice(0, 1);
