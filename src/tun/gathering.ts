import type { Arena } from './arena.js';
import type { Descriptor } from './descriptor.js';

/** So many bursts are read as they come, after one whose super-datagrams were of no use. */
const PAUSE = 64;

/**
 * Decides whether the driver gathers what it reads.
 *
 * Where a super-datagram is taken apart again behind the device (by a filter, a delay, a device that takes none),
 * gathering has cost time and saved none. That shows by octets for new datagrams that somebody asked for.
 */
export class Gathering {
  readonly #arena: Arena;
  readonly #descriptor: Descriptor;
  #before = 0;
  #pause = 0;

  /** Begins with a device that somebody listens to. */
  constructor(arena: Arena, descriptor: Descriptor) {
    this.#arena = arena;
    this.#descriptor = descriptor;
    descriptor.gather?.(arena.gatheredAt);
  }

  burstBegins(): void {
    this.#before = this.#arena.allocations;
  }

  /** After a burst of so many parcels that stood for so many datagrams. */
  burstDone(parcels: number, datagrams: number): void {
    if (this.#pause > 0) {
      this.#pause -= 1;
      if (this.#pause === 0) this.#descriptor.gather?.(this.#arena.gatheredAt);
    } else if (datagrams >= 2 * parcels && this.#arena.allocations - this.#before > datagrams / 2) {
      this.#pause = PAUSE;
      this.#descriptor.gather?.(undefined);
    }
  }
}
