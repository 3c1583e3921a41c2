import { type Prefix, prefixOf } from '../../../src/address.js';
import {
  DEFAULT_IGMP_SETTINGS,
  type FixedMembership,
  type GroupPattern,
  type IgmpSettings,
} from '../../../src/igmp/settings.js';
import type { MulticastScope } from '../../../src/interface.js';
import { type Duration, duration } from '../../../src/time.js';
import { ip } from '../../support/datagram.js';

interface MembershipWords {
  readonly group: string;
  readonly source?: string;
}

/** Prefixes. */
interface PatternWords {
  readonly group: string;
  readonly source?: string;
}

/** `igmp:` of an interface in the words of the configuration file; what is left out is as there. */
export interface IgmpWords {
  readonly version?: 1 | 2 | 3;
  readonly querier?: 'elect' | 'always' | 'never';
  readonly 'ignore-versions'?: readonly (1 | 2)[];
  readonly robustness?: number;
  readonly 'query-interval'?: string;
  readonly 'query-response-interval'?: string;
  readonly 'last-member-query-interval'?: string;
  readonly 'last-member-query-count'?: number;
  readonly 'startup-query-interval'?: string;
  readonly 'startup-query-count'?: number;
  readonly 'fast-leave'?: 'never' | 'always' | 'tracked';
  readonly 'router-alert'?: boolean;
  readonly 'require-router-alert'?: boolean | 'reports' | 'queries';
  readonly 'router-discovery'?: boolean;
  readonly 'max-groups'?: number;
  readonly 'max-sources'?: number;
  readonly 'accept-groups'?: readonly PatternWords[];
  readonly 'deny-groups'?: readonly PatternWords[];
  readonly 'static-groups'?: readonly MembershipWords[];
  readonly 'join-groups'?: readonly MembershipWords[];
}

/** What stands beside `igmp:` of an interface. */
export interface ScopeWords {
  readonly 'multicast-boundary'?: readonly string[];
  readonly 'multicast-ttl-threshold'?: number;
  readonly 'multicast-ttl'?: number | 'pass';
}

/** The scopes by name are those of RFC 2365 §6. */
export const scopeOf = (words: ScopeWords = {}): MulticastScope => ({
  boundary: (words['multicast-boundary'] ?? []).map((each) => prefix(NAMED[each] ?? each)),
  ttlThreshold: words['multicast-ttl-threshold'] ?? 1,
  ttl: words['multicast-ttl'],
});

const NAMED: Readonly<Record<string, string>> = {
  local: '239.255.0.0/16',
  'organization-local': '239.192.0.0/14',
};

/** `multicast:` of the router in the words of the configuration file. */
export interface MulticastWords {
  readonly routing?: boolean;
  readonly 'reverse-path'?: 'strict' | 'off';
  /** A link: `p0` to `p3`. */
  readonly upstream?: string;
  readonly reflect?: readonly { readonly service: 'mdns' | 'ssdp'; readonly between: readonly string[] }[];
  readonly routes?: readonly (MembershipWords & { readonly in: string; readonly out: readonly string[] })[];
}

export const igmpSettings = (words: IgmpWords): IgmpSettings => {
  const settings: Record<string, unknown> = { ...DEFAULT_IGMP_SETTINGS };
  for (const [word, value] of Object.entries(words)) {
    const key = word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (!(key in settings)) throw new Error(`no setting of IGMP is called ${word}`);
    settings[key] = settingOf(key, value);
  }
  return settings as unknown as IgmpSettings;
};

const settingOf = (key: string, value: unknown): unknown => {
  if (key.endsWith('Interval')) return span(value as string);
  if (key === 'acceptGroups' || key === 'denyGroups') return (value as PatternWords[]).map(pattern);
  if (key === 'staticGroups') return (value as MembershipWords[]).map(fixed);
  if (key.endsWith('Groups') && Array.isArray(value)) return value.map(membership);
  return value;
};

/** One group, or a prefix of groups. */
const fixed = ({ group, source }: MembershipWords) => ({
  group: prefix(group.includes('/') ? group : `${group}/32`),
  source: source === undefined ? undefined : ip(source),
});

const membership = ({ group, source }: MembershipWords): FixedMembership => ({
  group: ip(group),
  source: source === undefined ? undefined : ip(source),
});

const pattern = ({ group, source }: PatternWords): GroupPattern => ({
  group: prefix(group),
  source: source === undefined ? undefined : prefix(source),
});

/** `192.0.2.0/24` as a prefix. */
export const prefix = (text: string): Prefix => {
  const [network, length] = text.split('/');
  return prefixOf(ip(network!), Number(length));
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `31.25s` as a duration. */
export const span = (text: string): Duration => {
  const [, count, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
  if (unit === undefined) throw new Error(`${text} is no duration`);
  return duration(Number(count) * UNITS[unit]!);
};

/** The defaults are those of the file. */
export const multicastConfiguration = (words: MulticastWords = {}) => ({
  routing: words.routing ?? true,
  reversePath: words['reverse-path'] ?? 'strict',
  upstream: words.upstream,
  routes: (words.routes ?? []).map(({ in: link, out, ...rest }) => ({ ...fixed(rest), in: link, out })),
  reflect: words.reflect ?? [],
});
