import { VirtualLab } from '../../../../src/lab/virtual-lab.js';
import { type Duration, seconds, since } from '../../../../src/time.js';
import type { PortNumber } from '../../case.js';
import { NotApplicable } from '../../target.js';
import { announcements } from '../../targets/announcement.js';
import { bookFaultOf, dropsOf } from '../../targets/book.js';
import { hostOf, linkOf, mtuOf, PORTS } from '../../topology.js';
import type { IgmpCase } from '../case.js';
import { EventList } from '../observer.js';
import type { IgmpTarget, IgmpTargetKind, TimedOutput } from '../target.js';
import { configurationOf, usualSetup } from '../topology.js';
import { dutOf, knowledgeOf } from './dut.js';

/** By then the first queries have gone out by all ports. */
const SETTLED = seconds(1);
/** A tenth of what is asked for: everything happens at its very moment. */
const TOLERANCE = 0.0001;

/** Tunpike on memory links in virtual time: 270 s take about a millisecond. */
export const memory: IgmpTargetKind = {
  name: 'memory',
  prepare: async (each) => prepared(each),
};

const prepared = (each: IgmpCase): IgmpTarget => {
  const observer = new EventList();
  const lab = new VirtualLab(configurationOf(each), { observer });
  const host = (port: PortNumber) => lab.host(hostOf(port), linkOf(port));
  let waiting: TimedOutput[] = [];
  const note = (): void => {
    for (const on of PORTS) for (const octets of host(on).take()) waiting.push({ on, octets, at: lab.now });
  };
  /** Goes from one deadline to the next, so that the moment of each output is known. */
  const advance = (time: Duration): void => {
    note();
    const end = lab.now + time;
    for (let due = lab.lab.nextDeadline(); due <= end; due = lab.lab.nextDeadline()) {
      lab.advance(since(lab.now, due));
      note();
    }
    lab.advance((end - lab.now) as Duration);
  };
  const setup = usualSetup(each);
  note();
  for (const { on, octets } of announcements(setup)) host(on).send(octets);
  for (const on of PORTS) host(on).take();
  if (!each.fromStart) {
    advance(SETTLED);
    waiting = [];
  }
  const dut = dutOf(lab.lab, () => lab.now, observer);
  return {
    tolerance: TOLERANCE,
    dut,
    ...knowledgeOf(dut, TOLERANCE),
    send: async (on, octets) => {
      if (octets.length > mtuOf(setup.topology, on))
        throw new NotApplicable(`port ${on} carries no ${octets.length} octets`);
      host(on).send(octets);
      note();
    },
    wait: async (time) => advance(time),
    take: async () => {
      note();
      const taken = waiting;
      waiting = [];
      return taken;
    },
    elapsed: () => lab.now,
    setUp: async (port, isUp) => {
      host(port).setUp(isUp);
      note();
    },
    drops: () => dropsOf(lab.lab),
    bookFault: () => bookFaultOf(lab.lab),
    close: async () => {},
  };
};
