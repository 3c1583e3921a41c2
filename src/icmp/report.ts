import { type Address, UNSPECIFIED } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import type { Instant } from '../time.js';
import { SENT_MESSAGES, type SentMessage, type Suppression } from './message.js';
import type { Surroundings } from './surroundings.js';

/** Tells whoever wants to hear it of an ICMP message of ours that leaves. */
export const reportSent = (
  around: Surroundings,
  datagram: Uint8Array,
  egress: Interface,
  now: Instant,
): void => {
  if (!around.observer.wants('icmp') || ipv4.protocol(datagram) !== ipv4.PROTOCOL_ICMP) return;
  const at = ipv4.headerLength(datagram);
  const name = NAMES.get(datagram[at]! * 256 + datagram[at + 1]!);
  around.observer.notify({
    type: 'icmp',
    time: now,
    router: around.router,
    interface: egress.name,
    direction: 'sent',
    message: name ?? `type-${datagram[at]}`,
    from: ipv4.source(datagram),
    to: ipv4.destination(datagram),
  });
};

/** Tells whoever wants to hear it of a message that one of the rules kept from its receiver. */
export const reportSuppressed = (
  around: Surroundings,
  message: SentMessage,
  to: Address,
  ingress: Interface,
  why: Suppression,
  now: Instant,
): void => {
  if (!around.observer.wants('icmp')) return;
  around.observer.notify({
    type: 'icmp',
    time: now,
    router: around.router,
    interface: ingress.name,
    direction: 'suppressed',
    message,
    from: around.addressOn(ingress, to) ?? UNSPECIFIED,
    to,
    why,
  });
};

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SENT_MESSAGES).map(([name, [type, code]]) => [type * 256 + code, name]),
);
