import { parcelOf } from '../../../src/parcel.js';
import { START } from '../../../src/time.js';
import { ip } from '../../support/datagram.js';
import { testInterface, testRouter, unicastRoute } from '../../support/router.js';
import { guarded } from '../guard.js';
import { Watch } from '../watch.js';

const SWITCHES = {
  icmp: {
    timestampReply: true,
    addressMaskReply: true,
    routerDiscovery: true,
    probe: true,
    echoBroadcast: true,
    redirectsByTos: true,
    extensions: ['incoming', 'outgoing', 'next-hop'],
  },
  ip: {
    options: {
      recordRoute: 'process',
      timestamp: 'process',
      routerAlert: 'process',
      looseSourceRoute: 'process',
      strictSourceRoute: 'process',
      other: 'process',
    },
    directedBroadcast: true,
    classE: true,
    linkLocal: true,
    loopback: ip('10.255.0.1'),
  },
} as const;

/** A router with everything switched on, a small MTU on one side and an interface without an address, watched. */
export const watchedRouter = (
  routes: number,
): { receive: (octets: Uint8Array) => void; settle: () => void } => {
  const red = testInterface('red', ['192.0.2.1/24', '172.16.0.1/24']);
  const blue = testInterface('blue', ['198.51.100.1/24'], { index: 2, mtu: routes === 0 ? 68 : 600 });
  const bare = testInterface('bare', [], { index: 3, up: (routes & 1) === 0 });
  const made = testRouter({
    red,
    blue,
    others: [bare],
    settings: SWITCHES,
    hasClock: (routes & 2) === 0,
    routes: () => [
      unicastRoute('203.0.113.0/24', '198.51.100.10', blue),
      unicastRoute('203.0.114.0/24', '192.0.2.9', red, 0x10),
      unicastRoute('203.0.115.0/24', '192.0.2.9', red),
      unicastRoute('203.0.116.0/24', '10.9.9.9', bare),
    ],
  });
  blue.dead.add(ip('198.51.100.66'));
  const watch = new Watch();
  watch.add(made.router);
  return {
    receive: (octets) => made.router.receive(red, parcelOf(guarded(octets.slice())), START),
    /** Lets all that waits end, and looks at every book. */
    settle: () => {
      for (let turns = 0; turns < 100; turns += 1) {
        const due = made.router.nextDeadline();
        if (due > 60_000) break;
        made.router.poll(due);
      }
      watch.audit();
    },
  };
};
