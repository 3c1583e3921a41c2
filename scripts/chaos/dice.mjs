import { seededRandom } from '../../dist/random.js';

/** What a round decides by: the same seed, the same decisions. */
export const diceOf = (seed) => {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1));
  const below = (limit) => Math.floor(random() * limit);
  return {
    below,
    /** Whether something happens that happens so often, from 0 to 1. */
    chance: (often) => random() < often,
    oneOf: (values) => values[below(values.length)],
  };
};
