import type { Prefix } from '../address.js';
import { choice, flag, lasting, leaf, list, noted, required, section, several, whole } from '../key.js';
import { defaultsOf, type SettingsOf } from '../section.js';
import { type Duration, duration, milliseconds, seconds } from '../time.js';
import { LARGEST_CODED_VALUE } from './float-code.js';
import { QUERIER_MODES } from './querier-table.js';

/** Max Resp Code counts tenths of a second, and 0 would make all hosts answer at once. */
export const SHORTEST_CODED = milliseconds(100);
export const LONGEST_CODED = duration(SHORTEST_CODED * LARGEST_CODED_VALUE);
export const LONGEST_QUERY_INTERVAL = seconds(LARGEST_CODED_VALUE);

const upTo = (longest: Duration) => ({
  least: `${SHORTEST_CODED}ms`,
  most: `${longest / 1000}s`,
  usual: 's',
});
const INTERVAL = upTo(LONGEST_QUERY_INTERVAL);
const CODED = upTo(LONGEST_CODED);

/** Groups that are forwarded without a report, or one source of them. */
const fixed = section('', {
  group: required(leaf('groups', 'the group, or a prefix of groups')),
  source: leaf('host-address', 'only from this source'),
});

/** A group that the router joins, or one source of it. */
const membership = section('', {
  group: required(leaf('group', 'the group')),
  source: leaf('host-address', 'only from this source'),
});

/** Groups, or only some sources of them. */
const pattern = section('', {
  group: required(leaf('group-prefix', 'the groups')),
  source: leaf('prefix', 'only these sources, and only for hosts that name them'),
});
const PATTERNS = { least: 1, most: 256 };

/** How IGMP behaves on one interface. Source: RFC 9776 §8. */
export const IGMP_KEYS = {
  version: choice('the highest version in use, as querier and as host', [1, 2, 3], 3),
  querier: choice(
    'always: queries even if another router has a lower address; never: only listens',
    QUERIER_MODES,
    'elect',
  ),
  /**
   * Hosts of such a version get nothing, and a querier of that version is ignored. Never the version in use.
   * Source: RFC 9776 §9.1, §9.2.
   */
  'ignore-versions': noted(
    'of 1 and 2: messages to ignore',
    several('older versions whose reports, leaves and queries are ignored (RFC 9776 §9.2)', [1, 2], []),
  ),
  'query-interval': lasting('interval between general queries', INTERVAL, seconds(125)),
  'query-response-interval': lasting('maximum response time of hosts to a general query', CODED, seconds(10)),
  'last-member-query-interval': lasting(
    'maximum response time of hosts to a query after a leave',
    CODED,
    seconds(1),
  ),
  'last-member-query-count': noted(
    'default: robustness',
    whole('number of queries after a leave; default: robustness', 1, 255),
  ),
  'startup-query-interval': noted(
    'default: a quarter of query-interval',
    lasting('interval between the first general queries; default: a quarter of query-interval', INTERVAL),
  ),
  'startup-query-count': noted(
    'default: robustness',
    whole('number of start-up queries; default: robustness', 1, 255),
  ),
  robustness: noted(true, whole('tolerated losses in a row plus one', 1, 7, 2)),
  'fast-leave': noted(
    '(by reporter)',
    choice(
      'acts on a leave at once, without querying for other members: always, or only when every host that reported the group has left (tracked)',
      ['never', 'always', 'tracked'],
      'never',
    ),
  ),
  'router-alert': noted(
    'false: sends without the option',
    flag('sends the router alert option; without it, other routers may ignore the queries', true),
  ),
  /**
   * RFC 9776 §9.1: queries without the option SHOULD be ignored; §9.2: reports without it MAY be. Default: neither,
   * because switches that query without it are common. Version 1 has no such option, and is always accepted.
   */
  'require-router-alert': choice(
    'which messages are ignored without the router alert option: reports (RFC 9776 §9.2), queries (§9.1), or both (true)',
    [false, 'reports', 'queries', true],
    false,
  ),
  /** Has no effect on an interface without an address. */
  'router-discovery': noted(
    'true: advertises itself to snooping switches',
    flag('advertises itself to snooping switches every 20 s (RFC 4286)', false),
  ),
  'max-groups': whole('maximum number of groups on this interface', 1, 1_000_000, 4096),
  'max-sources': noted('per group', whole('maximum number of sources per group', 1, 100_000, 512)),
  /** Empty for everything. See `GroupAccess`. */
  'accept-groups': noted(
    'what hosts may ask for; default: everything',
    list(
      'what hosts may ask for; default: everything. Any-source membership needs an entry without `source`',
      pattern,
      PATTERNS,
    ),
  ),
  'deny-groups': noted(
    'wins',
    list(
      'what hosts may not ask for; takes precedence over accept-groups. An entry with `source` denies source-specific membership only',
      pattern,
      PATTERNS,
    ),
  ),
  'static-groups': noted(
    'always forwarded here; with `source`, only from there',
    list('forwarded here whether or not anybody asks', fixed),
  ),
  'join-groups': noted(
    'joined by the router itself',
    list('joined by the router itself, with reports, as by a host on the link', membership),
  ),
};

export type FixedMembership = SettingsOf<typeof membership.keys>;
export type GroupPattern = SettingsOf<typeof pattern.keys>;

export interface IgmpSettings extends SettingsOf<typeof IGMP_KEYS> {
  /** Source-specific besides 232.0.0.0/8; the file has no key for it. */
  readonly ssmRanges: readonly Prefix[];
}

export const DEFAULT_IGMP_SETTINGS: IgmpSettings = { ...defaultsOf(IGMP_KEYS), ssmRanges: [] };
