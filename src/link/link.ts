import {
  type Address,
  isHostOf,
  isMulticast,
  LIMITED_BROADCAST,
  lastAddress,
  type Prefix,
} from '../address.js';
import { countDrop, type DropCounts } from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import { type Event, NOBODY, type Observer } from '../event.js';
import type { Refused, Wire } from '../link.js';
import type { Instant } from '../time.js';
import { Neighbors } from './neighbors.js';

/** One end of a wire: a host with its TUN device, or an interface of a router. */
export interface Attachment {
  /** The host's name, or ROUTER.LINK. */
  readonly name: string;
  readonly kind: 'host' | 'router';
  /** The owner's name as `show neighbors` gives it: host or router. */
  readonly owner: string;
  /** Addresses that it owns on this link, a router's loopback address among them. */
  readonly addresses: readonly Address[];
  /** Whether it hears anything. */
  isUp(): boolean;
  /**
   * Takes a datagram. A host's is kept by reference until its port is flushed; a router may change it.
   * `refused` is told where it is not taken after all.
   */
  receive(datagram: Uint8Array, now: Instant, refused: Refused | undefined): void;
  /** Somebody's device on the link came up or went down. */
  linkChanged(now: Instant): void;
  /** Somebody was found to own an address that nobody owned so far. */
  neighborLearned(address: Address, now: Instant): void;
}

/**
 * A virtual wire: one subnet, and delivery by who owns the next hop.
 *
 * A host's choice of next hop is invisible on a TUN, so what it sends off the link goes to `gateway`, and so does
 * what it sends to an address on the link that nobody owns: the gateway then says that the host is
 * unreachable, as a host's own kernel does when ARP fails on Ethernet.
 */
export class Link {
  readonly name: string;
  /** The subnets that are on this link. */
  readonly prefixes: readonly Prefix[];
  readonly drops: DropCounts = new Map();
  readonly #attachments: Attachment[] = [];
  readonly #neighbors = new Neighbors<Attachment>();
  readonly #observer: Observer;
  /** The broadcast address of each subnet that has one. */
  readonly #broadcasts: readonly Address[];
  readonly #allocate: (length: number) => Uint8Array;
  #gateway: Attachment | undefined;
  mtu: number;

  /** `allocate` gives octets that are good until the burst is flushed. */
  constructor(
    name: string,
    mtu: number,
    prefixes: readonly Prefix[],
    observer: Observer = NOBODY,
    allocate: (length: number) => Uint8Array = (length) => new Uint8Array(length),
  ) {
    this.name = name;
    this.mtu = mtu;
    this.prefixes = prefixes;
    this.#broadcasts = prefixes.filter((prefix) => prefix.length <= 30).map(lastAddress);
    this.#observer = observer;
    this.#allocate = allocate;
  }

  attach(attachment: Attachment, isGateway = false): void {
    this.#attachments.push(attachment);
    for (const address of attachment.addresses) this.#neighbors.configure(address, attachment);
    if (isGateway) this.#gateway = attachment;
  }

  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  get neighbors(): Iterable<{ address: Address; owner: Attachment; state: 'static' | 'learned' }> {
    return this.#neighbors;
  }

