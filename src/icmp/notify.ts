import { type Address, UNSPECIFIED } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import type { Instant } from '../time.js';
import type { IcmpEnvironment } from './environment.js';
import { SENT_MESSAGES, type SentMessage, type Suppression } from './message.js';

/** Tells observers of an ICMP message that we send. */
export const notifySent = (
  router: string,
  observer: Observer,
  datagram: Uint8Array,
  egress: Interface,
  now: Instant,
): void => {
  if (!observer.wants('icmp') || ipv4.protocol(datagram) !== ipv4.PROTOCOL_ICMP) return;
  const at = ipv4.headerLength(datagram);
  const name = NAMES.get(datagram[at]! * 256 + datagram[at + 1]!);
  observer.notify({
    type: 'icmp',
    time: now,
    router,
    interface: egress.name,
    direction: 'sent',
    message: name ?? `type-${datagram[at]}`,
    from: ipv4.source(datagram),
    to: ipv4.destination(datagram),
  });
};

/** Tells observers of a message that a rule suppressed. */
export const notifySuppressed = (
  environment: IcmpEnvironment,
  message: SentMessage,
  to: Address,
  ingress: Interface,
  why: Suppression,
  now: Instant,
): void => {
  if (!environment.observer.wants('icmp')) return;
  environment.observer.notify({
    type: 'icmp',
    time: now,
    router: environment.router,
    interface: ingress.name,
    direction: 'suppressed',
    message,
    from: environment.addressOn(ingress, to) ?? UNSPECIFIED,
    to,
    why,
  });
};

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SENT_MESSAGES).map(([name, [type, code]]) => [type * 256 + code, name]),
);
