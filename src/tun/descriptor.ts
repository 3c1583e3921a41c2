import type { ReadBuffer } from './arena.js';
import type { Backend } from './port.js';

/**
 * Told when a descriptor has something: a burst of `count` datagrams in its read buffer, an `errno` (0 where
 * all is well) that ended the burst, and whether there is room to write, where that was asked for.
 *
 * After an errno the descriptor may have stopped listening; `resume` goes on.
 */
export type Ready = (count: number, errno: number, writable: boolean) => void;

/** A TUN device or a netlink socket in our hand: one datagram a read, one a write, never blocking. */
export interface Descriptor {
  /** Begins to read bursts; once only. */
  listen(buffer: ReadBuffer, ready: Ready): void;
  /** Listens again; `alsoWritable` also tells, once, when there is room to write. */
  resume(alsoWritable: boolean): void;
  /** Reads no more; datagrams wait in the kernel's queue, and are lost where that is full. */
  pause(): void;
  /**
   * Writes datagrams `octets[offsets[i] … offsets[i] + lengths[i])`, all that it can: `errors[i]` becomes 0 or the
   * errno of datagram i. Returns how many were not taken.
   */
  write(
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
  ): number;
  /** Whether a write would be taken now; of a TUN device that also means that it is up. */
  isWritable(): boolean;
  /** Whether the device outlives the descriptor. */
  setPersistent(on: boolean): void;
  /** Whether the process stays alive for it. */
  setReferenced(on: boolean): void;
  /** For good; calls nobody back afterwards. */
  close(): void;
}

/** A TUN device just opened. */
export interface OpenedDevice {
  readonly descriptor: Descriptor;
  /** As the kernel has it, which fills in a `%d`. */
  readonly name: string;
}

/** A way to reach the kernel's descriptors. Its errors are shaped as Node's own: `code`, negative `errno`, `syscall`. */
export interface Driver {
  readonly backend: Backend;
  open(namespace: string | undefined, device: string, persistent: boolean): OpenedDevice;
  /** Takes over a descriptor that this process inherited, attached to a device already. */
  adopt(fd: number): OpenedDevice;
  /** A netlink socket that hears of every change to a link of a namespace, or to its addresses. */
  openLinkSocket(namespace: string | undefined): Descriptor;
}

/** The errnos that ports tell apart, as positive numbers. */
export const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const EFAULT = 14;
export const EBUSY = 16;
export const EINVAL = 22;
/** A TUN descriptor whose device is deleted; libuv has no name for it. */
export const EBADFD = 77;
