import { formatPrefix } from '../address.js';
import type { FilterMatch } from '../filter.js';
import type { Lab } from '../lab/lab.js';
import { formatProtocol } from '../text/protocols.js';
import type { Instant } from '../time.js';
import type { FilterRow } from './shown.js';

/** The filters of every router, in the order in which they are asked. */
export function* filterRows(lab: Lab, now: Instant): Generator<FilterRow> {
  for (const router of lab.routers.values())
    for (const { filter, matched, expiresIn } of router.filters.views(now))
      yield {
        router: router.name,
        name: filter.name,
        in: filter.in?.name ?? null,
        out: filter.out?.name ?? null,
        match: shownMatch(filter.match),
        action: filter.action,
        with: filter.with ?? null,
        probability: filter.probability,
        limit: filter.limit ?? null,
        matched,
        expiresSeconds: expiresIn === undefined ? null : Math.max(0, Math.round(expiresIn / 100) / 10),
        origin: filter.origin,
      };
}

const shownMatch = ({ protocol, source, destination, ...rest }: FilterMatch): FilterRow['match'] => {
  const all = {
    protocol: protocol === undefined ? undefined : formatProtocol(protocol),
    source: source && formatPrefix(source),
    destination: destination && formatPrefix(destination),
    ...rest,
  };
  const set = Object.entries(all).filter(
    (each): each is [string, string | number | boolean] => each[1] !== undefined,
  );
  return Object.fromEntries(set);
};
