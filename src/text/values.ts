import type { Choice, Key, Leaf, Range, Values } from '../key.js';
import {
  parseBoundary,
  parseEndpoint,
  parseGroup,
  parseGroupPrefix,
  parseGroups,
  parseHostAddress,
  parseInterfaceAddress,
  parseLoopback,
  parsePrefix,
  parsePrefixOrAddress,
} from './addresses.js';
import { type Fault, fault, isFault } from './fault.js';
import { parseDevice, parseMode, parseName, parseSocketPath } from './names.js';
import { nearest } from './nearest.js';
import { parseProtocol } from './protocols.js';
import {
  parseChance,
  parseDuration,
  parseMulticastTtl,
  parseOctets,
  parseRate,
  parseShare,
  parseSize,
} from './quantities.js';

/** What limits a value, as its key says. */
export type Limits = Pick<Leaf, 'range' | 'bounds'>;

/** How each kind of value is read from a word. */
export const READ: {
  readonly [Kind in keyof Values]: (text: string, limits: Limits) => Values[Kind] | Fault;
} = {
  flag: (text) =>
    text === 'true' || text === 'false'
      ? text === 'true'
      : fault('E-TYPE', `${shown(text)} is not true or false`, 'write `true` or `false`'),
  whole: (text, { range }) =>
    /^-?\d{1,15}$/.test(text)
      ? within(Number(text), text, range)
      : fault('E-TYPE', `${shown(text)} is not a whole number`, wanted(range)),
  decimal: (text, { range }) =>
    /^-?\d{1,15}(\.\d{1,9})?$/.test(text)
      ? within(Number(text), text, range)
      : fault('E-TYPE', `${shown(text)} is not a number`, wanted(range)),
  text: (text, { range: { least = 0, most = Number.POSITIVE_INFINITY } = {} }) =>
    text.length >= least && text.length <= most
      ? text
      : fault('E-RANGE', `the text has ${text.length} characters`, `write ${least} to ${most} characters`),
  mtu: (text) => {
    const mtu = READ.whole(text, { range: MTU });
    return isFault(mtu) ? { ...mtu, fault: 'E-MTU' } : mtu;
  },
  duration: (text, { bounds }) => parseDuration(text, bounds),
  rate: (text, { bounds }) => parseRate(text, bounds),
  size: parseSize,
  share: (text, { bounds }) => parseShare(text, bounds),
  octets: parseOctets,
  chance: parseChance,
  protocol: parseProtocol,
  'host-address': parseHostAddress,
  'interface-address': parseInterfaceAddress,
  loopback: parseLoopback,
  prefix: parsePrefix,
  'prefix-or-address': parsePrefixOrAddress,
  group: parseGroup,
  groups: parseGroups,
  'group-prefix': parseGroupPrefix,
  'multicast-ttl': parseMulticastTtl,
  boundary: parseBoundary,
  endpoint: parseEndpoint,
  name: parseName,
  device: parseDevice,
  'socket-path': parseSocketPath,
  mode: parseMode,
};

/** The longest and the shortest MTU of IPv4. Source: RFC 791 §3.1. */
const MTU: Range = { least: 68, most: 65_535 };

/** Reads a word as the value of a key: a list as words with commas between them, or `none`. */
export const readValue = (text: string, key: Key): unknown => {
  switch (key.kind) {
    case 'section':
    case 'named':
      return fault('E-TYPE', `${shown(text)} is not a section`, 'write its keys one by one');
    case 'choice':
      return readChoice(text, key);
    case 'list':
    case 'one-or-more': {
      const items: unknown[] = [];
      for (const each of text === 'none' ? [] : text.split(',')) {
        const item = readValue(each, key.of);
        if (isFault(item)) return item;
        items.push(item);
      }
      return items;
    }
    default:
      return READ[key.kind](text, key);
  }
};

const readChoice = (text: string, { words }: Choice): unknown => {
  const found = words.find((word) => String(word) === text);
  if (found !== undefined) return found;
  const all = words.map(String);
  const meant = nearest(text, all);
  return fault(
    'E-TYPE',
    `${shown(text)} is not one of ${all.join(', ')}`,
    meant === undefined ? `write one of ${all.join(', ')}` : `did you mean \`${meant}\`?`,
  );
};

const within = (value: number, text: string, range: Range = {}): number | Fault => {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = range;
  return value >= least && value <= most
    ? value
    : fault('E-RANGE', `${shown(text)} is out of range`, wanted(range));
};

const wanted = ({ least, most }: Range = {}): string =>
  least !== undefined && most !== undefined ? `write a number from ${least} to ${most}` : 'write a number';

const shown = (text: string): string => `\`${text.slice(0, 40)}\``;
