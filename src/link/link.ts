import { type Address, isMulticast, LIMITED_BROADCAST, type Prefix } from '../address.js';
import { DropCounts } from '../counters.js';
import type { Hop, Wire } from '../hop.js';
import type { Parcel, Refused } from '../parcel.js';
import type { Instant } from '../time.js';
import type { Attachment, HostAttachment } from './attachments.js';
import { Directions, type Way } from './directions.js';
import type { HostSender, LinkEnvironment, LinkPlan } from './environment.js';
import { Everybody, type WideLink } from './everybody.js';
import { Neighbors, type OwnerChange, ownerChangeEvent } from './neighbors.js';
import { Subnets } from './subnets.js';

/** A host that sends, its direction, and everybody else on the link. */
interface Sender {
  readonly host: HostSender;
  readonly way: Way;
  readonly everybody: Hop;
}

type NoOne = 'everybody' | 'host-unreachable' | 'link-down' | 'link-no-gateway';
/** Who gets what is sent. What a host sends and is `host-unreachable` is answered by the link's `reporter`. */
export type Receiver = Attachment | NoOne;

/**
 * A virtual wire: one subnet, with delivery to the owner of the next hop.
 *
 * The next hop that a host chose is not in what comes out of a TUN, so the host's routes are asked for it. Where they
 * name none, what it sends off the link goes to `gateway`, a router or a host that forwards. So does what it sends to
 * an on-link address without an owner: the gateway then reports the host as unreachable, as a host's own kernel does
 * when ARP fails on Ethernet. What is sent by a next hop without an owner is reported in the same way.
 */
export class Link implements WideLink {
  readonly name: string;
  readonly drops = new DropCounts();
  readonly directions: Directions;
  readonly #environment: LinkEnvironment;
  #attachments: readonly Attachment[] = [];
  #routers: readonly Attachment[] = [];
  /** The same, to be asked whether somebody is among them. */
  #present: ReadonlySet<Attachment> = new Set();
  readonly #neighbors = new Neighbors<Attachment>();
  #subnets: Subnets;
  #gateway: Attachment | undefined;
  /** Gets what is sent to an address on the link without an owner: the gateway, or a router if that is a host. */
  #forUnowned: Attachment | undefined;
  #isUp = true;
  mtu: number;

  constructor(plan: LinkPlan, environment: LinkEnvironment) {
    this.name = plan.name;
    this.mtu = plan.mtu;
    this.#subnets = new Subnets(plan.prefixes);
    this.#environment = environment;
    this.directions = new Directions(plan.impairments, {
      ...environment,
      link: this.name,
      isUp: () => this.#isUp,
      refused: this.refused,
      isListening: (receiver) => this.isListening(receiver),
    });
  }

  /** Adopts another plan. Its MTU is used only if `isMtuNew`: the devices may have been given another one since. */
  apply(plan: LinkPlan, isMtuNew: boolean, now: Instant): void {
    this.#subnets = new Subnets(plan.prefixes);
    if (isMtuNew) this.mtu = plan.mtu;
    this.directions.apply(plan.impairments, now);
  }

