import type { StreamedEvent } from './stream.js';

/** Protocols that have a name here. Source: IANA, Protocol Numbers. */
const PROTOCOLS: Readonly<Record<string, string>> = { 1: 'icmp', 2: 'igmp', 6: 'tcp', 17: 'udp' };

/** What an event says, on one line. */
export const eventText = (event: StreamedEvent): string => {
  const said = (name: string): string => String(event[name] ?? '');
  switch (event.type) {
    case 'drop': {
      const at = said('interface') || said('link');
      const protocol = PROTOCOLS[said('protocol')] ?? said('protocol');
      return `${at} ${said('reason')}: ${said('source')} → ${said('destination')} ${protocol}, ${said('length')} octets`;
    }
    case 'icmp':
      return words(
        event.interface,
        event.direction ?? 'sent',
        event.message,
        `${said('source')} → ${said('destination')}`,
        event.why,
      );
    case 'igmp':
      return words(
        event.interface,
        event.event,
        event.group,
        event.source,
        event.reporter === null ? null : `by ${said('reporter')}`,
        event.why,
      );
    case 'route':
      return words(event.router, event.event, event.prefix);
    case 'link':
      return words(event.link, event.attachment, event.event, event.detail);
    default:
      return words(event.event, event.message);
  }
};

const words = (...each: readonly (string | number | null | undefined)[]): string =>
  each.filter((word) => word !== null && word !== undefined && word !== '').join(' ');
