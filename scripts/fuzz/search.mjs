// A search for inputs that reach new code, or break a promise: mutate, run a batch, ask what was new, keep who did it.
import { Coverage } from './coverage.mjs';

/** Inputs between two looks at the coverage; a look costs about as much as a hundred of them. */
const BATCH = 256;
const INTERESTING = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 224, 254, 255];

/**
 * Runs a target for so many seconds. Gives what is worth keeping, and the first input that broke a promise, if any, as
 * short as could be made.
 */
export const search = ({ target, corpus, seconds, random, isWatched }) => {
  const coverage = new Coverage(isWatched);
  try {
    const kept = [];
    const begun = performance.now();
    const isOver = () => performance.now() - begun > seconds * 1000;
    let runs = 0;
    /** The error that an input causes; undefined for none. */
    const fault = (input) => {
      runs += 1;
      try {
        target.run(input.slice());
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const finding = (input, error) => {
      const shortest = shorten(input, (candidate) => fault(candidate)?.name === error.name);
      return { kept, runs, reached: coverage.reached, broken: { input: shortest, error: fault(shortest) } };
    };

    // The corpus first, shortest first: what adds nothing any more is left out.
    for (const input of [...target.seeds, ...corpus].toSorted((a, b) => a.length - b.length)) {
      const error = fault(input);
      if (error !== undefined) return finding(input, error);
      if (coverage.take() > 0) kept.push(input);
    }
    while (!isOver()) {
      const batch = Array.from({ length: BATCH }, () => mutate(kept, target, random));
      for (const input of batch) {
        const error = fault(input);
        if (error !== undefined) return finding(input, error);
        if (isOver()) break;
      }
      if (coverage.take() === 0) continue;
      // Somebody in the batch did it, and what ran once is never new again: a fresh look tells who.
      kept.push(...whoReaches(batch, fault, isWatched, kept));
    }
    return { kept, runs, reached: coverage.reached, broken: undefined };
  } finally {
    coverage.stop();
  }
};

/** Those of a batch that reach something which neither what is kept nor those before them reach. */
const whoReaches = (batch, fault, isWatched, kept) => {
  const fresh = new Coverage(isWatched);
  try {
    for (const input of kept) fault(input);
    fresh.take();
    return batch.filter((input) => {
      fault(input);
      return fresh.take() > 0;
    });
  } finally {
    fresh.stop();
  }
};

const below = (random, limit) => Math.floor(random() * limit);
const pick = (random, items) => items[below(random, items.length)];

const mutate = (kept, target, random) => {
  let input = pick(random, kept)?.slice() ?? new Uint8Array(0);
  for (let times = 1 + below(random, 5); times > 0; times -= 1)
    input = mutateOnce(input, kept, target, random).subarray(0, target.longest);
  return input;
};

const splice = (input, at, removed, inserted) =>
  Uint8Array.from([...input.subarray(0, at), ...inserted, ...input.subarray(at + removed)]);

const mutateOnce = (input, kept, target, random) => {
  const at = below(random, input.length + 1);
  const other = pick(random, kept) ?? input;
  const from = below(random, other.length);
  switch (below(random, 9)) {
    case 0:
      return splice(input, at, 1 + below(random, 8), []);
    case 1:
      return splice(input, at, 0, [below(random, 256)]);
    case 2:
      return splice(input, at, 1, [pick(random, INTERESTING)]);
    case 3:
      return splice(input, at, 1, [(input[at] ?? 0) ^ (1 << below(random, 8))]);
    case 4:
      return splice(input, at, 1, [(input[at] ?? 0) + below(random, 9) - 4]);
    case 5:
    case 6: {
      if (target.words.length === 0) return splice(input, at, 1, [below(random, 256)]);
      const word = pick(random, target.words);
      return splice(input, at, random() < 0.5 ? word.length : 0, word);
    }
    case 7:
      return splice(input, at, input.length, other.subarray(from));
    default:
      return splice(input, at, below(random, 8), other.subarray(from, from + 1 + below(random, 32)));
  }
};

/** Leaves out and zeroes what is not needed for it to break. */
const shorten = (input, isBroken) => {
  let best = input;
  for (let length = best.length >> 1; length >= 1; length >>= 1)
    for (let at = 0; at + length <= best.length; ) {
      const candidate = splice(best, at, length, []);
      if (isBroken(candidate)) best = candidate;
      else at += length;
    }
  for (let at = 0; at < best.length; at += 1) {
    const candidate = splice(best, at, 1, [0]);
    if (best[at] !== 0 && isBroken(candidate)) best = candidate;
  }
  return best;
};
