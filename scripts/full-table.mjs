// Prints a table of routes as a router in the default-free zone has it: the same one for the same count.
//
//   node scripts/full-table.mjs COUNT NEXT_HOP… > full-table.txt
import { pathToFileURL } from 'node:url';

/** Of a million routes, so many have each prefix length, as in public tables: three fifths are /24. */
const LENGTHS = {
  8: 16, 9: 14, 10: 40, 11: 100, 12: 300, 13: 600, 14: 1_200, 15: 2_100, 16: 13_600, 17: 8_500, 18: 14_200,
  19: 25_000, 20: 46_000, 21: 55_000, 22: 113_000, 23: 103_000, 24: 617_330,
}; // biome-ignore format: a table

/** Of those longer than /16, so many in a hundred are part of a shorter one. */
const NESTED = 60;

/** Mulberry32 (Tommy Ettinger, public domain). */
const randomOf = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** So many prefixes, each once, in order: pairs of network and length. 10.0.0.0/8 and what is no unicast are left out. */
export const fullTable = (count, seed = 1) => {
  const random = randomOf(seed);
  const known = new Set();
  const prefixes = [];
  const share = count / 1_000_000;
  const anywhere = () => {
    const first = 1 + Math.floor(random() * 223);
    return first === 10 || first === 127 ? anywhere() : (first * 2 ** 24 + random() * 2 ** 24) >>> 0;
  };
  for (const [text, perMillion] of Object.entries(LENGTHS)) {
    const length = Number(text);
    const wanted = length === 24 ? count : prefixes.length + Math.round(perMillion * share);
    const shorter = prefixes.length;
    while (prefixes.length < wanted) {
      let address = anywhere();
      if (shorter > 0 && length > 16 && random() * 100 < NESTED) {
        const [network, around] = prefixes[Math.floor(random() * shorter)];
        address = (network + random() * 2 ** (32 - around)) >>> 0;
      }
      const network = (address & (-1 << (32 - length))) >>> 0;
      const key = network * 64 + length;
      if (known.has(key)) continue;
      known.add(key);
      prefixes.push([network, length]);
    }
  }
  return prefixes.sort(([a, la], [b, lb]) => a - b || la - lb);
};

const dotted = (address) =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** The same as lines of a file of routes, spread over the next hops. */
export const fullTableText = (count, nextHops, seed = 1) => {
  const random = randomOf(seed + 1);
  const line = ([network, length]) =>
    `${dotted(network)}/${length} via ${nextHops[Math.floor(random() * nextHops.length)]}\n`;
  return fullTable(count, seed).map(line).join('');
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [count, ...nextHops] = process.argv.slice(2);
  if (!(Number(count) > 0) || nextHops.length === 0) {
    console.error('usage: node scripts/full-table.mjs COUNT NEXT_HOP…');
    process.exit(2);
  }
  process.stdout.write(fullTableText(Number(count), nextHops));
}
