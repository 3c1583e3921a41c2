import type { Address } from './address.js';
import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/** Something that happened, as data; the edge turns it into log lines and the event stream. */
export type Event =
  | {
      readonly type: 'drop';
      readonly time: Instant;
      /** Null, like the interface, if the datagram ended on a link and never reached a router. */
      readonly router: string | null;
      readonly interface: string | null;
      readonly link: string;
      readonly reason: DropReason;
      /** The datagram as it arrived; valid only during the call. */
      readonly datagram: Uint8Array;
    }
  | {
      /** Only while somebody asks for it: see `Book.tellsForwarded`. */
      readonly type: 'forward';
      readonly time: Instant;
      readonly router: string;
      /** Where it came in. */
      readonly interface: string;
      /** The datagram as it came in; valid only during the call. */
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
      readonly event: 'add' | 'replace' | 'del' | 'withdrawn' | 'restored';
      readonly prefix: string;
    }
  | {
      readonly type: 'link';
      readonly time: Instant;
      readonly link: string;
      /** The interface or host whose end of the wire changed; left out if it was the wire itself. */
      readonly attachment?: string;
      readonly event:
        | 'up'
        | 'down'
        | 'gone'
        | 'changed'
        | 'restored'
        | 'neighbor-learned'
        | 'neighbor-moved'
        | 'neighbor-lost';
      /** What a device changed, `mtu 1400`, or the address that the neighbor has or has lost. */
      readonly detail?: string;
    }
  | {
      readonly type: 'igmp';
      readonly time: Instant;
      readonly interface: string;
      readonly event: 'join' | 'leave' | 'expire' | 'querier-elected' | 'query-sent' | 'warning';
      readonly group: Address | null;
      readonly source: Address | null;
      /** The sender of the message; for an election, the winner. */
      readonly reporter: Address | null;
      /** The subject of a warning. */
      readonly why?: string;
    }
  | {
      readonly type: 'config';
      readonly time: Instant;
      readonly event: 'applied' | 'refused' | 'warning';
      /** What was applied, or why it was refused, or what a person should know; null for the file. */
      readonly message: string | null;
    };

export type EventType = Event['type'];

/** Receives events. `wants` is asked first, so that no event is built that nobody reads. */
export interface Observer {
  wants(type: EventType): boolean;
  notify(event: Event): void;
}

export const NOBODY: Observer = { wants: () => false, notify: () => {} };
