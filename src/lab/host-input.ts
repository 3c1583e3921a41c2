import type { Address } from '../address.js';
import type { Hop } from '../hop.js';
import type { HostEnd } from '../link/attachments.js';
import type { Instant } from '../time.js';

/** A host's interface in a lab, as the edge sees it. */
export interface HostInput {
  /** Takes what the host sends, as it was read; it may be anything. */
  readonly entrance: Hop;
  /** The device went down or came up. */
  setUp(isUp: boolean, now: Instant): void;
  /** The device is there no more, and so is down; it comes up where somebody makes another of its name. */
  setGone(now: Instant): void;
  /** The routes of the host have changed; `named` are all next hops that they name on this link. */
  routesChanged(named: ReadonlySet<Address>): void;
  /** The host loses its end, as if the device went down. */
  disconnect(now: Instant): void;
}

/** A host's interface, and the end that it is to have. */
export interface HostConnection<End extends HostEnd = HostEnd> {
  readonly host: string;
  readonly link: string;
  readonly port: End;
}
