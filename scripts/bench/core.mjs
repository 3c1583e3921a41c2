import { parcelOf } from '../../dist/parcel.js';
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
  // As the ports' arena does it: one parcel for each place in a burst.
  const parcels = Array.from({ length: BURST }, () => parcelOf(new Uint8Array(0)));
  const forward = () => {
    fill();
    for (let i = 0; i < BURST; i++) {
      const parcel = parcels[i];
      parcel.octets = arena.subarray(i * 128, i * 128 + datagram.length);
      input.entrance.take(parcel, 0);
    }
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
