import type { Prefix } from '../address.js';
import { choice, flag, lasting, leaf, list, noted, required, section, several, whole } from '../key.js';
import { defaultsOf, type SettingsOf } from '../section.js';
import { type Duration, duration, milliseconds, seconds } from '../time.js';
import { LARGEST_CODED_VALUE } from './float-code.js';
import { QUERIER_MODES } from './querier-table.js';

/** Max Resp Code counts tenths of a second, and 0 would have all hosts answer at once. */
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

/** A membership that no report makes: of a group, or of one source of it. */
const membership = section('', {
  group: required(leaf('group', 'the group')),
  source: leaf('host-address', 'only from this source'),
});

/** Groups, and where told only some sources of them. */
const pattern = section('', {
  group: required(leaf('group-prefix', 'the groups')),
  source: leaf('prefix', 'only these sources, and only where a host names them'),
});
const PATTERNS = { least: 1, most: 256 };

/** How IGMP behaves on one interface. Source: RFC 9776 §8. */
export const IGMP_KEYS = {
  version: choice('the version that the querier speaks', [1, 2, 3], 3),
  querier: choice(
    'always: goes on although another router has a lower address; never: asks nothing, only listens',
    QUERIER_MODES,
    'elect',
  ),
  /**
   * Hosts of such a version get nothing, and a querier of that version is not heard. Never the version that is
   * spoken. Source: RFC 9776 §9.1, §9.2.
   */
  'ignore-versions': noted(
    'of 1 and 2: as if such messages had not come',
    several('older versions whose reports, leaves and queries are ignored (RFC 9776 §9.2)', [1, 2], []),
  ),
  'query-interval': lasting('between general queries', INTERVAL, seconds(125)),
  'query-response-interval': lasting('how long hosts may take to answer a general query', CODED, seconds(10)),
  'last-member-query-interval': lasting('how long hosts may take to answer after a leave', CODED, seconds(1)),
  'last-member-query-count': noted(
    'robustness unless told',
    whole('queries after a leave; robustness unless told', 1, 255),
  ),
  'startup-query-interval': noted(
    'a quarter of query-interval unless told',
    lasting('between the first general queries; a quarter of query-interval unless told', INTERVAL),
  ),
  'startup-query-count': noted(
    'robustness unless told',
    whole('how many of them; robustness unless told', 1, 255),
  ),
  robustness: noted(true, whole('how many messages in a row may be lost, and one', 1, 7, 2)),
  'fast-leave': noted(
    '(by who reported the group)',
    choice(
      'leaves count at once, without asking who is left: always, or only where every host that reported the group has left it (tracked)',
      ['never', 'always', 'tracked'],
      'never',
    ),
  ),
  'router-alert': noted(
    'false: sends without the option',
    flag('sends the router alert option; without it, other routers may ignore the queries', true),
  ),
  /** Version 2 and 3 reports and leaves; queries without the option are ignored always. */
  'require-router-alert': flag('ignores messages without the router alert option', false),
  /** Never where the interface has no address. */
  'router-discovery': noted(
    'true: advertises itself to snooping switches',
    flag('advertises itself to snooping switches every 20 s (RFC 4286)', false),
  ),
  'max-groups': whole('groups on this interface', 1, 1_000_000, 4096),
  'max-sources': noted('of one group', whole('sources of one group', 1, 100_000, 512)),
  /** Empty for everything. See `GroupAccess`. */
  'accept-groups': noted(
    'what hosts may ask for; left out, everything',
    list(
      'what hosts may ask for; all unless told. Membership of any source needs an entry without `source`',
      pattern,
      PATTERNS,
    ),
  ),
  'deny-groups': noted(
    'wins',
    list(
      'what hosts may not ask for; wins over accept-groups. An entry with `source` denies it by name, but not as one of any source',
      pattern,
      PATTERNS,
    ),
  ),
  'static-groups': noted(
    'forwarded here whoever asks; with `source`, only from there',
    list('forwarded here whether or not anybody asks', membership),
  ),
  'join-groups': noted(
    'joined by the router itself',
    list('joined by the router itself, as a host of the link: other routers hear of it', membership),
  ),
};

export type FixedMembership = SettingsOf<typeof membership.keys>;
export type GroupPattern = SettingsOf<typeof pattern.keys>;

export interface IgmpSettings extends SettingsOf<typeof IGMP_KEYS> {
  /** Source-specific besides 232.0.0.0/8; the file has no key for it. */
  readonly ssmRanges: readonly Prefix[];
}

export const DEFAULT_IGMP_SETTINGS: IgmpSettings = { ...defaultsOf(IGMP_KEYS), ssmRanges: [] };
