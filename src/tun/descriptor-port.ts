import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Hop } from '../hop.js';
import { PROTOCOL_UDP } from '../offload/transport.js';
import type { Parcel } from '../parcel.js';
import type { Instant } from '../time.js';
import type { Arena } from './arena.js';
import {
  type Descriptor,
  type Driver,
  EBADF,
  EBADFD,
  ECANCELED,
  EFAULT,
  EINVAL,
  EIO,
  type RouteSocket,
} from './descriptor.js';
import type { Gathering } from './gathering.js';
import { type NetlinkWatch, watchLinks } from './link-watch.js';
import { DeviceOffload } from './offload.js';
import {
  type Backend,
  type Io,
  noTraffic,
  type OffloadInForce,
  type Port,
  type PortListener,
  type PortOptions,
  type PortState,
} from './port.js';
import { RouteQuestions } from './route-questions.js';
import { type LinkChange, linkQuestion, messagesIn } from './rtnetlink.js';
import { carrierRequest, mtuRequest } from './rtnetlink-request.js';
import { SendQueue } from './send-queue.js';

/** A refusal may be answered with a datagram to the same device; answers to that one wait for the next flush. */
const FLUSH_ROUNDS = 2;
/** What the kernel says of one link is some 2 KiB. */
const ANSWER_ROOM = 32 * 1024;

/** A port on a descriptor of any driver: bursts in, one write per flush out, and faults told apart. */
export class DescriptorPort implements Port {
  readonly device: string;
  readonly backend: Backend;
  readonly traffic = noTraffic();
  readonly takesSuperDatagrams = true;
  readonly #wish: NonNullable<PortOptions['offload']>;
  readonly #offload: DeviceOffload;
  #gathering: Gathering | undefined;
  readonly #arena: Arena;
  readonly #driver: Driver;
  readonly #namespace: string | undefined;
  #descriptor: Descriptor | undefined;
  #links: NetlinkWatch | undefined;
  #socket: RouteSocket | undefined;
  #routes: RouteQuestions | undefined;
  #into: Hop | undefined;
  #listener: PortListener | undefined;
  #state: PortState = 'down';
  /** Undefined until the device was seen, and once it is gone. */
  #index: number | undefined;
  /** Of the device that is gone: the last that is told of it may come later. */
  #goneIndex: number | undefined;
  #mtu = 0;
  /** What is to be asked of the kernel once the index of the device is known. */
  readonly #requests: ((index: number) => Uint8Array)[] = [];
  /** Two, because a refusal may send again while its queue is still being read. */
  #queue: SendQueue;
  #flushed: SendQueue;

