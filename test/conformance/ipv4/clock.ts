import { uint32 } from '../../../src/ip/octets.js';

/** What a virtual router's clock says while a case runs, in milliseconds since midnight UT. */
const VIRTUAL_CLOCK = [27_000_000, 28_000_000] as const;
const MILLISECONDS_PER_DAY = 86_400_000;
/** How far a router's clock may be from ours. */
const TOLERANCE = 5_000;

/** What is wrong with a time of day at some octet of a datagram; undefined where it is now. */
export const clockFault = (octets: Uint8Array, at: number): string | undefined => {
  const time = uint32(octets, at);
  const isVirtual = time >= VIRTUAL_CLOCK[0] && time < VIRTUAL_CLOCK[1];
  const distance = Math.abs((Date.now() % MILLISECONDS_PER_DAY) - time);
  const isReal = distance < TOLERANCE || MILLISECONDS_PER_DAY - distance < TOLERANCE;
  return isVirtual || isReal ? undefined : `the time at octet ${at} is ${time} ms since midnight`;
};
