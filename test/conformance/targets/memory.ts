import { type Duration, duration, since } from '../../../src/time.js';
import type { Case, Output } from '../case.js';
import { configurationOf } from '../configuration.js';
import { NotApplicable, type Target, type TargetKind } from '../target.js';
import { mtuOf, PORTS, type PortNumber } from '../topology.js';
import { announcements } from './announcements.js';
import { knownOf } from './dut.js';
import { EventList } from './event-list.js';
import { VirtualRouter } from './virtual-router.js';

/** Half past seven in the morning, UT. */
export const UTC_MILLISECONDS = 27_000_000;
/** In seconds, a tenth of what is asked for: everything happens at its very moment. */
const TOLERANCE = 0.0001;

/** Tunpike on memory links in virtual time: 270 s take about a millisecond. */
export const memory: TargetKind = {
  name: 'memory',
  prepare: async (each) => prepared(each),
};

const prepared = (each: Case): Target => {
  const observer = new EventList();
  const virtual = new VirtualRouter(configurationOf(each), { observer, utcMilliseconds: UTC_MILLISECONDS });
  const mtu = PORTS.map((port) => mtuOf(each.topology, port));
  let waiting: Output[] = [];
  const note = (): void => {
    waiting.push(...virtual.take());
  };
  /** Goes from one deadline to the next, so that the moment of each output is known. */
  const advance = (time: Duration): void => {
    note();
    const end = virtual.now + time;
    for (let due = virtual.lab.nextDeadline(); due <= end; due = virtual.lab.nextDeadline()) {
      virtual.advance(since(virtual.now, due));
      note();
    }
    virtual.advance(duration(end - virtual.now));
  };
  const setUp = (port: PortNumber, isUp: boolean): void => {
    virtual.host(port).setUp(isUp);
    note();
  };
  note();
  for (const { on, octets } of announcements(each)) virtual.host(on).send(octets);
  virtual.take();
  if (each.settles !== undefined) advance(each.settles);
  if (each.fromStart !== true) waiting = [];
  return {
    ...knownOf(virtual.lab, () => virtual.now, observer, TOLERANCE),
    send: async (on, octets) => {
      // A host's kernel sends nothing longer than its device carries.
      if (octets.length > mtu[on]!) throw new NotApplicable(`port ${on} carries no ${octets.length} octets`);
      virtual.host(on).send(octets);
      note();
    },
    wait: async (time) => advance(time),
    take: async () => {
      note();
      return waiting.splice(0);
    },
    elapsed: () => virtual.now,
    setUp: async (port, isUp) => setUp(port, isUp),
    remove: async (port) => setUp(port, false),
    setMtu: async (port, octets) => {
      mtu[port] = octets;
      virtual.setMtu(port, octets);
    },
    close: async () => {},
  };
};
