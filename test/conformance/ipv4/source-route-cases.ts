import { addressOctets } from '../../support/datagram.js';

export const LOOSE = 131;
export const STRICT = 137;
/** Both kinds, with their option types. */
export const KINDS = [
  ['loose', LOOSE],
  ['strict', STRICT],
] as const;

/** A source route through these stops, of which so many have been passed. */
export const route = (type: number, passed: number, ...stops: readonly string[]): number[] => [
  type,
  3 + 4 * stops.length,
  4 + 4 * passed,
  ...stops.flatMap(addressOctets),
];

/** Settings by which they are left alone. */
export const PASSED = {
  settings: { ip: { options: { 'loose-source-route': 'pass', 'strict-source-route': 'pass' } } },
} as const;