  constructor(driver: Driver, options: PortOptions, arena: Arena) {
    this.#wish = options.offload ?? 'off';
    const { namespace, device, persistent } = options;
    const { descriptor, name } = driver.open(namespace, device, persistent, this.#wish !== 'off');
    this.device = name;
    this.backend = driver.backend;
    this.#arena = arena;
    this.#offload = new DeviceOffload(arena, (reason) => this.#listener?.offloadRefused?.(reason));
    this.#driver = driver;
    this.#namespace = namespace;
    this.#descriptor = descriptor;
    this.#queue = new SendQueue(arena);
    this.#flushed = new SendQueue(arena);
    this.#offload.begin(descriptor, this.#wish);
  }

  get io(): Io {
    return this.#driver.io;
  }

  get offload(): OffloadInForce {
    return this.#offload;
  }

  start(into: Hop, listener: PortListener): void {
    if (this.#descriptor === undefined) return;
    this.#into = into;
    this.#listener = listener;
    this.#state = this.#listen(this.#descriptor);
    this.#socket = this.#driver.openRouteSocket(this.#namespace);
    this.#routes = new RouteQuestions(this.#socket);
    this.#links = watchLinks(this.#driver, this.#namespace, {
      linkChanged: (change) => this.#linkChanged(change),
      addressesChanged: (index, addresses) => {
        if (index === this.#index) this.#listener?.addressesChanged?.(addresses);
      },
      routesChanged: (named) => {
        if (this.#index !== undefined) this.#listener?.routesChanged?.(named(this.#index));
      },
    });
  }

  take(parcel: Parcel): void {
    if (parcel.isPartial && !this.#offload.takes(parcel)) return this.#takeApart(parcel);
    if (this.#queue.count === 0) this.#listener?.waits();
    this.#queue.push(parcel);
  }

  flush(now: Instant): void {
    for (let round = 0; round < FLUSH_ROUNDS && this.#queue.count > 0; round++) {
      const queue = this.#queue;
      this.#queue = this.#flushed;
      this.#flushed = queue;
      const refused = queue.write(this.#descriptor, this.#offload.coalescer);
      this.traffic.writtenDatagrams += queue.datagrams;
      this.traffic.writtenSegments += queue.units - Math.min(refused, queue.units);
      if (queue.hasRefusedRun) this.#offload.giveUp(PROTOCOL_UDP);
      if (refused > 0) this.#refuse(queue, now);
      queue.clear();
    }
  }

  nextHopTo(destination: Address, source: Address, tos: number): Address | undefined {
    if (this.#index === undefined) return undefined;
    return this.#routes?.nextHopTo(destination, { source, tos, index: this.#index });
  }

  isUp(): boolean {
    return this.#descriptor?.isWritable() ?? false;
  }

  setCarrier(isOn: boolean): void {
    this.#request((index) => carrierRequest(index, isOn));
  }

  setMtu(mtu: number): void {
    this.#request((index) => mtuRequest(index, mtu));
  }

  setPersistent(isPersistent: boolean): void {
    this.#descriptor?.setPersistent(isPersistent);
  }

  close(): void {
    this.#listener = undefined;
    this.#into = undefined;
    this.#queue.clear();
    this.#links?.close();
    this.#socket?.close();
    this.#socket = undefined;
    this.#routes = undefined;
    this.#release();
  }

  #takeApart(parcel: Parcel): void {
    const allocate = (length: number): Uint8Array => this.#arena.allocate(length);
    this.#offload.takeApart(parcel, allocate, (each) => this.take(each));
  }

  /** Starts reading from a device that was just opened, and gives its state. */
  #listen(descriptor: Descriptor): PortState {
    const state = descriptor.isWritable() ? 'up' : 'down';
    descriptor.listen(this.#arena.input, (...said) => this.#ready(...said));
    if (state === 'down') descriptor.resume(true);
    this.#gathering = this.#offload.gatherFrom(descriptor);
    return state;
  }

  /** A read from a device that is being deleted fails with EFAULT. */
  #ready(count: number, errno: number, writable: boolean, reads = count): void {
    if (count > 0) this.#burst(count, reads);
    if (isGone(errno) || errno === EFAULT) this.#change('gone');
    else if (errno !== 0) this.#descriptor?.resume(this.#state === 'down');
    else if (writable && this.isUp()) this.#change('up');
  }

  #burst(count: number, reads: number): void {
    const now = this.#listener?.burstBegins();
    if (now === undefined) return;
    this.traffic.readSegments += reads;
    this.#gathering?.burstBegins();
    const hasHeader = (this.#descriptor?.header ?? 0) > 0;
    let datagrams = 0;
    for (let i = 0; i < count; i++) {
      const parcel = this.#arena.received(i, hasHeader);
      datagrams += parcel.datagrams;
      // Whoever takes a datagram may close the port.
      this.#into?.take(parcel, now);
    }
    this.traffic.readDatagrams += datagrams;
    this.#gathering?.burstDone(count, datagrams);
    this.#listener?.burstDone();
  }

  /** Tells the senders, then what the errors mean for the device: in this order, listeners find the counts complete. */
  #refuse(queue: SendQueue, now: Instant): void {
    let state: PortState = this.#state;
    for (let i = 0; i < queue.count; i++) {
      const errno = queue.errors[i]!;
      if (errno === 0) continue;
      const parcel = queue.parcel(i);
      this.traffic.writtenDatagrams -= parcel.datagrams;
      // A kernel that refuses what is right: it goes once more with the next round, in segments, and what is behind it.
      const isSuper = errno === EINVAL && parcel.segment > 0;
      if (isSuper) this.#offload.giveUp(parcel.octets[9]!);
      if (isSuper || errno === ECANCELED) {
        this.take(parcel);
        continue;
      }
      this.traffic.refusedDatagrams += parcel.datagrams;
      if (isGone(errno)) state = 'gone';
      else if (errno === EIO && state !== 'gone') state = 'down';
      const reason: DropReason = errno === EIO || isGone(errno) ? 'link-down' : 'device-refused';
      queue.refusals[i]?.(reason, parcel, now);
    }
    this.#change(state);
  }

  #linkChanged(change: LinkChange): void {
    if (change.deleted || !this.#isOurs(change)) return;
    if (this.#state === 'gone' && !this.#reopen(change.index)) return;
    this.#index = change.index;
    for (const requestFor of this.#requests.splice(0)) this.#links?.request(requestFor(change.index));
    // A device that was down for a moment has lost its routes, so report it; its state now is what counts.
    if (!change.isUp) this.#change('down');
    this.#change(this.isUp() ? 'up' : 'down');
    if (this.#mtu !== 0 && change.mtu !== this.#mtu) this.#listener?.mtuChanged(change.mtu);
    this.#mtu = change.mtu;
  }

  #request(requestFor: (index: number) => Uint8Array): void {
    if (this.#index === undefined) this.#requests.push(requestFor);
    else this.#links?.request(requestFor(this.#index));
  }

  /**
   * Opens a device of the same name that somebody has made; says whether that went well.
   *
   * It may be another kind of device, or in use: then the next change to it is another occasion.
   */
  #reopen(index: number): boolean {
    // To open one that is gone already would make it.
    if (index === this.#goneIndex || index !== this.#indexNow()) return false;
    try {
      const { descriptor } = this.#driver.open(this.#namespace, this.device, false, this.#wish !== 'off');
      this.#offload.begin(descriptor, this.#wish);
      this.#descriptor = descriptor;
      this.#state = this.#listen(descriptor);
    } catch {
      return false;
    }
    this.#listener?.stateChanged(this.#state);
    // What was told of its addresses until now was not yet about ours.
    this.#links?.tellAgain();
    return true;
  }

  /** The index of the device of this name, as the kernel has it at this moment. */
  #indexNow(): number | undefined {
    const answer = new Uint8Array(ANSWER_ROOM);
    const length = this.#socket?.ask(linkQuestion(this.device), answer) ?? 0;
    const [link] = messagesIn(answer.subarray(0, Math.max(0, length)));
    return link?.about === 'link' ? link.index : undefined;
  }

  /** Matches by index once it is known, because a device may be renamed. */
  #isOurs(change: LinkChange): boolean {
    return this.#index === undefined ? change.name === this.device : change.index === this.#index;
  }

  #change(state: PortState): void {
    if (state === this.#state || this.#state === 'gone') return;
    this.#state = state;
    if (state === 'gone') this.#release();
    else this.#descriptor?.resume(state === 'down');
    this.#listener?.stateChanged(state);
  }

  #release(): void {
    this.#gathering = undefined;
    this.#descriptor?.close();
    this.#descriptor = undefined;
    this.#goneIndex = this.#index;
    this.#index = undefined;
  }
}

/** Whether an errno means that the device no longer exists. */
const isGone = (errno: number): boolean => errno === EBADFD || errno === EBADF;
