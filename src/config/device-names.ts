import { LONGEST_DEVICE } from '../name.js';

/**
 * Names TUN devices `tp-HOST-LINK`, cut to what the kernel accepts, and each unique.
 *
 * If cutting makes two names equal, the later one ends in `-2`, `-3` and so on.
 */
export class DeviceNames {
  readonly #taken: Set<string>;
  /** The lowest number that may be free behind a beginning. */
  readonly #next = new Map<string, number>();

  /** `taken` are the names that the file itself gives; no other device gets one of them. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  nameFor(host: string, link: string): string {
    const wanted = `tp-${host}-${link}`;
    const whole = wanted.slice(0, LONGEST_DEVICE);
    const name = this.#taken.has(whole) ? this.#numbered(wanted) : whole;
    this.#taken.add(name);
    return name;
  }

  #numbered(wanted: string): string {
    for (let digits = 1; ; digits += 1) {
      const beginning = wanted.slice(0, LONGEST_DEVICE - digits - 1);
      const key = `${digits} ${beginning}`;
      let number = this.#next.get(key) ?? Math.max(2, 10 ** (digits - 1));
      while (number < 10 ** digits && this.#taken.has(`${beginning}-${number}`)) number += 1;
      this.#next.set(key, number);
      if (number < 10 ** digits) return `${beginning}-${number}`;
    }
  }
}
