import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { insist } from './visit.js';

/** What is in use once all garbage is gone, in megabytes. */
export const megabytesInUse = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};

export interface Megabytes {
  /** After the first tenth, at the highest, and once all is quiet. */
  readonly first: number;
  readonly highest: number;
  readonly last: number;
}

/** Called ten times, with how many have been sent and the megabytes in use. */
export type Progress = (sent: number, megabytes: number) => void;

/** Measures ten times during a flood of so many, and insists that the memory is bounded. */
export class MemoryWatch {
  readonly #every: number;
  readonly #progress: Progress | undefined;
  readonly #measured: number[] = [];
  #nextAt: number;

  constructor(count: number, progress: Progress | undefined) {
    this.#every = count / 10;
    this.#nextAt = this.#every;
    this.#progress = progress;
  }

  /** Call it whenever something was sent. */
  look(sent: number): void {
    if (sent < this.#nextAt) return;
    this.#nextAt += this.#every;
    const megabytes = megabytesInUse();
    this.#measured.push(megabytes);
    this.#progress?.(sent, megabytes);
  }

  /** After the flood; throws `Broken` where more than `most` megabytes have come to it since the first tenth. */
  summary(most: number): Megabytes {
    const first = this.#measured[0]!;
    const highest = Math.max(...this.#measured);
    insist(highest - first < most, `memory is bounded: ${this.#measured.map(Math.round).join(' ')} MB`);
    return { first, highest, last: megabytesInUse() };
  }
}
