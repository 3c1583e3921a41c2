import type { Lab } from '../../../../src/lab.js';
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

/** Compares the groups of a router with those that are wanted. */
export const groupsOf =
  (dut: Dut, tolerance: number): IgmpTarget['groupsFault'] =>
  async (port, wanted) =>
    groupsFault(wanted, dut.igmp(port).groupViews(dut.now()).map(describeGroup), tolerance);
