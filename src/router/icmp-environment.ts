import type { Departure, IcmpEnvironment } from '../icmp/environment.js';
import type { IcmpCounters } from '../icmp/message.js';
import type { Interface } from '../interface.js';
import type { Routing } from '../ip/routing.js';
import type { RouterSettings } from '../settings.js';
import type { Instant } from '../time.js';
import type { RouterEnvironment } from './environment.js';

/** What ICMP needs from its router. */
interface Around {
  readonly name: string;
  readonly icmp: IcmpCounters;
  readonly settings: RouterSettings;
  readonly interfaces: readonly Interface[];
  readonly routing: Routing;
}

/** The environment of ICMP in a router. `identification` is the first identification of its datagrams. */
export const icmpEnvironment = ({
  router,
  given,
  identification,
  send,
}: {
  readonly router: Around;
  readonly given: RouterEnvironment;
  readonly identification: number;
  send(departure: Departure, now: Instant): void;
}): IcmpEnvironment => {
  const { routing } = router;
  let latest = identification;
  return {
    router: router.name,
    observer: given.observer,
    counters: router.icmp,
    get settings() {
      return router.settings;
    },
    get interfaces() {
      return router.interfaces;
    },
    lookup: routing.lookup,
    isOurs: routing.isOurs,
    exitTo: (destination, like) => routing.exitTo(destination, like),
    onwardExit: (datagram) => routing.onwardExit(datagram),
    addressOn: (egress, peer) => routing.addressOn(egress, peer),
    send,
    nextIdentification: () => {
      latest = (latest + 1) & 0xffff;
      return latest;
    },
    allocate: (length) => given.allocate(length),
    utcMilliseconds: (now) => given.utcMilliseconds(now),
  };
};
