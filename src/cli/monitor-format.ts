import type { EventRecord, JsonFields } from '../observe/event-record.js';
import type { Colors } from '../text/colors.js';
import { printable } from '../text/printable.js';
import { protocolName } from '../text/protocols.js';

/** One event as a line for a person: when, where, what. */
export const formatEvent = (record: EventRecord, colors: Colors): string => {
  const time = colors.dim(clockOf(record.time));
  return `${time} ${record.type.padEnd(6)} ${printable((FORMATS[record.type] ?? formatOther)(record))}`;
};

/** Local time of day, to the millisecond. */
const clockOf = (time: string): string => {
  const at = new Date(time);
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
};

const formatDrop = (record: EventRecord): string => {
  const { source, destination, protocol, length, sourcePort, destinationPort } = record;
  if (source === null) return `${record.interface} ${record.reason}: ${length} octets`;
  const end = (address: unknown, port: unknown): string =>
    port === undefined ? `${address}` : `${address}:${port}`;
  const what = protocolName(Number(protocol)) ?? `protocol ${protocol}`;
  return `${record.interface} ${record.reason}: ${what} ${end(source, sourcePort)} > ${end(destination, destinationPort)}, ${length} octets`;
};

const formatForward = (record: EventRecord): string => `${record.interface} ${formatDatagram(record)}`;

/** `udp 198.51.100.10:5000 > 203.0.113.10:9, 84 octets, ttl 64`. */
export const formatDatagram = (record: JsonFields): string => {
  const { source, destination, protocol, length, sourcePort, destinationPort, ttl } = record;
  if (source === null) return `${length} octets that are no IPv4 datagram`;
  const end = (address: unknown, port: unknown): string =>
    port === undefined ? `${address}` : `${address}:${port}`;
  const what = protocolName(Number(protocol)) ?? `protocol ${protocol}`;
  return `${what} ${end(source, sourcePort)} > ${end(destination, destinationPort)}, ${length} octets, ttl ${ttl}`;
};

const formatIcmp = (record: EventRecord): string =>
  record.direction === 'suppressed'
    ? `${record.router} ${record.message} to ${record.destination} not sent: ${record.why}`
    : `${record.router} ${record.message} ${record.source} > ${record.destination} ${record.direction}`;

const formatIgmp = (record: EventRecord): string => {
  const { event, group, source, reporter, why } = record;
  const about = group === null ? '' : ` ${group}`;
  const from = source === null ? '' : ` from ${source}`;
  const by = reporter === null ? '' : ` by ${reporter}`;
  return `${record.interface} ${event}${why === undefined ? '' : ` ${why}`}${about}${from}${by}`;
};

/** Of the wire itself where no end of it is named. */
const formatLink = ({ attachment, link, event, detail }: EventRecord): string =>
  `${attachment ?? link} ${event}${detail === undefined ? '' : ` ${detail}`}`;

const formatRoute = (record: EventRecord): string => `${record.router} ${record.prefix} ${record.event}`;

const formatConfig = ({ event, message }: EventRecord): string =>
  message === null ? `${event}` : `${event}: ${message}`;

const formatMissed = (record: EventRecord): string =>
  `${record.events} events: they came faster than they were read`;

const formatOther = (record: EventRecord): string => {
  const { time: _time, type: _type, ...fields } = record;
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
};

const FORMATS: Readonly<Record<string, (record: EventRecord) => string>> = {
  drop: formatDrop,
  forward: formatForward,
  icmp: formatIcmp,
  igmp: formatIgmp,
  link: formatLink,
  route: formatRoute,
  config: formatConfig,
  missed: formatMissed,
};
