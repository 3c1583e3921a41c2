import type { DropReason } from '../drop-reason.js';
import { Failure } from '../failure.js';
import type { Hop } from '../hop.js';
import { type Parcel, parcelOf } from '../parcel.js';
import type { Instant } from '../time.js';
import { monitorLinks } from './ip-monitor.js';
import { type IpProgram, ipProgram } from './ip-program.js';
import type { LinkWatch } from './link-watch.js';
import { noTraffic, type Port, type PortListener, type PortOptions, type PortState } from './port.js';
import type { LinkChange } from './rtnetlink.js';
import { type Importer, loadTuntap2, type Tuntap2Class, type Tuntap2Device } from './tuntap2-module.js';
import { type DeviceSettings, readSettings, restoreSettings } from './tuntap2-settings.js';

/** What the adapter is given from outside; tests replace it. */
export interface Tuntap2Environment {
  readonly importer: Importer;
  readonly ip: IpProgram;
  readonly monitor: (namespace: string | undefined, changed: (change: LinkChange) => void) => LinkWatch;
  readonly threads: number;
}

const ENVIRONMENT: Tuntap2Environment = {
  importer: (id) => import(id),
  ip: ipProgram,
  monitor: monitorLinks,
  threads: Number(process.env.UV_THREADPOOL_SIZE ?? 4),
};

const SHORTEST = 20;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;

const NO_PERSISTENCE = new Failure(
  4,
  'the tuntap2 back end does not support persistent devices',
  'Use TUNPIKE_TUN=native.',
);

let openPorts = 0;
let isAnnounced = false;

/**
 * Opens a device with the package tuntap2, if the user has installed it.
 *
 * It chooses its own device name, blocks one thread of libuv's pool a device, ends a device for good at the first
 * refused write, and hangs the exit unless the device is deleted first: every fence below stands for one of these.
 */
export async function openTuntap2Port(
  options: PortOptions,
  environment: Tuntap2Environment = ENVIRONMENT,
): Promise<Port> {
  const Device = await loadTuntap2(environment.importer);
  if (options.persistent) throw NO_PERSISTENCE;
  const { threads } = environment;
  if (openPorts + 1 > threads - 2) {
    const wanted = openPorts + 3;
    throw new Failure(
      4,
      `tuntap2 keeps one libuv thread blocked per device: ${openPorts + 1} devices need UV_THREADPOOL_SIZE >= ${wanted} (now ${threads})`,
      `Set it before node starts: UV_THREADPOOL_SIZE=${wanted} tunpike …`,
    );
  }
  if (!isAnnounced) options.warn?.("tun backend tuntap2: about 1/13 of the native backend's packet rate");
  isAnnounced = true;
  return new Tuntap2Port(Device, options, environment);
}

class Tuntap2Port implements Port {
  readonly backend = 'tuntap2';
  readonly io = 'thread-pool';
  readonly offload = { names: [], reason: 'only the native back end has it' };
  readonly traffic = noTraffic();
  readonly device: string;
  readonly #Device: Tuntap2Class;
  readonly #namespace: string | undefined;
  readonly #environment: Tuntap2Environment;
  #tun: Tuntap2Device | undefined;
  #links: LinkWatch;
  #listener: PortListener | undefined;
  #state: PortState = 'down';
  #mtu = 1500;
  #into: Hop | undefined;
  #queue: Parcel[] = [];
  #settings: DeviceSettings | undefined;
  #retry: NodeJS.Timeout | undefined;
  #backoff = FIRST_BACKOFF_MS;

  constructor(Device: Tuntap2Class, options: PortOptions, environment: Tuntap2Environment) {
    this.device = options.device;
    this.#Device = Device;
    this.#namespace = options.namespace;
    this.#environment = environment;
    this.#open();
    this.#links = environment.monitor(this.#namespace, (change) => this.#linkChanged(change));
    openPorts++;
  }

  start(into: Hop, listener: PortListener): void {
    this.#into = into;
    this.#listener = listener;
    this.#state = this.isUp() ? 'up' : 'down';
  }

