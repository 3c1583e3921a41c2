import { DEFAULT_SETTINGS, type RouterSettings } from '../../src/settings.js';
import { ip } from '../support/datagram.js';

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : Name;

/** Some of the settings, in the words of the configuration file; an address is four decimal parts. */
type Change<Settings> = {
  readonly [Key in keyof Settings & string as Kebab<Key>]?: undefined extends Settings[Key]
    ? string
    : Settings[Key] extends readonly unknown[] | string | number | boolean
      ? Settings[Key]
      : Change<Settings[Key]>;
};

/** What a case changes of the router's settings: `{ icmp: { 'echo-reply': false } }`. */
export type SettingsChange = Change<RouterSettings>;

/** Errors are not rationed, so that each stimulus gets its answer; a row about the limit says `rate-limit`. */
const UNLIMITED = { perSecond: 1e6, burst: 1e6 };

/** The limits of a router whose file says nothing about them. */
export const USUAL_RATE_LIMIT = {
  'per-second': 1000,
  burst: 50,
  'per-destination': { 'per-second': 1, burst: 6 },
} as const;

/** The settings of a case: the defaults of the product but for the rate limit, with its changes. */
export const settingsOf = (change: SettingsChange = {}): RouterSettings => {
  const base: RouterSettings = {
    ...DEFAULT_SETTINGS,
    icmp: { ...DEFAULT_SETTINGS.icmp, rateLimit: { ...UNLIMITED, perDestination: UNLIMITED } },
  };
  return changed(base as unknown as Tree, change as Tree) as unknown as RouterSettings;
};

interface Tree {
  readonly [key: string]: unknown;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changed = (base: Tree, change: Tree): Tree => {
  const result: Record<string, unknown> = { ...base };
  for (const [word, value] of Object.entries(change)) {
    const key = word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (!(key in base)) throw new Error(`no setting is called ${word}`);
    result[key] = isTree(value)
      ? changed(base[key] as Tree, value)
      : key === 'loopback'
        ? ip(value as string)
        : value;
  }
  return result;
};
