import { MOST_ON_LINKS } from '../link/storage.js';

/**
 * How many octets of datagrams may wait on the links of a lab: a quarter of the memory at most, so that nobody who
 * floods links that delay, or has groups go in circles there, takes all of it.
 *
 * `memory` is what the machine has; `constrained`, in octets, what the control group of the process may use: 0, or more
 * than there is, where it may use all.
 */
export const mostOnLinks = (memory: number, constrained: number): number => {
  const usable = constrained > 0 ? Math.min(memory, constrained) : memory;
  return Math.min(MOST_ON_LINKS, Math.floor(usable / 4));
};
