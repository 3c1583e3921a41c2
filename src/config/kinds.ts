import { z } from 'zod';
import { formatAddress, formatGroups, formatPrefix } from '../address.js';
import type { Bounds, Range, Values } from '../key.js';
import { NAME } from '../name.js';
import { formatInterfaceAddress, SCOPES } from '../text/addresses.js';
import { fault, isFault, type ProblemCode } from '../text/fault.js';
import { formatMode } from '../text/names.js';
import { formatProtocol } from '../text/protocols.js';
import { formatDuration, formatRate, formatShare, formatSize } from '../text/quantities.js';
import { READ } from '../text/values.js';

/** A single value as it is written in the file. */
export type Written = string | number | boolean;

/** How a kind of value is read from and written to the file. */
interface KindInFile<Value> {
  schema(limits: { readonly range?: Range; readonly bounds?: Bounds }): z.ZodType<Value>;
  format(value: Value): Written;
  /** What the template shows where there is no default. */
  readonly example: Written;
}

/** What an editor needs to validate and complete a text. */
interface Shape {
  readonly type?: ['string', 'integer' | 'number'];
  readonly pattern?: string;
  readonly examples: readonly [string, ...string[]];
}

/** The problem code of a number that is out of range, if it is not `E-RANGE`. */
export const rangeCodes = z.registry<{ readonly code: ProblemCode }>();

/**
 * A value written as text with its own grammar, for example `15ms`.
 *
 * A number without quotes reaches the grammar as it is written in the file, so that it can name the missing
 * unit of `15` and the missing parts of `10.1`.
 */
const grammar = <Kind extends keyof Values>(
  kind: Kind,
  format: (value: Values[Kind]) => string,
  shape: Shape,
): KindInFile<Values[Kind]> => ({
  schema: (limits) =>
    z
      .unknown()
      .transform((value, context): Values[Kind] => {
        const parsed =
          typeof value === 'string' || typeof value === 'number'
            ? READ[kind](String(value), limits)
            : fault('E-TYPE', 'not a text', `write a single value (example: ${shape.examples[0]})`);
        if (!isFault(parsed)) return parsed;
        const { fault: code, message, fix } = parsed;
        context.issues.push({ code: 'custom', input: value, message, params: { code, fix } });
        return z.NEVER;
      })
      .meta({ type: 'string', ...shape }),
  format,
  example: shape.examples[0],
});

/** A value of one of YAML's own types. */
const plain = <Value extends Written>(
  schema: KindInFile<Value>['schema'],
  example: Value,
): KindInFile<Value> => ({ schema, format: (value) => value, example });

const asIs = (text: string): string => text;

const mtu = z.int().min(68).max(65535);
rangeCodes.add(mtu, { code: 'E-MTU' });

const PART = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const FOUR = `${PART}(\\.${PART}){3}`;
const LENGTH = '/(3[0-2]|[12]?[0-9])';
const NUMBER = '[0-9]+(\\.[0-9]+)?';

export const KINDS: { readonly [Kind in keyof Values]: KindInFile<Values[Kind]> } = {
  flag: plain(() => z.boolean(), false),
  whole: plain(({ range }) => within(z.int(), range), 1),
  decimal: plain(({ range }) => within(z.number(), range), 1),
  text: plain(({ range }) => within(z.string(), range), 'text'),
  mtu: plain(() => mtu, 1500),
  duration: grammar('duration', formatDuration, {
    pattern: `^${NUMBER}(ms|s|m|h)$`,
    examples: ['15ms', '125s'],
  }),
  rate: grammar('rate', formatRate, { pattern: `^${NUMBER}[kmg]bit$`, examples: ['50mbit'] }),
  size: grammar('size', formatSize, { pattern: `^${NUMBER}(B|kB|MB)$`, examples: ['64kB'] }),
  share: grammar('share', formatShare, { pattern: `^${NUMBER}%$`, examples: ['0.5%'] }),
  octets: {
    ...grammar('octets', String, {
      type: ['string', 'integer'],
      pattern: `^${NUMBER}(B|kB|MB)?$`,
      examples: ['1400', '1400B'],
    }),
    format: (octets) => octets,
  },
  chance: grammar('chance', formatShare, {
    type: ['string', 'number'],
    pattern: `^${NUMBER}%?$`,
    examples: ['30%', '0.3'],
  }),
  protocol: grammar('protocol', formatProtocol, { examples: ['tcp'] }),
  'host-address': grammar('host-address', formatAddress, {
    pattern: `^${FOUR}$`,
    examples: ['192.0.2.1'],
  }),
  'interface-address': grammar('interface-address', formatInterfaceAddress, {
    pattern: `^${FOUR}${LENGTH}$`,
    examples: ['198.51.100.10/24'],
  }),
  loopback: grammar('loopback', (address) => `${formatAddress(address)}/32`, {
    pattern: `^${FOUR}/32$`,
    examples: ['192.0.2.255/32'],
  }),
  prefix: grammar('prefix', formatPrefix, {
    pattern: `^(default|${FOUR}${LENGTH})$`,
    examples: ['203.0.113.0/24', 'default'],
  }),
  'prefix-or-address': grammar('prefix-or-address', formatPrefix, {
    pattern: `^(default|${FOUR}(${LENGTH})?)$`,
    examples: ['203.0.113.0/24', '203.0.113.10'],
  }),
  group: grammar('group', formatAddress, { pattern: `^${FOUR}$`, examples: ['239.1.2.3'] }),
  groups: grammar('groups', formatGroups, {
    pattern: `^${FOUR}(${LENGTH})?$`,
    examples: ['239.1.2.3', '239.1.0.0/16'],
  }),
  'group-prefix': grammar('group-prefix', formatPrefix, {
    pattern: `^${FOUR}${LENGTH}$`,
    examples: ['239.0.0.0/8'],
  }),
  'multicast-ttl': {
    ...grammar('multicast-ttl', String, {
      type: ['string', 'integer'],
      pattern: '^(pass|[1-9][0-9]{0,2})$',
      examples: ['pass'],
    }),
    format: (ttl) => ttl,
  },
  boundary: grammar('boundary', formatPrefix, {
    pattern: `^(${[...SCOPES.keys()].join('|')}|${FOUR}${LENGTH})$`,
    examples: ['239.255.0.0/16', ...SCOPES.keys()],
  }),
  endpoint: grammar('endpoint', asIs, { pattern: `^${FOUR}:[0-9]{1,5}$`, examples: ['127.0.0.1:9476'] }),
  name: grammar('name', asIs, { pattern: NAME.source, examples: ['red'] }),
  device: grammar('device', asIs, {
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$',
    examples: ['tp-alice-red'],
  }),
  'socket-path': grammar('socket-path', asIs, { pattern: '^/', examples: ['/run/tunpike/lab.sock'] }),
  mode: grammar('mode', formatMode, { pattern: '^0?[0-7]{3}$', examples: ['0660'] }),
};

interface Limited<Schema> {
  min(least: number): Schema;
  max(most: number): Schema;
}

/** A number, text or list restricted to its range. */
export const within = <Schema extends Limited<Schema>>(
  schema: Schema,
  { least, most }: Range = {},
): Schema => {
  const bounded = least === undefined ? schema : schema.min(least);
  return most === undefined ? bounded : bounded.max(most);
};
