import type { Address } from './address.js';
import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/** Something that happened, as data; the edge turns it into log lines and into the event stream. */
export type Event =
  | {
      readonly type: 'drop';
      readonly time: Instant;
      /** Null, as the interface is, where it ended on a link and no router had it. */
      readonly router: string | null;
      readonly interface: string | null;
      readonly link: string;
      readonly reason: DropReason;
      /** The datagram as it came; valid only during the call. */
      readonly datagram: Uint8Array;
    }
  | {
      readonly type: 'icmp';
      readonly time: Instant;
      readonly router: string;
      readonly interface: string;
      readonly direction: 'sent' | 'received' | 'suppressed';
      readonly message: string;
      readonly from: Address;
      readonly to: Address;
      readonly why?: string;
    }
  | {
      readonly type: 'route';
      readonly time: Instant;
      readonly router: string;
      readonly event: 'withdrawn' | 'restored' | 'added' | 'removed';
      readonly prefix: string;
    }
  | {
      readonly type: 'link';
      readonly time: Instant;
      readonly link: string;
      /** The interface or host whose end of the wire changed. */
      readonly attachment: string;
      readonly event: 'up' | 'down' | 'gone' | 'mtu' | 'neighbor-learned';
      readonly detail?: string;
    }
  | {
      readonly type: 'igmp';
      readonly time: Instant;
      readonly interface: string;
      readonly event: 'join' | 'leave' | 'expire' | 'querier-elected' | 'query-sent' | 'warning';
      readonly group: Address | null;
      readonly source: Address | null;
      /** Whose message it was; of an election, who won it. */
      readonly reporter: Address | null;
      /** What a warning is about. */
      readonly why?: string;
    }
  | {
      readonly type: 'config';
      readonly time: Instant;
      readonly event: 'applied' | 'refused';
      readonly detail: string;
    };

export type EventType = Event['type'];

/** Who hears events. `wants` is asked first, so that nothing is built for nobody. */
export interface Observer {
  wants(type: EventType): boolean;
  notify(event: Event): void;
}

export const NOBODY: Observer = { wants: () => false, notify: () => {} };