  /** A router's end of the wire. `refused` is told of datagrams that it handed over and nobody took. */
  wireOf(attachment: Attachment, refused: Refused): Wire {
    return {
      reaches: (nextHop) => this.#isToAll(nextHop) || this.#ownerOf(nextHop, attachment) !== undefined,
      transmit: (datagram, nextHop, now) => {
        if (this.#isToAll(nextHop)) return this.#deliverToAll(datagram, attachment, now);
        const owner = this.#ownerOf(nextHop, attachment);
        if (owner === undefined) return refused('host-unreachable', datagram, now);
        owner.receive(datagram, now, refused);
      },
    };
  }

  /** Whether anybody but this attachment hears what is sent: without, the wire is as good as cut. */
  hasListenerBeside(attachment: Attachment): boolean {
    return this.#attachments.some((each) => each !== attachment && each.isUp());
  }

  /** Takes what a host's kernel sent, as it came; it may be anything. */
  receiveFromHost(host: Attachment, octets: Uint8Array, now: Instant): void {
    // Not the gate: only enough to see whose it is. What cannot be read is the gateway's to count.
    if (octets.length < 20 || octets[0]! >>> 4 !== 4) return this.#toGateway(host, octets, now);
    this.#learn(host, addressAt(octets, 12), now);
    const destination = addressAt(octets, 16);
    if (this.#isToAll(destination)) {
      // Nobody else holds these octets, so who hears them alone may have them (measured: a copy costs more than all else).
      const only = this.#onlyListenerBeside(host);
      if (only === undefined) return this.#deliverToAll(octets, host, now);
      return only.receive(octets, now, this.#refusedByOneOfMany);
    }
    const owner = this.#ownerOf(destination, host);
    if (owner !== undefined) return owner.receive(octets, now, undefined);
    this.#toGateway(host, octets, now);
  }

  /** Tells all attachments that somebody's device went down, came up, or changed. */
  changed(now: Instant): void {
    for (const attachment of this.#attachments) attachment.linkChanged(now);
  }

  /** A host's device is gone: what was learned of it is, too. */
  forget(attachment: Attachment): void {
    this.#neighbors.forget(attachment);
  }

  /** Whether a destination means everybody on the link: a group, or a broadcast of one of its subnets. */
  #isToAll(destination: Address): boolean {
    if (destination >= FIRST_GROUP) return isMulticast(destination) || destination === LIMITED_BROADCAST;
    for (const broadcast of this.#broadcasts) if (broadcast === destination) return true;
    return false;
  }

  #toGateway(host: Attachment, octets: Uint8Array, now: Instant): void {
    const gateway = this.#gateway ?? this.#onlyRouter();
    if (gateway === undefined || gateway === host) return this.#drop('link-no-gateway', octets, now);
    gateway.receive(octets, now, undefined);
  }

  #onlyRouter(): Attachment | undefined {
    const routers = this.#attachments.filter((each) => each.kind === 'router');
    return routers.length === 1 ? routers[0] : undefined;
  }

  #onlyListenerBeside(attachment: Attachment): Attachment | undefined {
    let only: Attachment | undefined;
    for (const each of this.#attachments) {
      if (each === attachment || !each.isUp()) continue;
      if (only !== undefined) return undefined;
      only = each;
    }
    return only;
  }

  #ownerOf(address: Address, asker: Attachment): Attachment | undefined {
    const owner = this.#neighbors.ownerOf(address);
    return owner !== undefined && owner !== asker && owner.isUp() ? owner : undefined;
  }

  /**
   * Hosts keep a reference until they are flushed; a router changes what it forwards, so each gets a copy.
   * What one of many does not take is counted here, for whoever sent it handed over one datagram only.
   */
  #deliverToAll(datagram: Uint8Array, from: Attachment, now: Instant): void {
    for (const each of this.#attachments) {
      if (each === from || !each.isUp()) continue;
      each.receive(each.kind === 'host' ? datagram : this.#copyOf(datagram), now, this.#refusedByOneOfMany);
    }
  }

  #copyOf(datagram: Uint8Array): Uint8Array {
    const copy = this.#allocate(datagram.length);
    copy.set(datagram);
    return copy;
  }

  readonly #refusedByOneOfMany: Refused = (reason, datagram, now) => this.#drop(reason, datagram, now);

  #learn(host: Attachment, source: Address, now: Instant): void {
    if (source === host.addresses[0] || this.#neighbors.ownerOf(source) === host) return;
    if (!this.prefixes.some((prefix) => isHostOf(prefix, source))) return;
    if (!this.#neighbors.learn(source, host)) return;
    if (this.#observer.wants('link')) {
      const event: Event = {
        type: 'link',
        time: now,
        link: this.name,
        attachment: host.name,
        event: 'neighbor-learned',
      };
      this.#observer.notify(event);
    }
    for (const attachment of this.#attachments) attachment.neighborLearned(source, now);
  }

  #drop(reason: DropReason, octets: Uint8Array, now: Instant): void {
    countDrop(this.drops, reason, 1, octets.length, now);
  }
}

const FIRST_GROUP: Address = 0xe0000000;

const addressAt = (octets: Uint8Array, at: number): Address =>
  ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
