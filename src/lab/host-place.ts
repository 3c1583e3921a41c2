import type { Address } from '../address.js';
import type { HostInterfaceConfiguration } from '../config/configuration.js';
import type { Observer } from '../event.js';
import { HostAttachment } from '../link/attachments.js';
import type { Link } from '../link/link.js';
import type { Instant } from '../time.js';
import type { HostInput } from './host-input.js';

/** A host's attachment, and where its datagrams enter. */
export interface HostPlace {
  readonly attachment: HostAttachment;
  readonly link: Link;
  readonly input: HostInput;
}

/** A place on a link for an interface of a host, which has no end yet. */
export const newHostPlace = (
  host: string,
  { link: name, addresses }: HostInterfaceConfiguration,
  link: Link,
  observer: Observer,
): HostPlace => {
  const attachment = new HostAttachment(
    host,
    name,
    addresses.map(({ address }) => address),
  );
  const tell = (event: 'up' | 'down' | 'gone', time: Instant): void => {
    if (!observer.wants('link')) return;
    observer.notify({ type: 'link', time, link: link.name, attachment: attachment.name, event });
  };
  const setUp = (isUp: boolean, at: Instant): void => {
    if (!attachment.setUp(isUp)) return;
    if (!isUp) link.forget(attachment, at);
    tell(isUp ? 'up' : 'down', at);
    if (isUp && attachment.assigned !== undefined) link.addressesChanged(attachment, attachment.assigned, at);
    link.changed(at);
  };
  const routesChanged = (named: ReadonlySet<Address>): void => attachment.nextHops.routesChanged(named);
  const setGone = (at: Instant): void => {
    setUp(false, at);
    tell('gone', at);
  };
  const disconnect = (at: Instant): void => {
    setUp(false, at);
    attachment.connect(undefined);
  };
  return {
    attachment,
    link,
    input: { entrance: link.entranceOf(attachment), setUp, setGone, disconnect, routesChanged },
  };
};
