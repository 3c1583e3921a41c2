import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, hex } from '../support/datagram.js';

/** Where the corpora are: for each target one text file, an input a line, in hex. */
export const CORPUS = 'test/hostile/corpus';

/** What searches have found worth keeping for a target; a target without a corpus has none. */
export const readCorpus = (root: string, target: string): Uint8Array[] => {
  let text: string;
  try {
    text = readFileSync(join(root, CORPUS, `${target}.hex`), 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(fromHex);
};

/** Shortest first. */
export const formatCorpus = (inputs: readonly Uint8Array[]): string => {
  const lines = inputs.map(hex).filter((line) => line !== '');
  return `${lines.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)).join('\n')}\n`;
};
