import type { Bounds } from '../key.js';
import { type Duration, duration } from '../time.js';
import { type Fault, fault } from './fault.js';

type Units = Readonly<Record<string, number>>;

const DURATION_UNITS: Units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const RATE_UNITS: Units = { kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const SIZE_UNITS: Units = { B: 1, kB: 1e3, MB: 1e6 };
const SHARE_UNITS: Units = { '%': 0.01 };

/** A duration, exact to the nanosecond: `15ms`, `31.25s`, `5m`, `1h`. */
export const parseDuration = (text: string, bounds: Bounds = { most: '24h' }): Duration | Fault => {
  const value = parseQuantity(text, 'a duration', DURATION_UNITS, '15ms', bounds);
  return typeof value === 'number' ? duration(Number(value.toFixed(6))) : value;
};

/** `125s`, or `250ms` if it is not a whole number of seconds. */
export const formatDuration = (length: Duration): string =>
  length % 1000 === 0 ? `${length / 1000}s` : `${length}ms`;

/** Whole bits per second: `50mbit`. */
export const parseRate = (
  text: string,
  bounds: Bounds = { least: '1kbit', most: '1000gbit' },
): number | Fault => whole(parseQuantity(text, 'a rate', RATE_UNITS, '50mbit', bounds));

export const formatRate = (bitsPerSecond: number): string => formatQuantity(bitsPerSecond, RATE_UNITS);

/** Whole octets: `1500B`, `64kB`. */
export const parseSize = (text: string): number | Fault =>
  whole(parseQuantity(text, 'a size', SIZE_UNITS, '64kB', { most: '1000MB' }));

export const formatSize = (octets: number): string => formatQuantity(octets, SIZE_UNITS);

/** A share of the whole, 0 to 1: `0.5%` gives 0.005. */
export const parseShare = (text: string, bounds: Bounds = { most: '100%' }): number | Fault =>
  parseQuantity(text, 'a share', SHARE_UNITS, '0.5%', bounds);

/** A probability, as a share or as a fraction, to eleven digits: `30%` and `0.3` both give 0.3. */
export const parseChance = (text: string): number | Fault => {
  const chance = /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : parseShare(text);
  if (typeof chance !== 'number') return chance;
  return chance <= 1
    ? Number(chance.toFixed(11))
    : fault(
        'E-RANGE',
        `\`${text}\` is more than always`,
        'write a share, such as `30%`, or a fraction, such as `0.3`',
      );
};

/** A length in whole octets, with or without a unit: `1400`, `1400B`, `9kB`. */
export const parseOctets = (text: string): number | Fault =>
  parseSize(/^\d+$/.test(text) ? `${text}B` : text);

/** What the TTL of multicast becomes, or `pass`. */
export const parseMulticastTtl = (text: string): number | 'pass' | Fault => {
  if (text === 'pass') return text;
  if (!/^\d+$/.test(text))
    return fault('E-TYPE', `\`${text}\` is neither a TTL nor \`pass\``, 'write 1 to 255, or `pass`');
  const ttl = Number(text);
  return ttl >= 1 && ttl <= 255 ? ttl : fault('E-RANGE', `\`${text}\` is out of range`, 'write 1 to 255');
};

/** Rounds away binary noise: 7 % is 0.07, and a hundred times that is 7.000000000000001. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(9).replace(/\.?0+$/, '')}%`;

const whole = (value: number | Fault): number | Fault =>
  typeof value === 'number' ? Math.round(value) : value;

/** In the largest unit that gives a whole number, otherwise in the smallest. */
const formatQuantity = (value: number, units: Units): string => {
  const inOrder = Object.entries(units);
  const [unit, factor] = inOrder.findLast(([, each]) => value !== 0 && value % each === 0) ?? inOrder[0]!;
  return `${value / factor}${unit}`;
};

const parseQuantity = (
  text: string,
  what: string,
  units: Units,
  usualExample: string,
  { least, most, usual, isZeroBare }: Bounds,
): number | Fault => {
  if (isZeroBare && /^0+(\.0+)?$/.test(text)) return 0;
  const value = quantityOf(text, units);
  const isWithin = (each: number): boolean =>
    each <= quantityOf(most, units)! && (least === undefined || each >= quantityOf(least, units)!);
  if (value !== undefined)
    return isWithin(value)
      ? value
      : fault(
          'E-RANGE',
          `\`${text}\` is out of range`,
          least === undefined ? `write at most ${most}` : `write a value from ${least} to ${most}`,
        );

  const example = usual === undefined ? usualExample : usualExample.replace(/[a-z]+$/i, usual);
  const written = text.slice(0, 40);
  const number = /^-?\d+(\.\d+)?/.exec(text)?.[0];
  if (number === undefined)
    return fault(
      'E-UNIT',
      `\`${written}\` is not ${what}`,
      `write a number and its unit, such as \`${example}\``,
    );
  if (number.startsWith('-'))
    return fault('E-RANGE', `\`${written}\` is negative`, `write a positive value, such as \`${example}\``);
  const found = text.slice(number.length).trim().slice(0, 20);
  const message = found === '' ? `\`${number}\` has no unit` : `\`${found}\` is not a unit of ${what}`;
  const meant = fitted(number, text, units, usual);
  const like = isWithin(quantityOf(meant, units) ?? Number.NaN) ? meant : example;
  const names = Object.keys(units);
  const wanted = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  return fault('E-UNIT', message, `write ${what} in ${wanted}, such as \`${like}\``);
};

const quantityOf = (text: string, units: Units): number | undefined => {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([a-zA-Z%]+)$/.exec(text);
  const factor = match === null || !Object.hasOwn(units, match[2]!) ? undefined : units[match[2]!];
  return factor === undefined ? undefined : Number(match![1]) * factor;
};

/** The number as written, with the unit that was probably meant. */
const fitted = (number: string, text: string, units: Units, usual: string | undefined): string => {
  const found = text.slice(number.length).trim().toLowerCase();
  const names = Object.keys(units);
  const unit =
    names.find((name) => name.toLowerCase() === found) ?? names.find((name) => found.startsWith(name));
  return `${number}${unit ?? usual ?? names[0]}`;
};
