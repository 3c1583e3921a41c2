import type { Setup } from '../case.js';
import { query } from '../ipv4/sends.js';
import { addressesOf, GATEWAY, HOST, OTHER_HOST, PORTS, type PortNumber } from '../topology.js';

/**
 * What the hosts send before a case, so that their link knows who owns which address: an echo reply that
 * nobody asked for, from each of them to the router, which ignores it.
 */
export const announcements = ({ topology, announce }: Setup): { on: PortNumber; octets: Uint8Array }[] =>
  PORTS.flatMap((on) => {
    const router = addressesOf(topology, on)[0]?.split('/')[0] ?? '10.255.255.1';
    const owned = [HOST[on], OTHER_HOST[on], GATEWAY[on], ...(announce?.[on] ?? [])];
    return owned.map((source) => ({
      on,
      octets: query(0, { source, destination: router, data: [] }),
    }));
  });
