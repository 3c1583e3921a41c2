import type { Filters } from '../ip/filters.js';
import type { Routing } from '../ip/routing.js';
import type { Tables } from './decide.js';
import type { RouterPlan } from './environment.js';
import type { MulticastPlane } from './multicast-plane.js';

/** What the decisions of a router depend on while this plan and these filters are in force. */
export const tablesOf = (
  { settings, interfaces }: RouterPlan,
  routing: Routing,
  filters: Filters,
  multicast: MulticastPlane,
): Tables => ({
  settings,
  interfaces,
  routing,
  filters: filters.current,
  groups: {
    routeFor: (source, group, ingress) => multicast.forwarding.routeFor(source, group, ingress),
    reflectedTo: (datagram, ingress) => multicast.forwarding.reflectedTo(datagram, ingress),
    isForUs: (group, ingress) => multicast.isForUs(group, ingress),
  },
});
