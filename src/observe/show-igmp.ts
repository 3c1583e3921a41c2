import { formatAddress, formatGroups } from '../address.js';
import { groupSteps } from '../igmp/group-view.js';
import type { IgmpInterface } from '../igmp/igmp-interface.js';
import { interfaceView } from '../igmp/interface-view.js';
import type { Interface } from '../interface.js';
import type { Lab } from '../lab/lab.js';
import type { Duration, Instant } from '../time.js';
import type { GroupRow, IgmpRow, MrouteRow } from './shown-multicast.js';

/** IGMP on each interface that runs it. */
export const showIgmp = (lab: Lab, now: Instant): readonly IgmpRow[] => [...igmpRows(lab, () => now)];

/** The same one by one. */
export function* igmpRows(lab: Lab, clock: () => Instant): Generator<IgmpRow> {
  for (const [each, igmp] of everyIgmp(lab)) {
    const view = interfaceView(igmp, clock());
    yield {
      interface: each.name,
      role: view.role,
      version: view.version,
      querier: view.querier === undefined ? null : formatAddress(view.querier),
      otherQuerierExpiresSeconds: secondsOf(view.otherQuerierExpires),
      nextQuerySeconds: secondsOf(view.nextQuery),
      groups: view.groups,
      robustness: view.robustness,
      queryIntervalSeconds: view.queryInterval / 1000,
      queryResponseIntervalSeconds: view.queryResponseInterval / 1000,
      lastMemberQueryIntervalSeconds: view.lastMemberQueryInterval / 1000,
      groupMembershipIntervalSeconds: view.groupMembershipInterval / 1000,
      otherQuerierPresentIntervalSeconds: view.otherQuerierPresentInterval / 1000,
      olderHostPresentIntervalSeconds: view.olderHostPresentInterval / 1000,
      lastMemberQueryTimeSeconds: view.lastMemberQueryTime / 1000,
      received: igmp.counters.received,
      sent: igmp.counters.sent,
      refused: igmp.counters.refused,
    };
  }
}

/**
 * Every group that has a member on a link, or that the configuration names; undefined where the next one is still to be
 * found.
 */
export function* groupRows(lab: Lab, clock: () => Instant): Generator<GroupRow | undefined> {
  for (const [each, igmp] of everyIgmp(lab))
    for (const view of groupSteps(igmp.memberships, clock))
      yield view && {
        interface: each.name,
        group: formatGroups({ network: view.group, length: view.length }),
        filterMode: view.filterMode,
        sources: view.sources.map(({ address, forwarding, expires }) => ({
          address: formatAddress(address),
          forwarding,
          expiresSeconds: secondsOf(expires),
        })),
        lastReporter: view.lastReporter === undefined ? null : formatAddress(view.lastReporter),
        expiresSeconds: secondsOf(view.expires),
        origin: view.origins,
        compatibility: view.compatibility,
        ageSeconds: secondsOf(view.age),
      };
}

/** Where the datagrams of each source and group go; `blocked` says why not elsewhere. */
export function* mrouteRows(lab: Lab): Generator<MrouteRow> {
  for (const router of lab.routers.values())
    for (const view of router.multicast.views())
      yield {
        router: router.name,
        source: formatAddress(view.source),
        group: formatAddress(view.group),
        incoming: view.incoming.name,
        outgoing: view.outgoing.map(({ name }) => name),
        packets: view.packets,
        octets: view.octets,
        reason: view.reason ?? view.lastReason ?? null,
        blocked: view.blocked.map(({ interface: each, why }) => ({ interface: each.name, why })),
      };
}

const everyIgmp = (lab: Lab): [Interface, IgmpInterface][] =>
  [...lab.routers.values()].flatMap((router) => [...router.igmp]);

/** To the tenth of a second. */
const secondsOf = (duration: Duration | undefined): number | null =>
  duration === undefined ? null : Math.max(0, Math.round(duration / 100) / 10);
