import { VIRTIO_HEADER_LENGTH } from '../offload/virtio-header.js';
import { type Addon, type Handle, loadAddon, type Opened } from './addon.js';
import type { ReadBuffer } from './arena.js';
import type { Descriptor, Driver, OpenedDevice, Ready } from './descriptor.js';

/** Source: linux/if_tun.h. */
const IFF_VNET_HDR = 0x4000;

let loaded: Driver | undefined;

/** The driver that uses our own addon; throws a `Failure` if that was not built. */
export function nativeDriver(): Driver {
  loaded ??= driverOn(loadAddon());
  return loaded;
}

const driverOn = (addon: Addon): Driver => ({
  backend: 'native',
  get io() {
    return addon.hasRing() ? 'io_uring' : 'read-write';
  },
  open: (namespace, device, persistent, withHeader = false) =>
    opened(
      addon,
      addon.open(namespace, device, withHeader ? IFF_VNET_HDR : 0, persistent),
      withHeader ? VIRTIO_HEADER_LENGTH : 0,
    ),
  adopt: (fd) => opened(addon, addon.adopt(fd)),
  openLinkSocket: (namespace) => new NativeDescriptor(addon, addon.openLinkSocket(namespace)),
  openRouteSocket: (namespace) => {
    const handle = addon.openRouteSocket(namespace);
    return {
      ask: (request, answer) => addon.ask(handle, request, answer),
      close: () => addon.close(handle),
    };
  },
});

const opened = (addon: Addon, { descriptor, name }: Opened, header = 0): OpenedDevice => ({
  descriptor: new NativeDescriptor(addon, descriptor, header),
  name,
});

class NativeDescriptor implements Descriptor {
  readonly header: number;
  readonly #addon: Addon;
  readonly #handle: Handle;

  constructor(addon: Addon, handle: Handle, header = 0) {
    this.#addon = addon;
    this.#handle = handle;
    this.header = header;
  }

  listen({ octets, limit, room, offsets, lengths }: ReadBuffer, ready: Ready): void {
    this.#addon.listen(this.#handle, octets, limit, room, offsets, lengths, ready);
  }

  resume(alsoWritable: boolean): void {
    this.#addon.resume(this.#handle, alsoWritable);
  }

  pause(): void {
    this.#addon.pause(this.#handle);
  }

  gather(at: number | undefined): void {
    this.#addon.gather(this.#handle, at ?? 0);
  }

  write(
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
    parts?: Uint32Array,
  ): number {
    return this.#addon.write(this.#handle, octets, offsets, lengths, count, errors, parts);
  }

  setOffload(features: number): number {
    return this.#addon.setOffload(this.#handle, features);
  }

  isWritable(): boolean {
    return this.#addon.isWritable(this.#handle);
  }

  setPersistent(on: boolean): void {
    this.#addon.setPersistent(this.#handle, on);
  }

  setReferenced(on: boolean): void {
    this.#addon.setReferenced(this.#handle, on);
  }

  close(): void {
    this.#addon.close(this.#handle);
  }
}
