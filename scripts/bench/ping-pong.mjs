import { ADDRESS_OF_BOB } from './contenders.mjs';
import { ask, PROGRAM_CPU, pin, ROUTER_CPU, startIn, stop } from './processes.mjs';

/** What goes beside the round trips: 1400 octets, so many a second, the same way as the questions. */
const LOAD = 10_000;

/** Where the router runs: with the two programs on their processor, or on another one. */
export const PING_CASES = {
  'own processor, idle': { cpu: ROUTER_CPU, load: 0 },
  'own processor, under load': { cpu: ROUTER_CPU, load: LOAD },
  'same processor, idle': { cpu: PROGRAM_CPU, load: 0 },
  'same processor, under load': { cpu: PROGRAM_CPU, load: LOAD },
};

/** Round trips of 64 octets of UDP, one after another: microseconds of 50, 99 and 99.9 %, and the share that is lost. */
export const measurePing = async ({ alice, bob, pid }, peer, { cpu, load }, seconds) => {
  const children = [];
  try {
    pin(pid, cpu);
    children.push(await startIn(bob, [peer, 'echo'], PROGRAM_CPU));
    if (load > 0) {
      children.push(await startIn(bob, [peer, 'sink', 600, 1], PROGRAM_CPU));
      const words = [peer, 'blast', ADDRESS_OF_BOB, 600, 1, '1400', load];
      children.push(await startIn(alice, ['sh', '-c', `echo ready; exec ${words.join(' ')}`], PROGRAM_CPU));
    }
    const { count, lost, p50, p99, p999 } = ask(alice, [peer, 'ping', ADDRESS_OF_BOB, seconds], PROGRAM_CPU);
    return { p50, p99, p999, trips: count / seconds, lost: lost / (count + lost) };
  } finally {
    pin(pid, ROUTER_CPU);
    for (const child of children) await stop(child);
  }
};
