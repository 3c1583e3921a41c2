import { writePartial } from '../../src/offload/virtio-header.js';
import type { ReadBuffer } from '../../src/tun/arena.js';
import type { Descriptor, Driver, Ready } from '../../src/tun/descriptor.js';

/** Where the only datagram of a burst stands. */
const PLACE = 64;

/** A device without a kernel: what the test reads in, and the lengths of what was written. */
export class MemoryDevice implements Descriptor {
  readonly header: number;
  readonly written: number[] = [];
  onWrite = (): void => {};
  isOpen = true;
  gather?: (at: number | undefined) => void;
  #buffer: ReadBuffer | undefined;
  #ready: Ready = () => {};

  constructor(header = 0) {
    this.header = header;
  }

  listen(buffer: ReadBuffer, ready: Ready): void {
    this.#buffer = buffer;
    this.#ready = ready;
  }

  /** One burst, of one datagram, as the addon reads it into the arena; with a segment, a super-datagram. */
  read(octets: Uint8Array, segment = 0): void {
    const { octets: room, offsets, lengths } = this.#buffer!;
    room.set(octets, PLACE);
    if (segment > 0) writePartial(room, PLACE, segment);
    offsets[0] = PLACE;
    lengths[0] = octets.length;
    this.#ready(1, 0, false);
  }

  write(_octets: Uint8Array, _offsets: Uint32Array, lengths: Uint32Array, count: number, errors: Int32Array) {
    this.onWrite();
    this.written.push(...lengths.subarray(0, count));
    errors.fill(0, 0, count);
    return 0;
  }

  setOffload = () => 0;
  resume(): void {}
  pause(): void {}
  isWritable = () => true;
  setPersistent(): void {}
  setReferenced(): void {}
  close(): void {
    this.isOpen = false;
  }
}

/** A driver that has this device, and sockets on which nobody says anything. */
export const driverOf = (device: MemoryDevice): Driver => ({
  backend: 'native',
  io: 'read-write',
  open: (_, name) => ({ descriptor: device, name }),
  adopt: () => ({ descriptor: device, name: '' }),
  openLinkSocket: () => new MemoryDevice(),
  openRouteSocket: () => ({ ask: () => 0, close: () => {} }),
});
