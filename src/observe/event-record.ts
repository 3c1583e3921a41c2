import { formatAddress } from '../address.js';
import type { Event } from '../event.js';
import { type DatagramFields, datagramFields } from './datagram-fields.js';

/** The fields of events, of which each has some; `--match` looks at several. Addresses are numbers. */
export interface EventFields extends DatagramFields {
  readonly router?: string | null;
  readonly interface?: string | null;
  readonly link?: string;
  readonly attachment?: string;
  readonly reason?: string;
  readonly direction?: string;
  readonly message?: string | null;
  readonly event?: string;
  readonly prefix?: string;
  readonly group?: number | null;
  readonly reporter?: number | null;
  readonly why?: string;
  readonly detail?: string;
}

/** An event in JSON: flat, addresses as text. */
export interface EventRecord {
  /** RFC 3339. */
  readonly time: string;
  readonly type: string;
  readonly [field: string]: string | number | null;
}

/** The fields of an event. Reads its datagram, which is valid only during the call that reports it. */
export const eventFieldsOf = (event: Event): EventFields => {
  switch (event.type) {
    case 'drop': {
      const { router, interface: at, link, reason, datagram } = event;
      // If no router had it, the link alone says where it was.
      const place = router === null ? { router, interface: at, link } : { router, interface: at };
      return { ...place, reason, ...datagramFields(datagram) };
    }
    case 'forward': {
      const { router, interface: at, datagram } = event;
      return { router, interface: at, ...datagramFields(datagram) };
    }
    case 'icmp': {
      const { type: _type, time: _time, from, to, ...rest } = event;
      return { ...rest, source: from, destination: to };
    }
    default: {
      const { type: _type, time: _time, ...rest } = event;
      return rest;
    }
  }
};

export const recordOf = ({ type }: Pick<Event, 'type'>, fields: EventFields, time: string): EventRecord => ({
  time,
  type,
  ...fieldsInJson(fields),
});

/** Fields as JSON has them: addresses as text. */
export type JsonFields = Readonly<Record<string, string | number | null>>;

export const fieldsInJson = (fields: EventFields): JsonFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' && ADDRESSES.has(name) ? formatAddress(value) : value,
    ]),
  );

const ADDRESSES: ReadonlySet<string> = new Set(['source', 'destination', 'group', 'reporter']);
