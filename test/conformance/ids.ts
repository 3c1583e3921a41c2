/** How many rows each group of the table has, numbered from 1; other names are listed. */
const GROUPS: Readonly<Record<string, number | readonly string[]>> = {
  HV: 13,
  CK: 6,
  MA: 19,
  TT: 11,
  LD: 12,
  RT: 17,
  FR: 16,
  RA: 21,
  OP: 46,
  EG: 24,
  DU: ['0', '1', '2', '3', '3b', '3c', '4', '5', '6', '7', '9/10', '11/12', '13', '14/15', '16', '17', '18'],
  EC: 17,
  QU: 11,
  RD: 15,
  SQ: 4,
  RL: 9,
  XT: 10,
  PB: 9,
  IF: 7,
};

/** The closed list: every row that the table has, in its order. */
export const ROW_IDS: readonly string[] = Object.entries(GROUPS).flatMap(([group, rows]) =>
  typeof rows === 'number'
    ? Array.from({ length: rows }, (_, at) => `${group}${at + 1}`)
    : rows.map((name) => `${group}${name}`),
);

/** Groups whose rows are still to be written; the list only ever gets shorter. */
export const PENDING_GROUPS: readonly string[] = [];

export const groupOf = (id: string): string => id.slice(0, 2);
