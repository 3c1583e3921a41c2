import { formatAddress } from '../../../src/address.js';
import type { DropCounts } from '../../../src/counters.js';
import type { DropReason } from '../../../src/drop-reason.js';
import { groupViews } from '../../../src/igmp/group-view.js';
import type { Lab } from '../../../src/lab/lab.js';
import type { Router } from '../../../src/router/router.js';
import type { Instant } from '../../../src/time.js';
import { describeGroup, groupsFault } from '../igmp/groups.js';
import type { Dut, Target } from '../target.js';
import { DUT } from '../topology.js';
import type { EventList } from './event-list.js';

/** What can be known of a router of the program whose lab one has. */
type Known = Pick<Target, 'tolerance' | 'dut' | 'drops' | 'groupsFault' | 'querierOf' | 'bookFault'>;

export const knownOf = (
  lab: Lab,
  now: () => Instant,
  { events }: EventList,
  tolerance: number,
): Known & { readonly dut: Dut } => {
  const router = routerOf(lab);
  const igmp: Dut['igmp'] = (port) => {
    const found = router.igmp.get(router.interfaces[port]!);
    if (found === undefined) throw new Error(`port ${port} runs no IGMP`);
    return found;
  };
  return {
    tolerance,
    dut: { router, now, events, igmp, counted: () => countedBy(router) },
    drops: () => dropsOf(lab),
    groupsFault: async (port, wanted) =>
      groupsFault(wanted, groupViews(igmp(port).memberships, now()).map(describeGroup), tolerance),
    querierOf: async (port) => formatAddress(igmp(port).querier.elected),
    bookFault: () => bookFaultOf(router),
  };
};

export const routerOf = (lab: Lab, name: string = DUT): Router => lab.routers.get(name)!;

/** How often each reason was counted in a lab: at the router's interfaces, and on the links. */
export const dropsOf = (lab: Lab): Map<DropReason, number> => {
  const total = new Map<DropReason, number>();
  const add = (drops: DropCounts): void => {
    for (const [reason, { packets }] of drops) total.set(reason, (total.get(reason) ?? 0) + packets);
  };
  for (const each of routerOf(lab).interfaces) {
    add(each.drops);
    add(each.refusals);
  }
  for (const link of lab.links.values()) add(link.drops);
  return total;
};

/** What IGMP on all interfaces has counted of what it received and refused. */
const countedBy = ({ igmp }: Router): Map<string, number> => {
  const total = new Map<string, number>();
  for (const { counters } of igmp.values())
    for (const kind of ['received', 'refused'] as const)
      for (const [name, count] of Object.entries(counters[kind]))
        total.set(`${kind} ${name}`, (total.get(`${kind} ${name}`) ?? 0) + count);
  return total;
};

/** What does not add up in the router's book; undefined where all does. */
export const bookFaultOf = ({ ledger }: Router): string | undefined => {
  const { received, forwarded, delivered, dropped, held } = ledger;
  if (received === forwarded + delivered + dropped + held) return undefined;
  return `the book does not add up: ${received} received, ${forwarded} forwarded, ${delivered} delivered, ${dropped} dropped, ${held} held`;
};
