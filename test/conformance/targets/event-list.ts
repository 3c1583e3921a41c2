import { formatAddress } from '../../../src/address.js';
import type { Observer } from '../../../src/event.js';

/** Writes down the IGMP events of a lab, but for its queries: `join 239.1.1.1 10.13.0.1`. */
export class EventList implements Observer {
  readonly events: string[] = [];

  wants(type: string): boolean {
    return type === 'igmp';
  }

  notify(event: Parameters<Observer['notify']>[0]): void {
    if (event.type !== 'igmp' || event.event === 'query-sent') return;
    const about = [event.group, event.source].flatMap((each) => (each === null ? [] : [formatAddress(each)]));
    // Who was elected is all that such an event is about.
    const who =
      event.event === 'querier-elected' && event.reporter !== null ? [formatAddress(event.reporter)] : [];
    const what = event.event === 'warning' ? `warning: ${event.why}` : event.event;
    this.events.push([what, ...about, ...who].join(' '));
  }
}
