import type { Address } from '../address.js';
import type { Hop } from '../hop.js';
import type { Instant } from '../time.js';

export type Backend = 'native' | 'koffi' | 'tuntap2';

/** What to open: a TUN device by name, in a namespace. */
export interface PortOptions {
  /** At most 15 octets. */
  readonly device: string;
  /** The file of the network namespace in which the device stands, for example `/run/netns/alice`; undefined for ours. */
  readonly namespace: string | undefined;
  /** Keep the device when the port closes, with whatever its namespace's programs joined on it. */
  readonly persistent: boolean;
}

/**
 * What became of a device under a port: set down, set up again, deleted.
 * After `gone` the port is closed for good; the kernel sets a device down before it deletes it, so `down` may
 * come first.
 */
export type PortState = 'up' | 'down' | 'gone';

export interface PortListener {
  /** A burst was read; `into` is about to be given its datagrams. Says when that is. */
  burstBegins(): Instant;
  /** After the last datagram of a burst: the moment to flush. */
  burstDone(): void;
  /** The port has taken something that waits to be flushed; told once until it is. */
  waits(): void;
  /** Only changes are told, from what `isUp` said at `start`. */
  stateChanged(state: PortState): void;
  /** Somebody gave the device another MTU, in octets; what it was at `start` is not told. */
  mtuChanged(mtu: number): void;
  /** All IPv4 addresses that the device has: once after `start`, and after each change, where the back end knows. */
  addressesChanged?(addresses: readonly Address[]): void;
}

/**
 * One TUN device in this process's hand: what its host sends comes in, what it takes goes to its host.
 *
 * What it takes is written at the next `flush`, in order. Octets of the arena are not copied and must stay as they are
 * until then; others are copied. A parcel's `refused` is called from `flush` where the device does not take it; what
 * is sent to this port in answer goes out with the same flush.
 */
export interface Port extends Hop {
  readonly device: string;
  readonly backend: Backend;
  /** Begins to read into a hop, and to tell; once only. The octets read are the port's again when the burst is done. */
  start(into: Hop, listener: PortListener): void;
  flush(now: Instant): void;
  /** Whether the device is up in its kernel, asked now. */
  isUp(): boolean;
  /** Lets the device outlive the port; throws where the back end cannot. */
  persist(): void;
  /** Removes the device, unless it is persistent. Calls nobody back afterwards. */
  close(): void;
}
