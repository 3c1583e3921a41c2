import { formatAddress, formatPrefix } from '../address.js';
import type { FixedMembership, GroupPattern, IgmpSettings } from '../igmp/settings.js';
import type { MulticastScope } from '../interface.js';
import type { Duration } from '../time.js';
import type { MulticastConfiguration } from './configuration.js';

/** What the file says under `igmp:`; what follows robustness or the query interval by default stays left out. */
export const describeIgmp = (igmp: IgmpSettings): object => ({
  version: igmp.version,
  querier: igmp.querier,
  'ignore-versions': igmp.ignoreVersions,
  'query-interval': formatDuration(igmp.queryInterval),
  'query-response-interval': formatDuration(igmp.queryResponseInterval),
  'last-member-query-interval': formatDuration(igmp.lastMemberQueryInterval),
  ...told('last-member-query-count', igmp.lastMemberQueryCount),
  ...told(
    'startup-query-interval',
    igmp.startupQueryInterval === undefined ? undefined : formatDuration(igmp.startupQueryInterval),
  ),
  ...told('startup-query-count', igmp.startupQueryCount),
  robustness: igmp.robustness,
  'fast-leave': igmp.fastLeave,
  'router-alert': igmp.routerAlert,
  'require-router-alert': igmp.requireRouterAlert,
  'router-discovery': igmp.routerDiscovery,
  'max-groups': igmp.maxGroups,
  'max-sources': igmp.maxSources,
  ...described('accept-groups', igmp.acceptGroups),
  ...described('deny-groups', igmp.denyGroups),
  'static-groups': igmp.staticGroups.map(describeMembership),
  'join-groups': igmp.joinGroups.map(describeMembership),
});

export const describeScope = ({ boundary, ttlThreshold }: MulticastScope): object => ({
  'multicast-boundary': boundary.map(formatPrefix),
  'multicast-ttl-threshold': ttlThreshold,
});

export const describeMulticast = ({
  routing,
  reversePath,
  upstream,
  routes,
}: MulticastConfiguration): object => ({
  routing,
  'reverse-path': reversePath,
  ...told('upstream', upstream),
  routes: routes.map(({ in: link, out, ...membership }) => ({
    ...describeMembership(membership),
    in: link,
    out,
  })),
});

const describeMembership = ({ group, source }: FixedMembership): object => ({
  group: formatAddress(group),
  ...told('source', source === undefined ? undefined : formatAddress(source)),
});

/** An empty list is none in the file. */
const described = (key: string, patterns: readonly GroupPattern[]): object =>
  patterns.length === 0
    ? {}
    : {
        [key]: patterns.map(({ group, source }) => ({
          group: formatPrefix(group),
          ...told('source', source === undefined ? undefined : formatPrefix(source)),
        })),
      };

const told = (key: string, value: string | number | undefined): object =>
  value === undefined ? {} : { [key]: value };

/** `125s`, or `250ms` where it is no whole number of seconds. */
const formatDuration = (length: Duration): string =>
  length % 1000 === 0 ? `${length / 1000}s` : `${length}ms`;
