import type { ReadBuffer } from './arena.js';
import type { Backend, Io } from './port.js';

/**
 * Told when a descriptor has something: a burst of `count` datagrams in its read buffer, an `errno` (0 where
 * all is well) that ended the burst, whether there is room to write, where that was asked for, and how many `reads` it
 * took, where some were gathered.
 *
 * After an errno the descriptor may have stopped listening; `resume` goes on.
 */
export type Ready = (count: number, errno: number, writable: boolean, reads?: number) => void;

/** An open TUN device or netlink socket: one datagram per read, one per write, never blocking. */
export interface Descriptor {
  /** The octets in front of each datagram that go with it, both ways: 0, or those of a virtio-net header. */
  readonly header: number;
  /** Starts reading bursts; call it once. */
  listen(buffer: ReadBuffer, ready: Ready): void;
  /** Listens again; with `alsoWritable` it also reports, once, that there is room to write. */
  resume(alsoWritable: boolean): void;
  /** Stops reading; datagrams wait in the kernel's queue, and are lost when it is full. */
  pause(): void;
  /**
   * Makes super-datagrams of the datagrams of UDP in a burst that can be taken apart again to the same octets; they
   * stand from an offset of the read buffer's octets on, behind its limit, where there is as much room as before it.
   * Undefined: no more. Only where there is a header; not every back end has it.
   */
  gather?(at: number | undefined): void;
  /**
   * Writes datagrams `octets[offsets[i] … offsets[i] + lengths[i])`, all that it can: `errors[i]` becomes 0 or the
   * errno of datagram i. Returns how many were not taken. With `parts`, datagram i is so many pieces one behind another,
   * each at the next offset; a header stands before the first. Behind a super-datagram that is refused with EINVAL
   * nothing is tried, so that nothing gets before it when it is written again: ECANCELED.
   */
  write(
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
    parts?: Uint32Array,
  ): number;
  /** Asks for offloads, TUN_F_ bits; returns 0 or the errno. Only where there is a header. */
  setOffload(features: number): number;
  /** Whether a write would be accepted now; for a TUN device this also means that it is up. */
  isWritable(): boolean;
  /** Whether the device outlives the descriptor. */
  setPersistent(on: boolean): void;
  /** Sets whether it keeps the process alive. */
  setReferenced(on: boolean): void;
  /** Closes it for good; no callbacks afterwards. */
  close(): void;
}

/** A TUN device that has just been opened. */
export interface OpenedDevice {
  readonly descriptor: Descriptor;
  /** The name given by the kernel, which fills in a `%d`. */
  readonly name: string;
}

/** A netlink socket that asks the kernel of a namespace, which answers at once. */
export interface RouteSocket {
  /** Sends one request, and gives the length of what came back, or a negative errno. */
  ask(request: Uint8Array, answer: Uint8Array): number;
  close(): void;
}

/** A way to reach the kernel's descriptors. Its errors are shaped as Node's own: `code`, negative `errno`, `syscall`. */
export interface Driver {
  readonly backend: Backend;
  readonly io: Io;
  /** Where it is `withHeader`, and the back end can, a virtio-net header stands before each datagram. */
  open(
    namespace: string | undefined,
    device: string,
    persistent: boolean,
    withHeader?: boolean,
  ): OpenedDevice;
  /** Takes over an inherited descriptor that is already attached to a device. */
  adopt(fd: number): OpenedDevice;
  /** A netlink socket that receives every change to a link of a namespace, or to its addresses, routes and rules. */
  openLinkSocket(namespace: string | undefined): Descriptor;
  openRouteSocket(namespace: string | undefined): RouteSocket;
}

/** The errnos that ports distinguish, as positive numbers. */
export const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const EFAULT = 14;
export const EBUSY = 16;
export const EINVAL = 22;
export const ECANCELED = 125;
/** The errno of a TUN descriptor whose device was deleted; libuv has no name for it. */
export const EBADFD = 77;
