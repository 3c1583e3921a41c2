import { ROUTE_TYPES, ROUTE_WORDS } from '../../change/route.js';
import type { Place } from './place.js';

/** What may follow in `route add default via 192.0.2.2 dev core`; nothing where an address or a number is next. */
export const nextRouteWords = ({ command, operands }: Place): readonly string[] | 'links' => {
  if (command === 'route get') return operands.length === 1 ? ['from'] : [];
  const [first, last] = [operands[0] ?? '', operands.at(-1) ?? ''];
  if (operands.length === 0) return ['default', ...ROUTE_TYPES];
  if (operands.length === 1 && isType(first)) return ['default'];
  if (last === 'dev') return 'links';
  if (last === 'nexthop') return ['via', 'dev'];
  if (isWord(last)) return [];
  // A route that goes nowhere has no next hop.
  return isType(first) ? ['metric', 'tos'] : ROUTE_WORDS;
};

const isType = (word: string): boolean => ROUTE_TYPES.some((each) => each === word);
const isWord = (word: string): boolean => ROUTE_WORDS.some((each) => each === word);
