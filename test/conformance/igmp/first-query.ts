/** Only port 0 speaks, from the first moment on: what comes out is its first query. */
export const FIRST_QUERY = { igmpOn: { 1: 'none', 2: 'none' }, fromStart: true } as const;
