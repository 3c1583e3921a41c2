import { formatAddress } from '../../../../src/address.js';
import type { Lab } from '../../../../src/lab/lab.js';
import type { Instant } from '../../../../src/time.js';
import { DUT } from '../../topology.js';
import { describeGroup, groupsFault } from '../groups.js';
import type { EventList } from '../observer.js';
import type { Dut, IgmpTarget } from '../target.js';

/** The router of a lab, seen from inside. */
export const dutOf = (lab: Lab, now: () => Instant, { events }: EventList): Dut => {
  const router = lab.routers.get(DUT)!;
  return {
    router,
    now,
    events,
    igmp: (port) => {
      const igmp = router.igmp.get(router.interfaces[port]!);
      if (igmp === undefined) throw new Error(`port ${port} runs no IGMP`);
      return igmp;
    },
  };
};

/** What a router knows of its ports, compared with what is wanted. */
export const knowledgeOf = (dut: Dut, tolerance: number): Pick<IgmpTarget, 'groupsFault' | 'querierOf'> => ({
  groupsFault: async (port, wanted) =>
    groupsFault(wanted, dut.igmp(port).groupViews(dut.now()).map(describeGroup), tolerance),
  querierOf: async (port) => formatAddress(dut.igmp(port).querier.elected),
});
