import type { Address } from '../address.js';
import type { Hop } from '../hop.js';
import type { Parcel } from '../parcel.js';
import type { Instant } from '../time.js';

/** One end of a wire: a host with its TUN device, or an interface of a router. */
export interface Attachment {
  /** HOST.LINK or ROUTER.LINK. */
  readonly name: string;
  readonly kind: 'host' | 'router';
  /** The owner's name as `show neighbors` gives it: host or router. */
  readonly owner: string;
  /** Addresses that it owns on this link, a router's loopback address among them. */
  readonly addresses: readonly Address[];
  /** Where the link delivers to. A host's keeps the octets until it is flushed; a router's may change them. */
  readonly hop: Hop;
  /** Whether it hears anything. */
  readonly isUp: boolean;
  /** Somebody's device on the link came up or went down. */
  linkChanged(now: Instant): void;
  /** Somebody was found to own an address that nobody owned so far. */
  neighborLearned(address: Address, now: Instant): void;
}

/** What a host's datagrams are handed to: the port of a TUN device, or a recorder in memory. */
export interface HostEnd extends Hop {
  isUp(): boolean;
}

const NO_DEVICE: Hop = {
  take: (parcel: Parcel, now: Instant) => parcel.refused?.('link-down', parcel, now),
};

/** A host's place on a link. Without an end it hears nothing. */
export class HostAttachment implements Attachment {
  readonly kind = 'host';
  readonly name: string;
  readonly owner: string;
  addresses: readonly Address[];
  hop: Hop = NO_DEVICE;
  isUp = false;
  /** It was taken off its link for good: what still comes from its device goes nowhere. */
  isGone = false;

  constructor(host: string, link: string, addresses: readonly Address[]) {
    this.owner = host;
    this.name = `${host}.${link}`;
    this.addresses = addresses;
  }

  /** Puts an end in place, or takes it away. The link has to be told. */
  connect(end: HostEnd | undefined): void {
    this.hop = end ?? NO_DEVICE;
    this.isUp = end?.isUp() ?? false;
  }

  /** Takes it off for good. */
  leave(): void {
    this.connect(undefined);
    this.isGone = true;
  }

  /** Notes what became of the device; true where that is news. The link has to be told. */
  setUp(isUp: boolean): boolean {
    if (this.isUp === isUp) return false;
    this.isUp = isUp;
    return true;
  }

  linkChanged(): void {}

  neighborLearned(): void {}
}
