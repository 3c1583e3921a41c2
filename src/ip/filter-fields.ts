import { lastAddress, type Prefix } from '../address.js';
import type { Filter, FilterEntry } from './filter.js';
import { Dimension, type Interval } from './filter-dimension.js';
import * as ipv4 from './header.js';
import { uint16 } from './octets.js';

/** A datagram as filters see it: one number for each field, at these places. */
export const INGRESS = 0;
export const EGRESS = 1;
const PROTOCOL = 2;
const SOURCE = 3;
const DESTINATION = 4;
const SOURCE_PORT = 5;
const DESTINATION_PORT = 6;
const SIZE = 7;
const DF = 8;
export const FIELDS = 9;

/** The egress of what does not leave. */
export const NO_EGRESS = 0;
/** The port of what has none: no filter that names a port accepts it. */
const NO_PORT = 0x10000;

/** Reads all keys but ingress and egress. Only UDP and TCP have ports, and only in the first fragment. */
export const readKeys = (datagram: Uint8Array, keys: Uint32Array): void => {
  const protocol = ipv4.protocol(datagram);
  const ports = ipv4.headerLength(datagram);
  const hasPorts =
    (protocol === ipv4.PROTOCOL_UDP || protocol === ipv4.PROTOCOL_TCP) &&
    ipv4.fragmentOffset(datagram) === 0 &&
    datagram.length >= ports + 4;
  keys[PROTOCOL] = protocol;
  keys[SOURCE] = ipv4.source(datagram);
  keys[DESTINATION] = ipv4.destination(datagram);
  keys[SOURCE_PORT] = hasPorts ? uint16(datagram, ports) : NO_PORT;
  keys[DESTINATION_PORT] = hasPorts ? uint16(datagram, ports + 2) : NO_PORT;
  keys[SIZE] = datagram.length;
  keys[DF] = Number(ipv4.isDontFragment(datagram));
};

/** What one field may be, and what a filter accepts of it; undefined: everything. */
interface Field {
  readonly most: number;
  accepted(filter: Filter): Interval | undefined;
}

const exactly = (value: number | undefined): Interval | undefined =>
  value === undefined ? undefined : [value, value];

const inside = (prefix: Prefix | undefined): Interval | undefined =>
  prefix === undefined ? undefined : [prefix.network, lastAddress(prefix)];

const LONGEST = ipv4.MAXIMUM_DATAGRAM_LENGTH;

/** By the places of the keys. */
const ALL_FIELDS: { readonly [Place in number]?: Field } = {
  [INGRESS]: { most: 0xffffffff, accepted: (filter) => exactly(filter.in?.serial) },
  [EGRESS]: { most: 0xffffffff, accepted: (filter) => exactly(filter.out?.serial) },
  [PROTOCOL]: { most: 255, accepted: ({ match }) => exactly(match.protocol) },
  [SOURCE]: { most: 0xffffffff, accepted: ({ match }) => inside(match.source) },
  [DESTINATION]: { most: 0xffffffff, accepted: ({ match }) => inside(match.destination) },
  [SOURCE_PORT]: { most: NO_PORT, accepted: ({ match }) => exactly(match.sourcePort) },
  [DESTINATION_PORT]: { most: NO_PORT, accepted: ({ match }) => exactly(match.destinationPort) },
  [SIZE]: {
    most: LONGEST,
    accepted: ({ match: { sizeOver } }) => (sizeOver === undefined ? undefined : [sizeOver + 1, LONGEST]),
  },
  [DF]: { most: 1, accepted: ({ match: { df } }) => (df === undefined ? undefined : exactly(Number(df))) },
};

/** The compiled field of some filters; undefined if all of them accept everything. */
export const dimensionOf = (place: number, entries: readonly FilterEntry[]): Dimension | undefined => {
  const { most, accepted } = ALL_FIELDS[place]!;
  const intervals = entries.map(({ filter }) => accepted(filter));
  if (intervals.every((each) => each === undefined)) return undefined;
  return new Dimension(
    place,
    intervals.map((each) => each ?? [0, most]),
    most,
  );
};
