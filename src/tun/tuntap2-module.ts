import { Failure } from '../failure.js';

/** The part of a tuntap2 device that the adapter uses; the package's own types do not compile under `strict`. */
export interface Tuntap2Device {
  readonly name: string;
  readonly writableNeedDrain?: boolean;
  on(event: 'data', listener: (datagram: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'close' | 'drain', listener: () => void): unknown;
  /** The package ignores a callback passed as the second argument. */
  write(datagram: Uint8Array, encoding: undefined, callback: (error?: unknown) => void): boolean;
  release(callback?: () => void): void;
}

export type Tuntap2Class = new () => Tuntap2Device;

/** Imports a module by name. */
export type Importer = (id: string) => Promise<unknown>;

/** Finds the class in tuntap2, or in a fork installed under its name. */
export async function loadTuntap2(importer: Importer): Promise<Tuntap2Class> {
  let module: unknown;
  try {
    module = await importer('tuntap2');
  } catch (error) {
    const absent = isNotFound(error, 'tuntap2');
    const reason = absent
      ? 'it is not installed'
      : error instanceof Error
        ? error.message.split('\n')[0]
        : String(error);
    const fix = absent ? 'npm install tuntap2, or use the native back end' : 'npm rebuild tuntap2';
    throw new Failure(4, `tuntap2 cannot be loaded: ${reason}`, fix);
  }
  const found = [module, property(module, 'default')]
    .flatMap((exports) => [property(exports, 'Tun'), property(exports, 'LinuxTun')])
    .find((candidate) => typeof candidate === 'function');
  if (found === undefined)
    throw new Failure(4, 'tuntap2 cannot be loaded: it exports neither Tun nor LinuxTun');
  return found as Tuntap2Class;
}

const property = (object: unknown, key: string): unknown =>
  typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[key] : undefined;

/** Whether this module itself is missing, rather than one it depends on. */
const isNotFound = (error: unknown, id: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') &&
  error.message.includes(`'${id}'`);
