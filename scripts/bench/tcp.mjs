import { ADDRESS_OF_BOB } from './contenders.mjs';
import { ask, machineTime, processorTime, startIn, stop } from './processes.mjs';

/** The usual one; what the machine prefers is another matter. */
export const CONGESTION_CONTROL = 'cubic';

/** iperf3's words for what alice asks of bob. */
export const TCP_CASES = {
  '1 stream up': [],
  '1 stream down': ['-R'],
  '1 stream both': ['--bidir'],
  '4 streams up': ['-P', '4'],
  '4 streams down': ['-P', '4', '-R'],
  '4 streams both': ['-P', '4', '--bidir'],
};

/**
 * Bits a second that arrive, both ways together; what a megabyte costs the
 * router and the whole machine, in microseconds; what was sent again.
 * For whole seconds; iperf3 takes less than one for ever.
 */
export const measureTcp = async ({ alice, bob, pid }, words, seconds) => {
  const server = await startIn(bob, ['iperf3', '-s', '-1', '--forceflush'], undefined, /listening/);
  try {
    const used = () => (pid === undefined ? Number.NaN : processorTime(pid));
    const [own, all] = [used(), machineTime()];
    const client = ['iperf3', '-c', ADDRESS_OF_BOB, '-t', seconds, '-C', CONGESTION_CONTROL, '-J', ...words];
    const { end } = ask(alice, client);
    const ways = [end.sum_received, end.sum_received_bidir_reverse].filter((each) => each !== undefined);
    const megabytes = ways.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    const again = [end.sum_sent, end.sum_sent_bidir_reverse].reduce(
      (sum, each) => sum + (each?.retransmits ?? 0),
      0,
    );
    return {
      rate: ways.reduce((sum, { bits_per_second }) => sum + bits_per_second, 0),
      cost: (used() - own) / megabytes,
      machine: (machineTime() - all) / megabytes,
      again,
    };
  } finally {
    await stop(server);
  }
};