  take(parcel: Parcel): void {
    if (this.#queue.length === 0) this.#listener?.waits();
    this.#queue.push({ ...parcel, octets: new Uint8Array(parcel.octets) });
  }

  /** Checks for what would end the device before writing: its writes report too late, and only once. */
  flush(now: Instant): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const parcel of queue) {
      const reason = this.#refusal(parcel.octets);
      if (reason === undefined) {
        this.traffic.writtenDatagrams += 1;
        this.traffic.writtenSegments += 1;
        this.#tun?.write(parcel.octets, undefined, () => {});
      } else {
        this.traffic.refusedDatagrams += 1;
        parcel.refused?.(reason, parcel, now);
      }
    }
  }

  setPersistent(isPersistent: boolean): void {
    if (isPersistent) throw NO_PERSISTENCE;
  }

  isUp(): boolean {
    if (this.#tun === undefined) return false;
    try {
      const [link] = JSON.parse(this.#ip('-j', 'link', 'show', 'dev', this.device)) as { flags: string[] }[];
      return link?.flags.includes('UP') ?? false;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#state === 'gone') return;
    this.#listener = undefined;
    this.#queue = [];
    this.#end();
  }

  #refusal(datagram: Uint8Array): DropReason | undefined {
    if (this.#tun === undefined || this.#state !== 'up') return 'link-down';
    const fits = datagram.length >= SHORTEST && datagram.length <= this.#mtu;
    const isVersion4 = datagram[0]! >> 4 === 4;
    return fits && isVersion4 && this.#tun.writableNeedDrain !== true ? undefined : 'device-refused';
  }

  #open(): void {
    const tun = new this.#Device();
    try {
      this.#name(tun.name);
    } catch (error) {
      this.#remove(tun, tun.name, undefined);
      throw error;
    }
    tun.on('data', (datagram) => {
      if (this.#tun !== tun) return;
      this.#backoff = FIRST_BACKOFF_MS;
      const listener = this.#listener;
      if (listener === undefined) return;
      this.traffic.readDatagrams += 1;
      this.traffic.readSegments += 1;
      this.#into!.take(parcelOf(datagram), listener.burstBegins());
      listener.burstDone();
    });
    tun.on('error', () => this.#broken(tun));
    tun.on('close', () => this.#broken(tun));
    this.#tun = tun;
  }

  /** The package cannot choose a name, and its setters keep the old one, so `ip` does everything else, too. */
  #name(given: string): void {
    const { ip } = this.#environment;
    ip(['link', 'set', 'dev', given, 'down'], undefined);
    if (this.#namespace !== undefined) ip(['link', 'set', 'dev', given, 'netns', this.#namespace], undefined);
    try {
      if (given !== this.device) this.#ip('link', 'set', 'dev', given, 'name', this.device);
    } catch (error) {
      if (this.#namespace !== undefined) ip(['link', 'del', 'dev', given], this.#namespace);
      throw new Failure(6, `cannot name the device ${this.device}: ${messageOf(error)}`);
    }
  }

  /** The stream is dead while the interface lives on: moves its settings to a new one, soon. */
  #broken(tun: Tuntap2Device): void {
    if (this.#tun !== tun) return;
    this.#tun = undefined;
    this.#settings = readSettings(this.#environment.ip, this.device, this.#namespace) ?? this.#settings;
    this.#remove(tun, this.device, this.#namespace);
    this.#change('down');
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => this.#reopen(), this.#backoff);
    this.#backoff = Math.min(this.#backoff * 2, LONGEST_BACKOFF_MS);
  }

  #reopen(): void {
    try {
      this.#open();
      if (this.#settings !== undefined) {
        restoreSettings(this.#environment.ip, this.#settings, this.device, this.#namespace);
      }
      if (this.isUp()) this.#change('up');
    } catch {
      this.#retryLater();
    }
  }

  #linkChanged(change: LinkChange): void {
    if (change.name !== this.device || this.#tun === undefined) return;
    if (change.deleted) {
      this.#deleted();
      return;
    }
    this.#change(change.isUp ? 'up' : 'down');
    if (change.mtu === this.#mtu) return;
    this.#mtu = change.mtu;
    this.#listener?.mtuChanged(change.mtu);
  }

  /** A deletion message may be about the device before the last reopening. */
  #deleted(): void {
    try {
      this.#ip('link', 'show', 'dev', this.device);
    } catch {
      const listener = this.#listener;
      this.#end();
      listener?.stateChanged('gone');
    }
  }

  #change(state: PortState): void {
    if (state === this.#state || this.#state === 'gone') return;
    this.#state = state;
    this.#listener?.stateChanged(state);
  }

  #end(): void {
    const tun = this.#tun;
    this.#tun = undefined;
    this.#state = 'gone';
    clearTimeout(this.#retry);
    this.#links.close();
    openPorts--;
    if (tun !== undefined) this.#remove(tun, this.device, this.#namespace);
  }

  /** Deletes the interface first: only that ends the read that blocks a thread, so that the process can exit. */
  #remove(tun: Tuntap2Device, device: string, namespace: string | undefined): void {
    try {
      this.#environment.ip(['link', 'del', 'dev', device], namespace);
    } catch {
      // Already deleted.
    }
    try {
      tun.release();
    } catch {
      // It throws if the stream is dead; then there is nothing to release.
    }
  }

  #ip(...args: string[]): string {
    return this.#environment.ip(args, this.#namespace);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
