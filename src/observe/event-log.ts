import { type Address, formatAddress } from '../address.js';
import type { Event, Observer } from '../event.js';
import { REFUSALS } from '../igmp/refusal.js';
import type { QuerierWarning } from '../igmp/warnings.js';
import * as ipv4 from '../ip/header.js';
import { LineLimit } from './line-limit.js';
import type { Log } from './log.js';
import { RouteSummary } from './route-summary.js';

/**
 * Turns events into log lines: changes of state at info, drops at debug and only while `isDebug`.
 *
 * Faults in the IGMP of a link are warnings. Whatever the traffic, each kind of line comes at a limited rate, and
 * many routes that change at once are one line. Source: RFC 9776 §7.3.1.
 */
export const eventLog = (log: Log, isDebug: () => boolean): Observer => {
  const limit = new LineLimit();
  const routes = new RouteSummary((line, router) =>
    limit.write(`route ${router}`, line, (text) => log.info(text, { router })),
  );
  return {
    wants: (type) => type !== 'forward' && (isDebug() || (type !== 'drop' && type !== 'icmp')),
    notify: (event) => {
      switch (event.type) {
        case 'link':
          return limit.write(
            `link ${event.link} ${event.event}`,
            `${event.attachment ?? `link ${event.link}`} ${LINK_WORDS[event.event]}${event.detail === undefined ? '' : `: ${event.detail}`}`,
            (line) => log.info(line, { link: event.link }),
          );
        case 'route':
          return routes.add(event);
        case 'drop':
          return logDrop(log, limit, event);
        case 'igmp':
          return logIgmp(log, limit, event);
        case 'config':
          return logConfig(log, limit, event);
        default:
      }
    },
  };
};

type DropEvent = Extract<Event, { type: 'drop' }>;

const logDrop = (
  log: Log,
  limit: LineLimit,
  { router, interface: at, link, reason, datagram }: DropEvent,
): void =>
  limit.write(
    `drop ${at ?? link} ${reason}`,
    `dropped: ${reason}`,
    (line) => log.debug(line, { router, interface: at, ...readable(datagram) }),
    // The datagram is gone by then.
    (line) => log.debug(line, { router, interface: at }),
  );

type ConfigEvent = Extract<Event, { type: 'config' }>;

const logConfig = (log: Log, limit: LineLimit, { event, message }: ConfigEvent): void => {
  // Of a file that was applied, whoever did so says more.
  if (message === null) return;
  limit.write(`config ${event}`, event === 'warning' ? message : `${event}: ${message}`, (line) =>
    event === 'applied' ? log.info(line) : log.warn(line),
  );
};

type IgmpEvent = Extract<Event, { type: 'igmp' }>;

const logIgmp = (log: Log, limit: LineLimit, event: IgmpEvent): void => {
  const { interface: name, group, reporter, why = '' } = event;
  if (event.event === 'querier-elected')
    limit.write(`querier ${name}`, `${name}: ${nameOf(reporter)} is the IGMP querier now`, (line) =>
      log.info(line),
    );
  else if (event.event === 'warning' && !ORDINARY.has(why))
    limit.write(
      `${why} ${name}`,
      `${name}: ${nameOf(reporter)}: ${factOf(why)}${group === null ? '' : ` (${formatAddress(group)})`}`,
      (line) => log.warn(line, { why }),
    );
};

const nameOf = (address: Address | null): string => (address === null ? 'nobody' : formatAddress(address));

/** Ordinary where several routers share a link, or ignored because the settings say so. */
const ORDINARY: ReadonlySet<string> = new Set([
  'unknown-type',
  'not-querier',
  'not-a-member',
  'ignored-version',
  'denied',
  'boundary',
]);

const QUERIER_FACTS: Readonly<Record<QuerierWarning, string>> = {
  'version-differs':
    'it sends queries of another IGMP version; configure the same version on all routers of a link',
  'stronger-querier': 'it has a lower address, and both send queries: this interface has `querier: always`',
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
  changed: 'was changed',
  restored: 'was changed back',
  'neighbor-learned': 'owns a new address',
  'neighbor-moved': 'took over an address',
  'neighbor-lost': 'lost an address',
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
