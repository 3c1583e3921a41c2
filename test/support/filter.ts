import { type FilterMatch, MATCH_KEYS } from '../../src/filter.js';
import type { Filter } from '../../src/ip/filter.js';
import { defaultsOf } from '../../src/section.js';

/** What a test wants to say about a filter; all else matches everything. */
export type FilterFields = Partial<Omit<Filter, 'match'>> & { readonly match?: Partial<FilterMatch> };

let serial = 0;

/** A filter that drops whatever it is not told to leave alone. */
export const filter = ({ match, ...fields }: FilterFields = {}): Filter => ({
  name: `f${serial++}`,
  in: undefined,
  out: undefined,
  probability: 1,
  limit: undefined,
  for: undefined,
  action: 'drop',
  with: fields.action === 'reject' ? 'admin-prohibited' : undefined,
  origin: 'config',
  ...fields,
  match: { ...defaultsOf(MATCH_KEYS), ...match },
});
