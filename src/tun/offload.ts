import { release } from 'node:os';
import { Failure } from '../failure.js';
import { Coalescer } from '../offload/coalescing.js';
import { eachDatagram, eachGroup } from '../offload/segmentation.js';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../offload/transport.js';
import { VIRTIO_HEADER_LENGTH, writePartial } from '../offload/virtio-header.js';
import type { Parcel } from '../parcel.js';
import type { Arena } from './arena.js';
import { type Descriptor, EINVAL } from './descriptor.js';
import { Gathering } from './gathering.js';
import { faultOfUdp } from './kernel-release.js';
import { type OffloadState, whyNotMore } from './offload-reason.js';
import type { Offload, OffloadInForce, OffloadWish } from './port.js';

const WISHES: readonly OffloadWish[] = ['off', 'tcp', 'all'];

/**
 * The wish by the value of `TUNPIKE_OFFLOAD`: where it has none, all that the kernel does without a known fault.
 *
 * `kernel` is its release, as `uname -r` says it.
 */
export const offloadWish = (choice: string | undefined, kernel = release()): OffloadWish => {
  if (choice === undefined || choice === '') return faultOfUdp(kernel) === undefined ? 'all' : 'tcp';
  const wish = WISHES.find((each) => each === choice);
  if (wish !== undefined) return wish;
  const fix = `Use one of: ${WISHES.join(', ')}.`;
  throw new Failure(2, `TUNPIKE_OFFLOAD=${choice} is not a kind of offload`, fix);
};

/** TUN_F_ bits. UDP segmentation (Linux 6.2) is for both versions of IP or none. Source: linux/if_tun.h. */
const CHECKSUM = 0x01;
const TCP = CHECKSUM | 0x02 | 0x04;
const TCP_AND_UDP = TCP | 0x20 | 0x40;

/** More segments than these, older kernels do not take in one super-datagram of UDP. */
const MOST_UDP = 64;

/**
 * The offload of one device: what its kernel leaves undone in what is read, and what may be left undone in what is
 * written.
 */
export class DeviceOffload implements OffloadInForce {
  /** Merges single datagrams of UDP for the device; undefined where it does not take what comes of that. */
  coalescer: Coalescer | undefined;
  #wish: OffloadWish = 'off';
  #reads = 0;
  #takesTcp = false;
  #takesUdp = false;
  #hasHeader = false;
  #refused: string[] = [];
  readonly #arena: Arena;
  readonly #onRefused: (reason: string) => void;

  /** `onRefused` is told when less of it is in force than `begin` found, and why. */
  constructor(arena: Arena, onRefused: (reason: string) => void = () => {}) {
    this.#arena = arena;
    this.#onRefused = onRefused;
  }

  /** Asks a device that was just opened for what it can do, less and less until it agrees. */
  begin(descriptor: Descriptor, wish: OffloadWish): void {
    this.#wish = wish;
    this.#hasHeader = descriptor.header > 0;
    this.#refused = [];
    this.#reads = 0;
    this.#takesTcp = false;
    this.#takesUdp = false;
    this.coalescer = undefined;
    if (!this.#hasHeader) return;
    const wanted = wish === 'all' ? [TCP_AND_UDP, TCP] : [TCP];
    this.#reads = wanted.find((features) => descriptor.setOffload(features) === 0) ?? 0;
    this.#takesTcp = this.#reads >= TCP && takesSegments(descriptor, PROTOCOL_TCP);
    this.#takesUdp = this.#reads === TCP_AND_UDP && takesSegments(descriptor, PROTOCOL_UDP);
    if (this.#takesUdp) this.coalescer = new Coalescer(this.#arena.octets, this.#arena.headersAt);
  }

  /** Has what the device sends one by one gathered, once somebody listens to it; undefined where that cannot be. */
  gatherFrom(descriptor: Descriptor): Gathering | undefined {
    return this.#takesUdp && descriptor.gather !== undefined
      ? new Gathering(this.#arena, descriptor)
      : undefined;
  }

  /** Whether the device takes something as it is that is not one complete datagram. */
  takes({ octets, segment, datagrams }: Parcel): boolean {
    if (segment === 0) return this.#hasHeader;
    return octets[9] === PROTOCOL_TCP ? this.#takesTcp : this.#takesUdp && datagrams <= MOST_UDP;
  }

  /** Makes of what it does not take what it takes: fewer segments each, or complete datagrams. */
  takeApart(parcel: Parcel, allocate: (length: number) => Uint8Array, take: (parcel: Parcel) => void): void {
    const isTooMany =
      this.#takesUdp && octetOfProtocol(parcel) === PROTOCOL_UDP && parcel.datagrams > MOST_UDP;
    if (isTooMany) eachGroup(parcel, MOST_UDP, allocate, take);
    else eachDatagram(parcel, allocate, take);
  }

  /** The device has refused a super-datagram that it should have taken: no more of this protocol. */
  giveUp(protocol: number): void {
    const isTcp = protocol === PROTOCOL_TCP;
    if (!(isTcp ? this.#takesTcp : this.#takesUdp)) return;
    this.#refused.push(isTcp ? 'TCP' : 'UDP');
    if (isTcp) this.#takesTcp = false;
    else {
      this.#takesUdp = false;
      this.coalescer = undefined;
    }
    this.#onRefused(this.reason ?? '');
  }

  /** What works both ways. */
  get names(): readonly Offload[] {
    const names: Offload[] = [];
    if (this.#reads !== 0) names.push('checksum');
    if (this.#takesTcp) names.push('tcp-segmentation');
    if (this.#takesUdp) names.push('udp-segmentation');
    return names;
  }

  get reason(): string | undefined {
    if (this.#takesTcp && this.#takesUdp) return undefined;
    const reads: OffloadState['reads'] = this.#reads === 0 ? 'nothing' : this.#reads === TCP ? 'tcp' : 'all';
    return whyNotMore({
      ...{ wish: this.#wish, hasHeader: this.#hasHeader, reads },
      ...{ takesTcp: this.#takesTcp, refused: this.#refused },
    });
  }
}

const octetOfProtocol = ({ octets }: Parcel): number => octets[9]!;

/**
 * Whether the kernel takes a super-datagram of a protocol: some of 2024 refuse legal ones.
 *
 * Nobody sees the one that is tried, for the device is down, which is another errno. On one that is up, as a persistent
 * one may be, captures and counters would show it: the first that is to be written tells, and nothing is lost by it.
 */
const takesSegments = (descriptor: Descriptor, protocol: number): boolean => {
  if (descriptor.isWritable()) return true;
  const headers = protocol === PROTOCOL_TCP ? 40 : 28;
  const octets = new Uint8Array(VIRTIO_HEADER_LENGTH + headers + 2);
  const datagram = octets.subarray(VIRTIO_HEADER_LENGTH);
  datagram.set([0x45, 0, 0, datagram.length, 0, 0, 0x40, 0, 1, protocol, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
  if (protocol === PROTOCOL_TCP) datagram[32] = 0x50;
  else datagram[25] = datagram.length - 20;
  writePartial(octets, VIRTIO_HEADER_LENGTH, 1);
  const errors = new Int32Array(1);
  const place = Uint32Array.of(VIRTIO_HEADER_LENGTH);
  descriptor.write(octets, place, Uint32Array.of(datagram.length), 1, errors);
  return errors[0] !== EINVAL;
};
