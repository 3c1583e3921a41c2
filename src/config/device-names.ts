import { LONGEST_DEVICE } from '../name.js';

/**
 * Names TUN devices `tp-HOST-LINK`, cut to what the kernel accepts, and each unique.
 *
 * If cutting makes two names equal, the later one ends in `-2`, `-3` and so on.
 */
export class DeviceNames {
  readonly #taken: Set<string>;

  /** `taken` are the names that the file itself gives; no other device gets one of them. */
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
