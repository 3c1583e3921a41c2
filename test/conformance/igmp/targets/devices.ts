import type { Devices } from '../../targets/devices.js';
import { type IgmpCase, LONG, waitOf } from '../case.js';
import { EventList } from '../observer.js';
import type { IgmpTarget, IgmpTargetKind, TimedOutput } from '../target.js';
import { configurationOf, usualSetup } from '../topology.js';
import { dutOf, knowledgeOf } from './dut.js';

/** The machine has other things to do, too; in seconds. */
const TOLERANCE = 0.15;
/** The same after many seconds, for what is late in one step is late in all that follow. */
const TOLERANCE_LONG = 0.3;
/** So much later than it should a machine wakes that is too busy for this, in milliseconds. */
const BUSY = 50;
/** After which the first queries of all ports are out, in seconds. */
const SETTLED = 0.1;
/** The same where the case counts from when it begins in virtual time, a second after the router. */
const SETTLED_LONG = 1;
/** After which the hosts have announced themselves. */
const ANNOUNCED = 0.015;
/** More than ever comes out: it is listened for as long as told. */
const ENDLESS = 1_000_000;

/** Tunpike on real TUN devices: those of the first part, or new ones for what takes long. */
export const igmpDevices = (devices: Devices, open: () => Promise<Devices>): IgmpTargetKind => ({
  name: 'devices',
  prepare: async (each) => {
    // What takes long gets devices of its own: others need not wait for it.
    if (waitOf(each) <= LONG) return prepared(each, devices, SETTLED, TOLERANCE);
    const own = await open();
    const target = await prepared(each, own, SETTLED_LONG, TOLERANCE_LONG);
    const close = async (): Promise<void> => {
      await target.close();
      await own.close();
    };
    return { ...target, close };
  },
});

const prepared = async (
  each: IgmpCase,
  devices: Devices,
  settled: number,
  tolerance: number,
): Promise<IgmpTarget> => {
  const observer = new EventList();
  const begun = monotonic();
  const { loop, target, agent } = await devices.begin(usualSetup(each), configurationOf(each), observer);
  let waiting: TimedOutput[] = [];
  let isBusy = false;
  /** Listens meanwhile, so that the moment of each output is known. */
  const listen = async (seconds: number): Promise<void> => {
    const until = monotonic() + 1000 * seconds;
    const outputs = await agent.take(ENDLESS, 0, seconds);
    if (monotonic() - until > BUSY) isBusy = true;
    waiting.push(...outputs.map((output) => ({ ...output, at: output.at - begun })));
  };
  await listen(each.fromStart ? ANNOUNCED : settled);
  if (!each.fromStart) waiting = [];
  const dut = dutOf(loop.lab, () => loop.readClock(), observer);
  return {
    tolerance,
    dut,
    ...knowledgeOf(dut, tolerance),
    send: target.send,
    wait: (time) => listen(time / 1000),
    take: async (atLeast) => {
      const outputs = await target.take(Math.max(0, atLeast - waiting.length));
      const late = outputs.map((output) => ({ ...output, at: (output as TimedOutput).at - begun }));
      const taken = [...waiting, ...late];
      waiting = [];
      return taken;
    },
    elapsed: () => monotonic() - begun,
    setUp: target.setUp,
    drops: () => target.drops() ?? new Map(),
    wasBusy: () => isBusy,
    bookFault: target.bookFault,
    close: target.close,
  };
};

/** The clock that the agent stamps with, in milliseconds. */
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
