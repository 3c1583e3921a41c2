import type { Group, Part } from '../part.js';
import { broadcasts } from './rows/broadcasts.js';
import { checksums } from './rows/checksums.js';
import { closedPorts } from './rows/closed-ports.js';
import { dropCounters } from './rows/drop-counters.js';
import { echo } from './rows/echo.js';
import { echoOptions } from './rows/echo-options.js';
import { errorMessages } from './rows/error-messages.js';
import { extensions } from './rows/extensions.js';
import { fragmentation } from './rows/fragments.js';
import { headers } from './rows/headers.js';
import { interfaceObjects } from './rows/interface-objects.js';
import { interfaces } from './rows/interfaces.js';
import { localDelivery } from './rows/local-delivery.js';
import { martians } from './rows/martians.js';
import { multipath } from './rows/multipath.js';
import { options } from './rows/options.js';
import { ping } from './rows/ping.js';
import { probe } from './rows/probe.js';
import { queries } from './rows/queries.js';
import { rateLimit } from './rows/rate-limit.js';
import { rateLimitAbuse } from './rows/rate-limit-abuse.js';
import { reassembled } from './rows/reassembled.js';
import { reassembly } from './rows/reassembly.js';
import { reassemblyTimeouts } from './rows/reassembly-timeouts.js';
import { recordRoute } from './rows/record-route.js';
import { redirectLimits } from './rows/redirect-limits.js';
import { redirects } from './rows/redirects.js';
import { reversePath } from './rows/reverse-path.js';
import { robustness } from './rows/robustness.js';
import { routerDiscovery } from './rows/router-discovery.js';
import { routes } from './rows/routes.js';
import { sourceQuench } from './rows/source-quench.js';
import { sourceRouteAnswers } from './rows/source-route-answers.js';
import { sourceRoutes } from './rows/source-routes.js';
import { timeToLive } from './rows/time-to-live.js';
import { timestampOption } from './rows/timestamp-option.js';
import { unreachables } from './rows/unreachables.js';
import { withheldErrors } from './rows/withheld-errors.js';

/** Rows are numbered from 1, or have the names that are told. */
const group = (letters: string, title: string, rows: number | readonly string[]): Group => {
  const names = typeof rows === 'number' ? Array.from({ length: rows }, (_, at) => at + 1) : rows;
  return { letters, title, ids: names.map((name) => `${letters}${name}`) };
};

const CODES = [
  '0',
  '1',
  '2',
  '3',
  '3b',
  '3c',
  '4',
  '5',
  '6',
  '7',
  '9/10',
  '11/12',
  '13',
  '14/15',
  '16',
  '17',
  '18',
];

/** What the RFCs ask of a router that forwards IPv4 and speaks ICMP. */
export const IPV4: Part = {
  title: 'IPv4 forwarding and ICMP',
  comparedWith: 'linux',
  groups: [
    group('HV', 'Header validation', 13),
    group('CK', 'Checksums', 6),
    group('MA', 'Martians and source validation', 19),
    group('TT', 'Time to live', 11),
    group('LD', 'Local delivery and addressing', 12),
    group('RT', 'Routing', 17),
    group('FR', 'Fragmentation', 16),
    group('RA', 'Reassembly', 21),
    group('OP', 'IP options', 46),
    group('EG', 'When and how ICMP errors are sent', 24),
    group('DU', 'Destination unreachable', CODES),
    group('EC', 'Echo', 17),
    group('QU', 'Other queries', 11),
    group('RD', 'Redirect', 15),
    group('SQ', 'Source quench', 4),
    group('RL', 'Rate limit', 9),
    group('XT', 'ICMP extensions', 10),
    group('PB', 'PROBE', 9),
    group('IF', 'Interfaces and robustness', 7),
  ],
  rows: [
    ...headers,
    ...checksums,
    ...martians,
    ...reversePath,
    ...timeToLive,
    ...localDelivery,
    ...broadcasts,
    ...routes,
    ...multipath,
    ...fragmentation,
    ...reassembly,
    ...reassemblyTimeouts,
    ...reassembled,
    ...options,
    ...recordRoute,
    ...timestampOption,
    ...sourceRoutes,
    ...sourceRouteAnswers,
    ...withheldErrors,
    ...errorMessages,
    ...unreachables,
    ...closedPorts,
    ...echo,
    ...echoOptions,
    ...ping,
    ...queries,
    ...routerDiscovery,
    ...redirects,
    ...redirectLimits,
    ...sourceQuench,
    ...rateLimit,
    ...rateLimitAbuse,
    ...extensions,
    ...interfaceObjects,
    ...probe,
    ...interfaces,
    ...robustness,
    ...dropCounters,
  ],
};
