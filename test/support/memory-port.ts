import type { DropReason } from '../../src/drop-reason.js';
import type { Hop } from '../../src/hop.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import type { Instant } from '../../src/time.js';
import { noTraffic, type Port, type PortListener, type PortState } from '../../src/tun/port.js';

/** A port without a kernel: records what it is handed, refuses on demand. */
export class MemoryPort implements Port {
  readonly backend = 'native';
  readonly io = 'read-write';
  readonly offload = { names: [], reason: undefined };
  readonly traffic = noTraffic();
  readonly device: string;
  /** Everything that was flushed and taken, in order. */
  readonly sent: Uint8Array[] = [];
  /** Why flushed datagrams are refused from now on; undefined where they are taken. */
  refuses: DropReason | undefined;
  #into: Hop | undefined;
  #listener: PortListener | undefined;
  #state: PortState = 'up';
  #queue: Parcel[] = [];

  constructor(device: string) {
    this.device = device;
  }

  start(into: Hop, listener: PortListener): void {
    this.#into = into;
    this.#listener = listener;
  }

  take(parcel: Parcel): void {
    if (this.#queue.length === 0) this.#listener?.waits();
    this.#queue.push({ ...parcel, octets: new Uint8Array(parcel.octets) });
  }

  flush(now: Instant): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const parcel of queue) {
      const reason = this.#state === 'up' ? this.refuses : 'link-down';
      if (reason === undefined) this.sent.push(parcel.octets);
      else parcel.refused?.(reason, parcel, now);
    }
  }

  isUp(): boolean {
    return this.#state === 'up';
  }

  /** Nothing to do: whoever holds it keeps it. */
  setPersistent(): void {}

  close(): void {
    this.#listener = undefined;
    this.#queue = [];
    this.#state = 'gone';
  }

  /** Plays the host: datagrams come in as one burst. */
  inject(...datagrams: Uint8Array[]): void {
    if (this.#listener === undefined) return;
    const now = this.#listener.burstBegins();
    for (const datagram of datagrams) this.#into?.take(parcelOf(new Uint8Array(datagram)), now);
    this.#listener.burstDone();
  }

  /** Plays the administrator: sets the device down or up, or deletes it. */
  change(state: PortState): void {
    if (state === this.#state || this.#state === 'gone') return;
    this.#state = state;
    this.#listener?.stateChanged(state);
  }

  changeMtu(mtu: number): void {
    this.#listener?.mtuChanged(mtu);
  }
}
