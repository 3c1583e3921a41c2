import type { Prefix } from '../address.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../igmp/settings.js';
import { type MulticastScope, UNBOUNDED } from '../interface.js';
import type { MulticastConfiguration } from './configuration.js';
import type { CheckedOf, DraftOf } from './draft.js';

type ValueOf<Collection> = Collection extends ReadonlyMap<string, infer Value> ? NonNullable<Value> : never;

/** What stands under `igmp:`, as far as it could be read. */
export type IgmpDraft = NonNullable<ValueOf<NonNullable<DraftOf<'routers'>['interfaces']>>['igmp']>;

/** The settings of an interface, with every default in its place; what is wrong counts as left out. */
export const buildIgmp = (igmp: IgmpDraft): IgmpSettings => {
  const defaults = DEFAULT_IGMP_SETTINGS;
  return {
    ...defaults,
    version: igmp.version ?? defaults.version,
    querier: igmp.querier ?? defaults.querier,
    ignoreVersions: present(igmp['ignore-versions']),
    robustness: igmp.robustness ?? defaults.robustness,
    queryInterval: igmp['query-interval'] ?? defaults.queryInterval,
    queryResponseInterval: igmp['query-response-interval'] ?? defaults.queryResponseInterval,
    lastMemberQueryInterval: igmp['last-member-query-interval'] ?? defaults.lastMemberQueryInterval,
    lastMemberQueryCount: igmp['last-member-query-count'],
    startupQueryInterval: igmp['startup-query-interval'],
    startupQueryCount: igmp['startup-query-count'],
    fastLeave: igmp['fast-leave'] ?? defaults.fastLeave,
    routerAlert: igmp['router-alert'] ?? defaults.routerAlert,
    requireRouterAlert: igmp['require-router-alert'] ?? defaults.requireRouterAlert,
    routerDiscovery: igmp['router-discovery'] ?? defaults.routerDiscovery,
    maxGroups: igmp['max-groups'] ?? defaults.maxGroups,
    maxSources: igmp['max-sources'] ?? defaults.maxSources,
    acceptGroups: entriesOf(igmp['accept-groups']),
    denyGroups: entriesOf(igmp['deny-groups']),
    staticGroups: entriesOf(igmp['static-groups']),
    joinGroups: entriesOf(igmp['join-groups']),
  };
};

const present = <Value>(list: readonly (Value | undefined)[] = []): Value[] =>
  list.filter((each) => each !== undefined);

/** Entries of a list without those that were wrong. */
const entriesOf = <Item>(
  list: readonly (
    | { readonly group?: Item | undefined; readonly source?: Item | undefined }
    | undefined
  )[] = [],
): { readonly group: Item; readonly source: Item | undefined }[] =>
  list.flatMap((each) => (each?.group === undefined ? [] : [{ group: each.group, source: each.source }]));

export const buildScope = (scope: {
  readonly 'multicast-boundary'?: readonly (Prefix | undefined)[] | undefined;
  readonly 'multicast-ttl-threshold'?: number | undefined;
}): MulticastScope => ({
  boundary: present(scope['multicast-boundary']),
  ttlThreshold: scope['multicast-ttl-threshold'] ?? UNBOUNDED.ttlThreshold,
});

export const buildMulticast = (
  multicast: NonNullable<CheckedOf<'routers'>['multicast']> = {},
): MulticastConfiguration => ({
  routing: multicast.routing ?? true,
  reversePath: multicast['reverse-path'] ?? 'strict',
  upstream: multicast.upstream,
  routes: (multicast.routes ?? []).map(({ group, source, in: link, out }) => ({
    group,
    source,
    in: link,
    out,
  })),
});
