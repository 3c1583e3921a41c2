import type { PortNumber, Setup } from '../case.js';
import { query } from '../stimulus.js';
import { addressesOf, announcedOn, PORTS } from '../topology.js';

/**
 * What the hosts send before a case, so that their link knows who owns which address: an echo reply that
 * nobody asked for, from each of them to the router, which ignores it.
 */
export const announcements = (each: Setup): { on: PortNumber; octets: Uint8Array }[] =>
  PORTS.flatMap((on) => {
    const router = addressesOf(each.topology, on)[0]?.split('/')[0] ?? '10.255.255.1';
    return announcedOn(each, on).map((source) => ({
      on,
      octets: query(0, { source, destination: router, data: [] }),
    }));
  });
