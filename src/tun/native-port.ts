import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.js';
import type { ReadBuffer } from './arena.js';
import type { Descriptor, Driver, OpenedDevice, Ready } from './descriptor.js';

/** A descriptor as the addon returns it. */
type Handle = { readonly native: unique symbol };
type Opened = { readonly descriptor: Handle; readonly name: string };

/** The exports of native/tun.c, where each is described. */
interface Addon {
  open(namespace: string | undefined, name: string, flags: number, persistent: boolean): Opened;
  adopt(fd: number): Opened;
  openLinkSocket(namespace: string | undefined): Handle;
  setPersistent(handle: Handle, on: boolean): void;
  listen(
    handle: Handle,
    octets: Uint8Array,
    limit: number,
    room: number,
    offsets: Uint32Array,
    lengths: Uint32Array,
    ready: Ready,
  ): void;
  resume(handle: Handle, alsoWritable: boolean): void;
  pause(handle: Handle): void;
  write(
    handle: Handle,
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
  ): number;
  isWritable(handle: Handle): boolean;
  setReferenced(handle: Handle, on: boolean): void;
  close(handle: Handle): void;
}

let loaded: Driver | undefined;

/** The driver that uses our own addon; throws a `Failure` if that was not built. */
export function nativeDriver(): Driver {
  loaded ??= driverOn(loadAddon());
  return loaded;
}

/** Prefers the prebuilt files of a published package to what `npm install` compiled. */
function loadAddon(): Addon {
  if (process.platform !== 'linux') throw new Failure(4, 'TUN devices are supported on Linux only');
  const root = new URL('../../', import.meta.url);
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let fault = 'it was not built (npm ci --ignore-scripts?)';
  for (const file of [`prebuilds/${platform}/tun.node`, `build/tun-${platform}.node`]) {
    try {
      return require(fileURLToPath(new URL(file, root))) as Addon;
    } catch (error) {
      if (!isNotFound(error)) fault = `${file}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const fix = `Run in ${fileURLToPath(root)}: node scripts/build-native.mjs (needs a C compiler: apt-get install gcc libc6-dev)`;
  throw new Failure(4, `no native TUN addon: ${fault}`, fix);
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';

const driverOn = (addon: Addon): Driver => ({
  backend: 'native',
  open: (namespace, device, persistent) => opened(addon, addon.open(namespace, device, 0, persistent)),
  adopt: (fd) => opened(addon, addon.adopt(fd)),
  openLinkSocket: (namespace) => new NativeDescriptor(addon, addon.openLinkSocket(namespace)),
});

const opened = (addon: Addon, { descriptor, name }: Opened): OpenedDevice => ({
  descriptor: new NativeDescriptor(addon, descriptor),
  name,
});

class NativeDescriptor implements Descriptor {
  readonly #addon: Addon;
  readonly #handle: Handle;

  constructor(addon: Addon, handle: Handle) {
    this.#addon = addon;
    this.#handle = handle;
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

  write(
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
  ): number {
    return this.#addon.write(this.#handle, octets, offsets, lengths, count, errors);
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
