import type { DropReason } from '../drop-reason.js';
import type { Refused } from '../link.js';
import type { Instant } from '../time.js';
import type { Port, PortListener, PortState } from './port.js';

interface Queued {
  readonly datagram: Uint8Array;
  readonly refused: Refused | undefined;
}

/** A port without a kernel: records what it is handed, refuses on demand. Labs in virtual time stand on it. */
export class MemoryPort implements Port {
  readonly backend = 'memory';
  readonly device: string;
  /** Everything that was flushed and taken, in order. */
  readonly sent: Uint8Array[] = [];
  /** Why flushed datagrams are refused from now on; undefined where they are taken. */
  refuses: DropReason | undefined;
  #listener: PortListener | undefined;
  #state: PortState = 'up';
  #queue: Queued[] = [];

  constructor(device: string) {
    this.device = device;
  }

  start(listener: PortListener): void {
    this.#listener = listener;
  }

  send(datagram: Uint8Array, refused: Refused | undefined): void {
    this.#queue.push({ datagram: datagram.slice(), refused });
  }

  flush(now: Instant): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { datagram, refused } of queue) {
      const reason = this.#state === 'up' ? this.refuses : 'link-down';
      if (reason === undefined) this.sent.push(datagram);
      else refused?.(reason, datagram, now);
    }
  }

  isUp(): boolean {
    return this.#state === 'up';
  }

  /** Nothing to do: whoever holds it keeps it. */
  persist(): void {}

  close(): void {
    this.#listener = undefined;
    this.#queue = [];
    this.#state = 'gone';
  }

  /** Plays the host: datagrams come in as one burst. */
  inject(...datagrams: Uint8Array[]): void {
    for (const datagram of datagrams) this.#listener?.receive(datagram);
    this.#listener?.burstDone();
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
