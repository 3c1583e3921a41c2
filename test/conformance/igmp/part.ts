import type { Group, Part } from '../part.js';
import { counters } from './rows/counters.js';
import { election } from './rows/election.js';
import { events } from './rows/events.js';
import { explanations } from './rows/explanations.js';
import { fastLeave } from './rows/fast-leave.js';
import { filterModes } from './rows/filter-modes.js';
import { groupLists } from './rows/group-lists.js';
import { groupTimers } from './rows/group-timers.js';
import { hosts } from './rows/hosts.js';
import { leaving } from './rows/leaving.js';
import { limits } from './rows/limits.js';
import { manyGroups } from './rows/many-groups.js';
import { multicastDatagrams } from './rows/multicast-datagrams.js';
import { multicastFlows } from './rows/multicast-flows.js';
import { multicastForwarding } from './rows/multicast-forwarding.js';
import { neighbors } from './rows/neighbors.js';
import { olderHosts } from './rows/older-hosts.js';
import { olderVersions } from './rows/older-versions.js';
import { otherQueriers } from './rows/other-queriers.js';
import { proxy } from './rows/proxy.js';
import { queryFields } from './rows/query-fields.js';
import { queryFormat } from './rows/query-format.js';
import { receivedQueries } from './rows/received-queries.js';
import { reportDatagrams } from './rows/report-datagrams.js';
import { reportGroups } from './rows/report-groups.js';
import { reportMessages } from './rows/report-messages.js';
import { routerAdvertisements } from './rows/router-advertisements.js';
import { scopes } from './rows/scopes.js';
import { startup } from './rows/startup.js';
import { staticGroups } from './rows/static-groups.js';
import { timers } from './rows/timers.js';
import { views } from './rows/views.js';

/** Rows are numbered from 01. */
const group = (letters: string, title: string, rows: number): Group => ({
  letters,
  title,
  ids: Array.from({ length: rows }, (_, at) => `${letters}${String(at + 1).padStart(2, '0')}`),
});

/** What the RFCs ask of an IGMP querier and of a router that forwards multicast. */
export const IGMP: Part = {
  title: 'IGMP and multicast forwarding',
  comparedWith: 'bridge',
  groups: [
    group('A', 'Query format and encodings', 24),
    group('B', 'Timers, startup, periodic queries', 15),
    group('C', 'Querier election and received queries', 28),
    group('D', 'Validation of reports', 38),
    group('E', 'The version 3 state machine', 35),
    group('F', 'Version 1 and 2 hosts', 16),
    group('G', 'Fast leave', 5),
    group('H', 'Limits and abuse', 12),
    group('I', 'Multicast forwarding', 35),
    group('J', 'Static membership, proxy, neighbors', 14),
    group('K', 'Observability', 10),
  ],
  rows: [
    ...queryFormat,
    ...queryFields,
    ...startup,
    ...timers,
    ...election,
    ...otherQueriers,
    ...receivedQueries,
    ...reportDatagrams,
    ...reportMessages,
    ...reportGroups,
    ...filterModes,
    ...groupTimers,
    ...leaving,
    ...hosts,
    ...olderHosts,
    ...olderVersions,
    ...fastLeave,
    ...limits,
    ...groupLists,
    ...manyGroups,
    ...multicastForwarding,
    ...multicastDatagrams,
    ...multicastFlows,
    ...scopes,
    ...staticGroups,
    ...proxy,
    ...routerAdvertisements,
    ...neighbors,
    ...views,
    ...counters,
    ...events,
    ...explanations,
  ],
};
