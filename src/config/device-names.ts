import { LONGEST_DEVICE } from '../name.js';

/**
 * Gives TUN devices their names: `tp-HOST-LINK`, cut to what the kernel takes, and each only once.
 *
 * Where cutting makes two alike, the later one ends in `-2`, `-3` and so on.
 */
export class DeviceNames {
  readonly #taken: Set<string>;

  /** The names that the file itself gives are never given to others. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  nameFor(host: string, link: string): string {
    const wanted = `tp-${host}-${link}`;
    let name = wanted.slice(0, LONGEST_DEVICE);
    for (let number = 2; this.#taken.has(name); number += 1) {
      const ending = `-${number}`;
      name = `${wanted.slice(0, LONGEST_DEVICE - ending.length)}${ending}`;
    }
    this.#taken.add(name);
    return name;
  }
}
