import type { Prefix } from '../address.js';
import type { Book } from '../book.js';
import type { Observer } from '../event.js';
import type { LinkImpairments } from '../impairments.js';
import type { Attachment } from './attachments.js';
import type { NextHops } from './next-hops.js';
import type { Transit } from './transit.js';

/** What a configuration says about one link. */
export interface LinkPlan {
  readonly name: string;
  readonly mtu: number;
  /** The subnets that are on this link. */
  readonly prefixes: readonly Prefix[];
  readonly impairments: LinkImpairments;
}

/** An attachment that sends through the link's entrance; a host that is gone is ignored. */
export type HostSender = Attachment & { readonly isGone?: boolean; readonly nextHops?: NextHops };

/** What a link is given. */
export interface LinkEnvironment {
  readonly book: Book;
  readonly observer: Observer;
  readonly transit: Transit;
  /** Octets that are valid until the burst is flushed. */
  allocate(length: number): Uint8Array;
}
