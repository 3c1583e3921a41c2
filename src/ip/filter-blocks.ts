import type { FilterEntry } from './filter.js';
import { FilterBlock } from './filter-block.js';
import { BLOCK } from './filter-dimension.js';

/** Blocks side by side that have no more filters than this together become one, so that there are never many of them. */
const FEW = BLOCK / 2;

/** Filters that stand side by side, and the block that has them already. */
interface Run {
  readonly entries: readonly FilterEntry[];
  readonly block: FilterBlock | undefined;
}

/** The place of each filter. */
export const placesOf = (entries: readonly FilterEntry[]): ReadonlyMap<FilterEntry, number> =>
  new Map(entries.map((each, at) => [each, at]));

/**
 * The blocks of filters, in their order; each one is compiled when it is asked for.
 *
 * Those that are known are used again where their filters still stand side by side, also where some of them are gone:
 * so a filter that comes or goes costs a block at most, and one that goes mostly nothing.
 */
export function* blocksOf(
  entries: readonly FilterEntry[],
  known: readonly FilterBlock[],
): Generator<FilterBlock, void> {
  for (const { entries: own, block } of merged(runsOf(entries, known))) {
    if (block !== undefined) yield block;
    else for (let at = 0; at < own.length; at += BLOCK) yield new FilterBlock(own.slice(at, at + BLOCK));
  }
}

/** Of the blocks that are known those that can be used again, and what stands between them. */
function* runsOf(entries: readonly FilterEntry[], known: readonly FilterBlock[]): Generator<Run, void> {
  const places = placesOf(entries);
  const usable = known
    .map((block) => ({ block, own: block.among(places) }))
    .filter(({ own }) => own.length > 0)
    .map(({ block, own }) => ({ block, own, first: places.get(own[0]!)! }))
    .filter(({ own, first }) => own.every((each, at) => entries[first + at] === each))
    .sort((a, b) => a.first - b.first || b.own.length - a.own.length);
  let at = 0;
  for (const { block, own, first } of usable) {
    if (first < at) continue;
    if (first > at) yield { entries: entries.slice(at, first), block: undefined };
    yield { entries: own, block };
    at = first + own.length;
  }
  if (at < entries.length) yield { entries: entries.slice(at), block: undefined };
}

const merged = (runs: Iterable<Run>): readonly Run[] => {
  const all: Run[] = [];
  for (const run of runs) {
    const before = all.at(-1);
    if (before === undefined || before.entries.length + run.entries.length > FEW) all.push(run);
    else all[all.length - 1] = { entries: [...before.entries, ...run.entries], block: undefined };
  }
  return all;
};
