import { NOBODY, type Observer } from '../event.js';
import type { Surroundings } from '../icmp/surroundings.js';
import type { Interface } from '../interface.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { Route } from '../ip/rib.js';
import type { Routing } from '../ip/routing.js';
import type { Random } from '../random.js';
import type { RouterSettings } from '../settings.js';
import type { Instant } from '../time.js';
import type { MulticastPlan } from './multicast-plane.js';

/** What a router is given: everything that it could not know or do by itself. */
export interface RouterParts {
  readonly name: string;
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  readonly settings: RouterSettings;
  readonly random: Random;
  readonly now: Instant;
  /** Milliseconds since midnight UT at an instant, or undefined where the clock is not to be trusted. */
  readonly utcMilliseconds?: (now: Instant) => number | undefined;
  /** Room for a datagram that the router originates. */
  readonly allocate?: (length: number) => Uint8Array;
  readonly observer?: Observer;
  /** Which interfaces run IGMP, and how; none where it is left out. */
  readonly igmp?: MulticastPlan['igmp'];
  readonly multicast?: MulticastSettings;
}

/** What the parts of a router see of the whole. */
export const surroundingsOf = (parts: RouterParts, routing: Routing): Surroundings => {
  let identification = Math.floor(parts.random() * 0x10000);
  return {
    router: parts.name,
    observer: parts.observer ?? NOBODY,
    settings: parts.settings,
    interfaces: parts.interfaces,
    lookup: routing.lookup,
    exitTo: routing.exitTo,
    onwardExit: routing.onwardExit,
    addressOn: routing.addressOn,
    nextIdentification: () => {
      identification = (identification + 1) & 0xffff;
      return identification;
    },
    allocate: parts.allocate ?? ((length) => new Uint8Array(length)),
    utcMilliseconds: parts.utcMilliseconds ?? (() => undefined),
  };
};
