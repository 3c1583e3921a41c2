import { formatAddress } from '../address.js';
import type { Event, Observer } from '../event.js';
import * as ipv4 from '../ip/header.js';
import type { Log } from './log.js';

/**
 * Turns events into log lines: state changes at info, a datagram's fate at debug and only where it is asked for.
 */
export const eventLog = (log: Log, isDebug: boolean): Observer => ({
  wants: (type) => isDebug || type === 'link' || type === 'route',
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
      default:
    }
  },
});

const LINK_WORDS: Readonly<Record<Extract<Event, { type: 'link' }>['event'], string>> = {
  up: 'is up',
  down: 'is down',
  gone: 'is gone: its device was deleted',
  mtu: 'has a new MTU: ',
  'neighbor-learned': 'owns a new address: ',
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
