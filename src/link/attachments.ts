import type { Address } from '../address.js';
import type { Sent } from '../book.js';
import type { Hop } from '../hop.js';
import { eachDatagram } from '../offload/segmentation.js';
import type { Parcel } from '../parcel.js';
import type { Instant } from '../time.js';
import { type NextHopLookup, NextHops } from './next-hops.js';

/** One end of a wire: a host with its TUN device, or an interface of a router. */
export interface Attachment {
  /** HOST.LINK or ROUTER.LINK. */
  readonly name: string;
  readonly kind: 'host' | 'router';
  /** The owner's name as `show neighbors` gives it: host or router. */
  readonly owner: string;
  /** The configured addresses that it has on this link, including a router's loopback address. */
  readonly addresses: readonly Address[];
  /** All addresses that its kernel has on the device; undefined if that is not known. */
  readonly assigned?: ReadonlySet<Address> | undefined;
  /** Where the link delivers to. A host's keeps the octets until it is flushed; a router's may change them. */
  readonly hop: Hop;
  /** Takes what was sent to a next hop that is nobody on the link, and answers it with host unreachable: a router's. */
  readonly unreachable?: Hop;
  /** What it has sent here, whatever became of it; left out for a router, whose interface counts that. */
  readonly sent?: Sent;
  /** Whether it receives anything. */
  readonly isUp: boolean;
  /** A device on the link came up or went down: for a router. */
  linkChanged?(now: Instant): void;
  /** An address on the link has another owner, or none any more: for a router. */
  neighborChanged?(address: Address, now: Instant): void;
  /** Who is on the link: its gateway, and how many others beside this attachment. */
  settled?(gateway: Attachment | undefined, others: number): void;
}

/** Knows who is on a link. */
export interface Listening {
  /** Whether somebody is still on the link, and hears it. */
  isListening(receiver: Attachment): boolean;
}

/** The hop to somebody who may have left the link when a datagram arrives. */
export const hopWhileListening = (receiver: Attachment, link: Listening): Hop => ({
  take: (parcel, now) =>
    link.isListening(receiver) ? receiver.hop.take(parcel, now) : parcel.refused?.('link-down', parcel, now),
});

/** Takes what is delivered to a host: the port of a TUN device, or a recorder in memory. */
export interface HostEnd extends Hop {
  isUp(): boolean;
  /** Whether it also takes what stands for several datagrams, or has a partial checksum. */
  readonly takesSuperDatagrams?: boolean;
  /** Has the kernel of the host see whether its link has carrier. */
  setCarrier?(isOn: boolean): void;
  /** Gives the device another MTU. */
  setMtu?(mtu: number): void;
  /** What the host's routes say; left out where they cannot be asked. */
  readonly nextHopTo?: NextHopLookup;
}

const NO_DEVICE: Hop = {
  take: (parcel: Parcel, now: Instant) => parcel.refused?.('link-down', parcel, now),
};

/** An end that takes complete datagrams only, one by one. */
const plainly = (end: Hop): Hop => ({
  take: (parcel, now): void => {
    if (!parcel.isPartial) return end.take(parcel, now);
    eachDatagram(
      parcel,
      (length) => new Uint8Array(length),
      (each) => end.take(each, now),
    );
  },
});

/** A host's place on a link. Without an end it receives nothing. */
export class HostAttachment implements Attachment {
  readonly kind = 'host';
  readonly name: string;
  readonly owner: string;
  /** Those of the configuration that its kernel has, as far as that is known. */
  addresses: readonly Address[];
  assigned: ReadonlySet<Address> | undefined;
  #configured: readonly Address[];
  hop: Hop = NO_DEVICE;
  end: HostEnd | undefined;
  isUp = false;
  /** It has left its link for good; whatever its device still sends is dropped. */
  isGone = false;
  readonly nextHops = new NextHops();
  readonly sent: Sent = { packets: 0, octets: 0 };

  constructor(host: string, link: string, addresses: readonly Address[]) {
    this.owner = host;
    this.name = `${host}.${link}`;
    this.#configured = addresses;
    this.addresses = addresses;
  }

  /** Adopts the addresses of another configuration. The caller must tell the link. */
  configure(addresses: readonly Address[]): void {
    this.#configured = addresses;
    this.addresses = addresses.filter((each) => this.assigned?.has(each) ?? true);
  }

  /** Records which addresses its kernel has on the device now. The caller must tell the link. */
  assign(assigned: ReadonlySet<Address>): void {
    this.assigned = assigned;
    this.configure(this.#configured);
  }

  /** Sets or removes its end. The caller must tell the link. */
  connect(end: HostEnd | undefined): void {
    this.end = end;
    this.isUp = end?.isUp() ?? false;
    this.nextHops.askBy(end?.nextHopTo?.bind(end));
    this.#chooseHop();
  }

  settled(gateway: Attachment | undefined, others: number): void {
    this.nextHops.beside(gateway?.addresses ?? [], others);
    this.#chooseHop();
  }

  /** Leaves the link for good. */
  leave(): void {
    this.connect(undefined);
    this.isGone = true;
  }

  /** Records the state of the device; true if it changed. The caller must tell the link. */
  setUp(isUp: boolean): boolean {
    if (this.isUp === isUp) return false;
    this.isUp = isUp;
    return true;
  }

  #chooseHop(): void {
    if (this.end === undefined) this.hop = NO_DEVICE;
    else this.hop = this.nextHops.watched(this.end.takesSuperDatagrams ? this.end : plainly(this.end));
  }
}
