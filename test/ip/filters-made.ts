import type { Event } from '../../src/event.js';
import type { Filter, FilterDecision, FilterEntry } from '../../src/ip/filter.js';
import { type FilterLookup, Filters } from '../../src/ip/filters.js';
import * as ipv4 from '../../src/ip/header.js';
import { seededRandom } from '../../src/random.js';
import { START } from '../../src/time.js';
import { type FilterFields, filter } from '../support/filter.js';
import { testInterface } from '../support/router.js';

export const RED = testInterface('red', [], { index: 1 });

/** The filters of a router, what they drew and said, and how often they said that they are others. */
export const filtersMade = (wants = true) => {
  const random = seededRandom(7);
  const [draws, events, seen]: [number[], Event[], (FilterLookup | undefined)[]] = [[], [], []];
  const filters: Filters = new Filters({
    router: 'r1',
    random: () => {
      draws.push(random() * 0.99);
      return draws.at(-1)!;
    },
    observer: { wants: () => wants, notify: (event) => void events.push(event) },
    changed: () => void seen.push(filters.current),
  });
  /** What becomes of a datagram that comes in by red and leaves nowhere: the name of the filter that decides. */
  const receive = (octets: Uint8Array, now = START, count = 1): string | undefined => {
    const filtered = { decisions: [] as readonly FilterDecision[], isByChance: false };
    const entry = decider(filters.current, octets, filtered);
    if (entry !== undefined || ipv4.isFragment(octets)) filtered.decisions = [{ entry, where: 'anywhere' }];
    if (filtered.decisions.length > 0 || filtered.isByChance) filters.record(filtered, octets, count, now);
    return entry?.filter.name;
  };
  return { filters, draws, events, seen, receive };
};

const decider = (
  lookup: FilterLookup | undefined,
  octets: Uint8Array,
  filtered: { decisions: readonly FilterDecision[]; isByChance: boolean },
): FilterEntry | undefined => {
  const first = ipv4.fragmentOffset(octets) > 0 ? lookup?.decisionsAbout(octets) : undefined;
  if (first !== undefined) return first[0]!.entry;
  return lookup?.table.find(octets, RED, 'nowhere', lookup.draw, filtered) as FilterEntry | undefined;
};

export const named = (name: string, fields: FilterFields = {}): Filter => filter({ name, ...fields });
