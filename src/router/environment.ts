import type { Book } from '../book.js';
import type { Observer } from '../event.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { Work } from '../igmp/work.js';
import type { Interface } from '../interface.js';
import type { Filter } from '../ip/filter.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { PlannedTable, Route } from '../ip/route.js';
import type { Random } from '../random.js';
import type { RouterSettings } from '../settings.js';
import type { Instant } from '../time.js';

/** What a configuration determines about one router: never changed, replaced whole by `Router.apply`. */
export interface RouterPlan {
  readonly name: string;
  /** By index: interface i is at i - 1. */
  readonly interfaces: readonly Interface[];
  /** The very same as those of the plan before, where they are the same. */
  readonly routes: Iterable<Route>;
  /** Whole tables of routes beside them; default: none. */
  readonly tables?: readonly PlannedTable[];
  readonly settings: RouterSettings;
  /** Which interfaces run IGMP, and how. */
  readonly igmp: ReadonlyMap<Interface, IgmpSettings>;
  readonly multicast: MulticastSettings;
  /** In the order in which they are asked. */
  readonly filters: readonly Filter[];
}

/** What a router is given. */
export interface RouterEnvironment {
  readonly book: Book;
  readonly observer: Observer;
  readonly random: Random;
  readonly now: Instant;
  /** How much IGMP all routers of a lab do at a time; left out, the router does so much by itself. */
  readonly work?: Work;
  /** Milliseconds since midnight UT at an instant; undefined if the clock cannot be trusted. */
  utcMilliseconds(now: Instant): number | undefined;
  /** Room for a datagram that the router originates, valid until the burst is flushed. */
  allocate(length: number): Uint8Array;
}
