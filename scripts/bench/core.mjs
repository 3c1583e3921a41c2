import { lab64, virtualLab } from './labs.mjs';

/**
 * What the whole core costs for each datagram, in nanoseconds of processor time: from the octets that a host's device
 * gave to the call that hands them to another's, without the kernel's reads and writes.
 */
export const benchCore = (rounds = 5, datagrams = 1_000_000) => {
  const { input, datagram } = virtualLab(lab64);
  const BURST = 64;
  const arena = new Uint8Array(BURST * 128);
  const fill = () => {
    for (let i = 0; i < BURST; i++) arena.set(datagram, i * 128);
  };
  const forward = () => {
    fill();
    for (let i = 0; i < BURST; i++) input.receive(arena.subarray(i * 128, i * 128 + datagram.length), 0);
  };
  const cost = (action) => {
    const before = process.cpuUsage();
    for (let done = 0; done < datagrams; done += BURST) action();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / datagrams;
  };
  cost(forward);
  return Array.from({ length: rounds }, () => cost(forward) - cost(fill));
};