  /**
   * Replaces all attachments. `gateway` gets what leaves the link; default: the only router, if there is one. What was
   * learned about attachments that stay is kept.
   */
  attachAll(attachments: readonly Attachment[], gateway?: Attachment): void {
    this.#attachments = attachments;
    this.#present = new Set(attachments);
    const routers = attachments.filter((each) => each.kind === 'router');
    this.#routers = routers;
    this.#gateway = gateway ?? (routers.length === 1 ? routers[0] : undefined);
    this.#forUnowned = this.#gateway?.kind === 'host' ? (routers[0] ?? this.#gateway) : this.#gateway;
    this.#neighbors.configureAll(attachments, (address) => this.#subnets.has(address));
    for (const each of attachments)
      for (const address of each.assigned ?? [])
        if (this.#neighbors.ownerOf(address) === undefined && this.#subnets.has(address))
          this.#neighbors.learn(address, each);
    for (const each of attachments) each.settled?.(this.#gateway, attachments.length - 1);
  }

  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  /** Whether anything passes. Down, it takes carrier from everybody. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Sets the link up or down; what is on its way ends then. The caller must tell the attachments. */
  setUp(isUp: boolean, now: Instant): void {
    this.#isUp = isUp;
    if (!isUp) this.directions.cut(now);
  }

  get prefixes(): readonly Prefix[] {
    return this.#subnets.prefixes;
  }

  get neighbors(): Iterable<{ address: Address; owner: Attachment; state: 'static' | 'learned' }> {
    return this.#neighbors;
  }

  /** A router's end of the wire. */
  wireOf(attachment: Attachment): Wire {
    const way = this.directions.of(attachment.owner);
    const everybody = new Everybody(attachment, this, this.#environment);
    return {
      resolve: (nextHop) => {
        if (this.#isToAll(nextHop)) return way.isImpaired ? way.toward(everybody) : everybody;
        const owner = this.#ownerOf(nextHop, attachment);
        return owner !== undefined && way.isImpaired ? way.to(owner) : owner?.hop;
      },
      audience: () => this.#attachments.length - 1,
    };
  }

  /** Who would get what a router sends to a next hop. */
  receiverAt(nextHop: Address, sender: Attachment): Receiver {
    if (this.#isToAll(nextHop)) return this.#isUp ? 'everybody' : 'link-down';
    return this.#ownerOf(nextHop, sender) ?? 'host-unreachable';
  }

  /** Who would get what a host sends. Nobody is learned by asking. */
  receiverOf(host: HostSender, octets: Uint8Array, now: Instant): Receiver {
    return host.isGone || !this.#isUp ? 'link-down' : this.#receiverFor(host, octets, now);
  }

  /** Who gets what is sent to everybody. */
  listenersBeside(sender: Attachment): readonly Attachment[] {
    return this.#attachments.filter((each) => each !== sender && each.isUp);
  }

  /** Tells hosts that a next hop is nobody's: the router that gets what is sent to an unowned address, or the first. */
  get reporter(): Attachment | undefined {
    return [this.#forUnowned, ...this.#attachments].find((each) => each?.unreachable !== undefined);
  }

  /** Takes what a host's kernel sends, as it was read; it may be anything. */
  entranceOf(host: HostSender): Hop {
    const way = this.directions.of(host.owner);
    const sender: Sender = { host, way, everybody: new Everybody(host, this, this.#environment) };
    return { take: (parcel, now) => this.#takeFrom(sender, parcel, now) };
  }

  /** Whether any other attachment receives what this one sends; if not, the wire is as good as cut. */
  hasListenerBeside(attachment: Attachment): boolean {
    return this.#isUp && this.#attachments.some((each) => each !== attachment && each.isUp);
  }

  /** Whether somebody is still on the link, and hears it. */
  isListening(receiver: Attachment): boolean {
    return this.#isUp && receiver.isUp && this.#present.has(receiver);
  }

  /** Tells all routers that a device went down, came up, or changed. */
  changed(now: Instant): void {
    for (const router of this.#routers) router.linkChanged?.(now);
  }

  /** A host's device is gone, and so is what was learned about it. */
  forget(attachment: Attachment, now: Instant): void {
    for (const address of this.#neighbors.learnedOf(attachment)) this.#release(address, attachment, now);
  }

  /**
   * A host's kernel has these addresses on its device now.
   *
   * It owns what it has got, and no longer what it has lost: an address that moves between hosts is reached at its new
   * place before anything was sent from there. What it sends from without having it on the device stays its own.
   */
  addressesChanged(host: HostAttachment, assigned: ReadonlySet<Address>, now: Instant): void {
    const before = host.assigned ?? new Set(host.addresses);
    host.assign(assigned);
    for (const address of before) if (!assigned.has(address)) this.#release(address, host, now);
    for (const address of assigned) {
      if (this.#neighbors.ownerOf(address) !== undefined && before.has(address)) continue;
      if (host.addresses.includes(address)) this.#ownerChanged(this.#neighbors.configure(address, host), now);
      else if (this.#subnets.has(address)) this.#ownerChanged(this.#neighbors.learn(address, host), now);
    }
  }

  #takeFrom(sender: Sender, parcel: Parcel, now: Instant): void {
    const { book } = this.#environment;
    const { host, way } = sender;
    book.sent(host, parcel, now);
    if (host.isGone || !this.#isUp) return book.lost(this, 'link-down', parcel, now);
    parcel.refused = this.refused;
    const { octets } = parcel;
    if (isReadable(octets)) this.#learn(host, addressAt(octets, 12), now);
    if (parcel.segment < 0) return book.lost(this, 'bad-offload', parcel, now);
    const receiver = this.#receiverFor(host, octets, now);
    if (typeof receiver === 'string') return this.#takeForNoOne(receiver, sender, parcel, now);
    if (way.isImpaired) way.to(receiver).take(parcel, now);
    else receiver.hop.take(parcel, now);
  }

  /** Takes what is for everybody, or for a next hop or a gateway that there is not. */
  #takeForNoOne(whom: NoOne, { host, way, everybody }: Sender, parcel: Parcel, now: Instant): void {
    if (whom !== 'everybody') {
      const report = whom === 'host-unreachable' ? this.reporter?.unreachable : undefined;
      if (report === undefined) return this.#environment.book.lost(this, whom, parcel, now);
      return (way.isImpaired ? way.toward(report) : report).take(parcel, now);
    }
    if (way.isImpaired) return way.toward(everybody).take(parcel, now);
    // Nobody else holds these octets, so a sole receiver may have them (measured: a copy costs more than all the rest).
    (this.#onlyListenerBeside(host)?.hop ?? everybody).take(parcel, now);
  }

  /** Who gets what a host sends on a link that is up. Remembers nothing but what the host's kernel answers. */
  #receiverFor(host: HostSender, octets: Uint8Array, now: Instant): Receiver {
    // Not the gate, only enough to find its owner. The gateway counts what cannot be read.
    if (!isReadable(octets)) return gatewayBeside(this.#gateway, host);
    const destination = addressAt(octets, 16);
    if (this.#isToAll(destination)) return 'everybody';
    if (host.nextHops?.isAsked === true) {
      const nextHop = host.nextHops.to(destination, addressAt(octets, 12), octets[1]!, now);
      if (nextHop !== undefined) return this.#ownerOf(nextHop, host) ?? 'host-unreachable';
    }
    const owner = this.#ownerOf(destination, host);
    if (owner !== undefined) return owner;
    const isOnLink = this.#gateway !== this.#forUnowned && this.#subnets.has(destination);
    return gatewayBeside(isOnLink ? this.#forUnowned : this.#gateway, host);
  }

  /** Whether a destination is everybody on the link: a group, or a broadcast address of one of its subnets. */
  #isToAll(destination: Address): boolean {
    if (destination >= FIRST_GROUP) return isMulticast(destination) || destination === LIMITED_BROADCAST;
    for (const broadcast of this.#subnets.broadcasts) if (broadcast === destination) return true;
    return false;
  }

  #onlyListenerBeside(attachment: Attachment): Attachment | undefined {
    let only: Attachment | undefined;
    for (const each of this.#attachments) {
      if (each === attachment || !each.isUp) continue;
      if (only !== undefined) return undefined;
      only = each;
    }
    return only;
  }

  #ownerOf(address: Address, asker: Attachment): Attachment | undefined {
    const owner = this.#neighbors.ownerOf(address);
    return owner !== undefined && owner !== asker && owner.isUp && this.#isUp ? owner : undefined;
  }

  /** Counts what no sender counts. */
  readonly refused: Refused = (reason, parcel, now) => this.#environment.book.lost(this, reason, parcel, now);

  #learn(host: Attachment, source: Address, now: Instant): void {
    if (source === host.addresses[0] || !this.#subnets.has(source)) return;
    this.#ownerChanged(this.#neighbors.learn(source, host), now);
  }

  /** A host has lost an address; another one whose kernel has it takes over. */
  #release(address: Address, host: Attachment, now: Instant): void {
    const change = this.#neighbors.release(address, host);
    if (change === undefined) return;
    const heir = this.#attachments.find((each) => each !== host && each.isUp && each.assigned?.has(address));
    if (heir !== undefined) this.#neighbors.learn(address, heir);
    this.#ownerChanged({ ...change, to: heir }, now);
  }

  #ownerChanged(change: OwnerChange<Attachment> | undefined, now: Instant): void {
    if (change === undefined) return;
    const { observer } = this.#environment;
    if (observer.wants('link')) observer.notify(ownerChangeEvent(change, this.name, now));
    for (const router of this.#routers) router.neighborChanged?.(change.address, now);
  }
}

const FIRST_GROUP: Address = 0xe0000000;

/** Whether its addresses can be read; it may be wrong in any other way. */
const isReadable = (octets: Uint8Array): boolean => octets.length >= 20 && octets[0]! >>> 4 === 4;

const gatewayBeside = (gateway: Attachment | undefined, host: Attachment): Receiver =>
  gateway === undefined || gateway === host ? 'link-no-gateway' : gateway;

const addressAt = (octets: Uint8Array, at: number): Address =>
  ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
