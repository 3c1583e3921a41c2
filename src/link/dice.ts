import type { ImpairmentSettings } from '../impairments.js';
import { hashOf, type Random, seededRandom } from '../random.js';

/**
 * What chance does to each datagram in one direction of a link.
 *
 * Every datagram takes exactly one number for each impairment, whether that is set or not: the same seed and datagrams
 * lose the same ones, whatever else is set. `roll` writes what it decided into the fields.
 */
export class Dice {
  isLost = false;
  isDuplicated = false;
  isReordered = false;
  /** Which bit is flipped, from 0 up to but not including 1 of all its bits; negative for none. */
  corruptAt = -1;
  /** From -1 up to but not including 1: where in the jitter its delay is. */
  offset = 0;
  readonly #random: Random;
  /** Whether the datagram before this one was lost. */
  #isInBurst = false;

  constructor(seed: number, link: string, sender: string) {
    this.#random = seededRandom(hashOf(`${seed}/${link}/${sender}`));
  }

  roll({ loss = 0, burst = 0, duplicate = 0, reorder = 0, corrupt = 0 }: ImpairmentSettings): void {
    const random = this.#random;
    const chance = random();
    this.isLost = chance < (this.#isInBurst ? staying(loss, burst) : entering(loss, burst));
    this.#isInBurst = this.isLost;
    this.isDuplicated = random() < duplicate;
    this.isReordered = random() < reorder;
    const corruption = random();
    this.corruptAt = corruption < corrupt ? corruption / corrupt : -1;
    this.offset = random() * 2 - 1;
  }
}

/*
 * Gilbert's two states: nothing is lost in one, everything in the other. Bursts of mean length b end with probability
 * 1/b; so that the share L of all datagrams is lost, they begin with probability L / ((1 - L) b). Losses that do not
 * depend on each other come in bursts of mean length 1 / (1 - L) already, and no burst is made shorter than that.
 */

/** The probability that a datagram is lost after one that was not. */
const entering = (loss: number, burst: number): number => loss / Math.max((1 - loss) * burst, 1);

/** The probability that a datagram is lost after one that was. */
const staying = (loss: number, burst: number): number => (loss === 0 ? 0 : Math.max(1 - 1 / burst, loss));
