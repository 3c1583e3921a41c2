import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import type { Case, Output, PortNumber } from '../case.js';
import { NotApplicable, type Target, type TargetKind } from '../target.js';
import { configurationOf, hostOf, linkOf, mtuOf, PORTS } from '../topology.js';
import { announcements } from './announcement.js';
import { bookFaultOf, dropsOf } from './book.js';

/** Half past seven in the morning, UT. */
export const UTC_MILLISECONDS = 27_000_000;

/** Tunpike on memory links in virtual time: each case takes about a millisecond. */
export const memory: TargetKind = {
  name: 'memory',
  prepare: async (each) => prepared(each),
};

const prepared = (each: Case): Target => {
  const lab = new VirtualLab(configurationOf(each), { utcMilliseconds: UTC_MILLISECONDS });
  const host = (port: PortNumber) => lab.host(hostOf(port), linkOf(port));
  const mtu = PORTS.map((port) => mtuOf(each.topology, port));
  const take = (): Output[] =>
    PORTS.flatMap((on) =>
      host(on)
        .take()
        .map((octets) => ({ on, octets })),
    );
  for (const { on, octets } of announcements(each)) host(on).send(octets);
  take();
  return {
    send: async (on, octets) => {
      // A host's kernel sends nothing longer than its device carries.
      if (octets.length > mtu[on]!) throw new NotApplicable(`port ${on} carries no ${octets.length} octets`);
      host(on).send(octets);
    },
    wait: async (time) => lab.advance(time),
    take: async () => take(),
    setUp: async (port, isUp) => host(port).setUp(isUp),
    remove: async (port) => host(port).setUp(false),
    setMtu: async (port, octets) => {
      mtu[port] = octets;
      lab.lab.setMtu(linkOf(port), octets, lab.now);
    },
    drops: () => dropsOf(lab.lab),
    bookFault: () => bookFaultOf(lab.lab),
    close: async () => {},
  };
};
