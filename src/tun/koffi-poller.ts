import type { Calls } from './koffi-calls.js';

export const POLLIN = 1;
export const POLLOUT = 4;

const POLLFD_LENGTH = 8; // struct pollfd: int fd, short events, short revents

let poller: KoffiPoller | undefined;

/** The one poller of this process: a second one would wait on a thread of its own. */
export const koffiPoller = (calls: Calls): KoffiPoller => {
  poller ??= new KoffiPoller(calls);
  return poller;
};

interface Watched {
  /** POLLIN, POLLOUT or both. */
  events: number;
  readonly happened: (events: number) => void;
}

/**
 * Waits for all descriptors with one poll(2) on one thread of libuv's pool.
 *
 * One for all ports: a thread each would use up the pool, which file access needs, too. Whatever changes what is
 * waited for wakes the thread by an eventfd, and so does the end of the process, which would wait for it for ever.
 */
export class KoffiPoller {
  readonly #calls: Calls;
  readonly #watched = new Map<number, Watched>();
  #bell: number | undefined;
  #isPolling = false;

  constructor(calls: Calls) {
    this.#calls = calls;
    process.once('exit', () => this.#wake());
  }

  watch(fd: number, events: number, happened: (events: number) => void): void {
    this.#watched.set(fd, { events, happened });
    this.#changed();
  }

  unwatch(fd: number): void {
    this.#watched.delete(fd);
    this.#changed();
  }

  #changed(): void {
    if (this.#isPolling) this.#wake();
    else queueMicrotask(() => this.#poll());
  }

  #wake(): void {
    if (this.#bell !== undefined)
      this.#calls.write(this.#bell, new Uint8Array(new BigUint64Array([1n]).buffer));
  }

  #poll(): void {
    if (this.#isPolling || this.#watched.size === 0) return;
    this.#bell ??= this.#calls.eventfd();
    const fds = [this.#bell, ...this.#watched.keys()];
    const view = new DataView(new ArrayBuffer(fds.length * POLLFD_LENGTH));
    fds.forEach((fd, i) => {
      view.setInt32(i * POLLFD_LENGTH, fd, true);
      view.setInt16(i * POLLFD_LENGTH + 4, this.#watched.get(fd)?.events ?? POLLIN, true);
    });
    this.#isPolling = true;
    this.#calls.pollAsync(new Uint8Array(view.buffer), fds.length, () => {
      this.#isPolling = false;
      try {
        this.#tell(fds, view);
      } finally {
        this.#poll();
      }
    });
  }

  #tell(fds: readonly number[], view: DataView): void {
    fds.forEach((fd, i) => {
      const events = view.getInt16(i * POLLFD_LENGTH + 6, true);
      if (events === 0) return;
      if (fd === this.#bell) this.#calls.read(fd, new Uint8Array(8));
      else this.#watched.get(fd)?.happened(events);
    });
  }
}
