import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.js';
import type { Ready } from './descriptor.js';

/** A descriptor as the addon hands it out. */
export type Handle = { readonly native: unique symbol };
export type Opened = { readonly descriptor: Handle; readonly name: string };

/** What native/addon.c exports; each is described in the header that declares it. */
export interface Addon {
  open(namespace: string | undefined, name: string, flags: number, persistent: boolean): Opened;
  adopt(fd: number): Opened;
  openLinkSocket(namespace: string | undefined): Handle;
  openRouteSocket(namespace: string | undefined): Handle;
  ask(handle: Handle, request: Uint8Array, answer: Uint8Array): number;
  setOffload(handle: Handle, features: number): number;
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
  gather(handle: Handle, at: number): void;
  write(
    handle: Handle,
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
    parts: Uint32Array | undefined,
  ): number;
  hasRing(): boolean;
  isWritable(handle: Handle): boolean;
  setReferenced(handle: Handle, on: boolean): void;
  close(handle: Handle): void;
  openTimer(ring: () => void): Handle;
  setTimer(handle: Handle, nanoseconds: number): void;
  waitUntil(nanoseconds: number): void;
  setPolling(how: number): void;
  learnWindow(window: Float64Array, now: number, waited: number, switches: number): void;
  holdClosing(): void;
  closeHeld(): Promise<void>;
  exchange(namespace: number, requests: Uint8Array): Uint8Array;
  makeNamespaces(count: number): readonly number[];
  prepareFolder(): void;
  attach(namespace: number, placeholder: number, name: string): void;
  detach(name: string): void;
  setting(namespace: number, path: string, value: string | undefined): string;
  lowerPrivileges(keep: number): number;
  notify(address: string, message: Uint8Array): number;
}

let loaded: Addon | undefined;

/** Our own addon; throws a `Failure` where that was not built. */
export function loadAddon(): Addon {
  loaded ??= load();
  return loaded;
}

/** Prebuilt files of a published package first, then what `npm install` has compiled. */
function load(): Addon {
  if (process.platform !== 'linux') throw new Failure(4, 'TUN devices are reached on Linux only');
  const root = new URL('../../', import.meta.url);
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let fault = 'it was not built, as after npm ci --ignore-scripts';
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
