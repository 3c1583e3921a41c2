import { type Address, formatAddress } from '../address.js';
import type { Event, Observer } from '../event.js';
import { REFUSALS } from '../igmp/refusal.js';
import type { QuerierWarning } from '../igmp/warnings.js';
import * as ipv4 from '../ip/header.js';
import type { Log } from './log.js';

/**
 * Turns events into log lines: state changes at info, a datagram's fate at debug and only where it is asked for.
 *
 * What is wrong with a link's IGMP is a warning; such events come at most once a minute for each kind.
 * Source: RFC 9776 §7.3.1.
 */
export const eventLog = (log: Log, isDebug: boolean): Observer => ({
  wants: (type) => isDebug || type === 'link' || type === 'route' || type === 'igmp',
  notify: (event) => {
    switch (event.type) {
      case 'link':
        return log.info(`${event.attachment} ${LINK_WORDS[event.event]}${event.detail ?? ''}`, {
          link: event.link,
        });
      case 'route':
        return log.info(`route ${event.prefix} ${event.event}`, { router: event.router });
      case 'drop':
        return log.debug(`dropped: ${event.reason}`, {
          router: event.router,
          interface: event.interface,
          ...readable(event.datagram),
        });
      case 'igmp':
        return logIgmp(log, event);
      default:
    }
  },
});

type IgmpEvent = Extract<Event, { type: 'igmp' }>;

const logIgmp = (log: Log, { event, interface: name, group, reporter, why = '' }: IgmpEvent): void => {
  if (event === 'querier-elected') log.info(`${name}: ${nameOf(reporter)} is the IGMP querier now`);
  else if (event === 'warning' && !ORDINARY.has(why))
    log.warn(
      `${name}: ${nameOf(reporter)}: ${factOf(why)}${group === null ? '' : ` (${formatAddress(group)})`}`,
      { why },
    );
};

const nameOf = (address: Address | null): string => (address === null ? 'nobody' : formatAddress(address));

/** What happens on any link with more routers, of whatever protocol, and what is ignored because the settings say so. */
const ORDINARY: ReadonlySet<string> = new Set([
  'unknown-type',
  'not-querier',
  'not-a-member',
  'ignored-version',
  'denied',
  'boundary',
]);

const QUERIER_FACTS: Readonly<Record<QuerierWarning, string>> = {
  'version-differs': 'its queries are of another IGMP version; set the same one on all routers of a link',
  'stronger-querier': 'it has a lower address, and both query: this interface has `querier: always`',
};

const FACTS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(REFUSALS).map(([refusal, [, fact]]) => [refusal, fact] as const),
  ...Object.entries(QUERIER_FACTS),
]);

const factOf = (why: string): string => FACTS.get(why) ?? why;

const LINK_WORDS: Readonly<Record<Extract<Event, { type: 'link' }>['event'], string>> = {
  up: 'is up',
  down: 'is down',
  gone: 'is gone: its device was deleted',
  mtu: 'has a new MTU: ',
  'neighbor-learned': 'owns a new address: ',
  'neighbor-moved': 'took over an address: ',
  'neighbor-lost': 'lost an address: ',
};

const readable = (datagram: Uint8Array): Readonly<Record<string, unknown>> =>
  datagram.length < ipv4.MINIMUM_HEADER_LENGTH
    ? { length: datagram.length }
    : {
        source: formatAddress(ipv4.source(datagram)),
        destination: formatAddress(ipv4.destination(datagram)),
        protocol: ipv4.protocol(datagram),
        length: datagram.length,
      };
