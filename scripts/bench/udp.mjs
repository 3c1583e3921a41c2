import { ADDRESS_OF_ALICE, ADDRESS_OF_BOB } from './contenders.mjs';
import { arrivedByUdp, ask, machineTime, processorTime, startIn, stop } from './processes.mjs';

/** Seconds of traffic before anything is counted: a compiler at run time has its say first. */
const WARM_UP = 0.3;

/** What is sent: so many flows in turn, each with the next of the lengths; by a socket, or past all of that. */
export const UDP_CASES = {
  '64, 1 flow, raw': { flows: 1, lengths: '64', isRaw: true },
  '64, 64 flows, raw': { flows: 64, lengths: '64', isRaw: true },
  '1400, 1 flow, raw': { flows: 1, lengths: '1400', isRaw: true },
  '64, 1 flow': { flows: 1, lengths: '64' },
  '64, 64 flows': { flows: 64, lengths: '64' },
  'IMIX, 12 flows': { flows: 12, lengths: '64,576,64,64,576,64,1500,64,576,64,64,576' },
  '1400, 1 flow': { flows: 1, lengths: '1400' },
};

const settled = async (count) => {
  let before = count();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = count();
    if (now === before) return now;
    before = now;
  }
};

/**
 * Datagrams a second that arrive while they are sent as fast as it goes; what each of them costs the router, and the
 * whole machine with sender and receiver, in microseconds of processor; and the share that does not arrive.
 */
export const measureUdp = async (lab, peer, { flows, lengths, isRaw }, seconds) => {
  const { alice, bob, pid, device, station } = lab;
  const sink = await startIn(bob, [peer, 'sink', 600, flows]);
  const words = (time) =>
    isRaw
      ? [
          'flood',
          device,
          ADDRESS_OF_ALICE,
          ADDRESS_OF_BOB,
          time,
          flows,
          lengths,
          ...(station ? [station] : []),
        ]
      : ['blast', ADDRESS_OF_BOB, time, flows, lengths, 0];
  const blast = (time) => ask(alice, [peer, ...words(time)]);
  const count = () => arrivedByUdp(bob);
  const used = () => (pid === undefined ? Number.NaN : processorTime(pid));
  try {
    blast(WARM_UP);
    const before = await settled(count);
    const [own, all] = [used(), machineTime()];
    const { sent, seconds: elapsed } = blast(seconds);
    const [ownAfter, allAfter] = [used(), machineTime()];
    const arrived = (await settled(count)) - before;
    return {
      rate: arrived / elapsed,
      cost: (ownAfter - own) / arrived,
      machine: (allAfter - all) / arrived,
      lost: 1 - arrived / sent,
    };
  } finally {
    await stop(sink);
  }
};
