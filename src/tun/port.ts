import type { Address } from '../address.js';
import type { Hop } from '../hop.js';
import type { Instant } from '../time.js';

export type Backend = 'native' | 'koffi' | 'tuntap2';

/** How datagrams cross into the kernel: bursts by one system call, a call each, or a thread for each. */
export type Io = 'io_uring' | 'read-write' | 'thread-pool';

/** What a device's kernel leaves to the other side: it hands out, and takes, datagrams without it being done. */
export type Offload = 'checksum' | 'tcp-segmentation' | 'udp-segmentation';

/** What is asked of devices: nothing, TCP only, or all that the kernel has. */
export type OffloadWish = 'off' | 'tcp' | 'all';

/** What is in force now; it may become less while a port is open. */
export interface OffloadInForce {
  /** None: every datagram is complete. */
  readonly names: readonly Offload[];
  /** Why not all of it is, for a person; undefined where all is. */
  readonly reason: string | undefined;
}

/**
 * What has gone through a port since it was opened.
 *
 * A *segment* is what was read or written at once: a datagram, or a super-datagram that stands for several. So
 * `readDatagrams / readSegments` says how much an offload saves. Refused are datagrams that the device did not take.
 */
export interface PortTraffic {
  readDatagrams: number;
  readSegments: number;
  writtenDatagrams: number;
  writtenSegments: number;
  refusedDatagrams: number;
}

export const noTraffic = (): PortTraffic => ({
  readDatagrams: 0,
  readSegments: 0,
  writtenDatagrams: 0,
  writtenSegments: 0,
  refusedDatagrams: 0,
});

/** What to open: a TUN device by name, in a namespace. */
export interface PortOptions {
  /** At most 15 octets. */
  readonly device: string;
  /** The file of the device's network namespace, for example `/run/netns/alice`; undefined for ours. */
  readonly namespace: string | undefined;
  /** Keeps the device when the port closes, with the groups that programs have joined on it. */
  readonly persistent: boolean;
  /** What to ask the device for, where the back end can; default: nothing. */
  readonly offload?: OffloadWish;
  /** Told what is worth knowing of the back end; nobody by default. */
  readonly warn?: (line: string) => void;
}

/**
 * The state of the device under a port: set down, set up again, deleted.
 *
 * The kernel sets a device down before it deletes it, so `down` may come before `gone`. Where somebody makes a device of
 * that name again, the port takes it up, and `down` or `up` follows; with tuntap2, `gone` is the end.
 */
export type PortState = 'up' | 'down' | 'gone';

export interface PortListener {
  /** A burst was read, and `into` is about to get its datagrams. Returns the time. */
  burstBegins(): Instant;
  /** The last datagram of a burst has been delivered: time to flush. */
  burstDone(): void;
  /** The port holds something to be flushed; called once until it is. */
  waits(): void;
  /** The state changed, compared with `isUp` at `start`. */
  stateChanged(state: PortState): void;
  /** Somebody changed the MTU of the device, in octets; not called for its value at `start`. */
  mtuChanged(mtu: number): void;
  /** The kernel refuses what it should take, so less of its offload is in force from now on; `reason` is for a person. */
  offloadRefused?(reason: string): void;
  /** All IPv4 addresses that the device has: once after `start`, and after each change, where the back end knows. */
  addressesChanged?(addresses: readonly Address[]): void;
  /** Routes of the host have changed; `named` are all next hops on the device that they name. Once after `start`, too. */
  routesChanged?(named: ReadonlySet<Address>): void;
}

/**
 * An open TUN device: what its host sends comes in, what it takes goes to its host.
 *
 * What it takes is written at the next `flush`, in order. Octets of the arena are not copied and must stay as they are
 * until then; others are copied. A parcel's `refused` is called from `flush` where the device does not take it; what
 * is sent to this port in answer goes out with the same flush.
 */
export interface Port extends Hop {
  readonly device: string;
  readonly backend: Backend;
  readonly io: Io;
  readonly offload: OffloadInForce;
  /** Whether it is handed super-datagrams as they came; else complete datagrams only. */
  readonly takesSuperDatagrams?: boolean;
  /** Live numbers, to be read only. */
  readonly traffic: Readonly<PortTraffic>;
  /** Starts reading into a hop; call it once. The octets read belong to the port again after the burst. */
  start(into: Hop, listener: PortListener): void;
  flush(now: Instant): void;
  /**
   * The next hop on this device that the host's routes give a datagram; undefined where they name none.
   *
   * Asks the kernel, which takes a few microseconds. Left out where the back end cannot.
   */
  nextHopTo?(destination: Address, source: Address, tos: number): Address | undefined;
  /** Asks the kernel whether the device is up. */
  isUp(): boolean;
  /** Has the kernel of the host see whether there is carrier, where the back end and the kernel (5.0) can. */
  setCarrier?(isOn: boolean): void;
  /** Gives the device another MTU, where the back end can. */
  setMtu?(mtu: number): void;
  /** Lets the device outlive the port, or no longer; throws where the back end cannot. */
  setPersistent(isPersistent: boolean): void;
  /** Removes the device, unless it is persistent. No callbacks afterwards. */
  close(): void;
}
