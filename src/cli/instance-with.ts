import { callInstance } from '../control/client.js';
import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';
import { type LabNames, namesIn } from './lab-names.js';

/** How long each of several labs may take to say what it has, in milliseconds. */
const PATIENCE = 1000;

/**
 * The only one of several running labs that has all the hosts, routers, interfaces and links among these words.
 *
 * Words that no lab knows count for nothing. Throws a `Failure` (5) where no lab has all, or several have.
 */
export const theOneWith = async (
  words: readonly (string | undefined)[],
  running: readonly InstanceState[],
): Promise<InstanceState> => {
  const known = await Promise.all(running.map(wordsOf));
  const meant = [...new Set(words)].filter((word) => known.some((own) => own.has(word ?? '')));
  const having = running.filter((_, i) => meant.every((word) => known[i]!.has(word ?? '')));
  if (having.length === 1) return having[0]!;
  const what = meant.map((word) => `'${word}'`).join(' and ');
  const listed = (having.length === 0 ? running : having).map(({ name }) => name).join(', ');
  throw new Failure(
    5,
    meant.length === 0
      ? `several instances are running: ${listed}`
      : having.length === 0
        ? `several instances are running, and none has ${what}: ${listed}`
        : `several instances have ${what}: ${listed}`,
    `tunpike -n ${(having[0] ?? running[0])!.name} …`,
  );
};

/** All names of a lab; of one that does not answer, those of its hosts. */
const wordsOf = async (state: InstanceState): Promise<ReadonlySet<string>> => {
  const hosts = state.objects.flatMap((object) => (object.kind === 'device' ? [object.host] : []));
  return new Set([...hosts, ...Object.values(await namesOf(state)).flat()]);
};

/** What a lab calls its parts; nothing where it does not answer. */
export const namesOf = async (state: InstanceState, patience = PATIENCE): Promise<LabNames> => {
  try {
    return namesIn(await callInstance(state, 'show', { what: 'config' }, patience));
  } catch {
    return namesIn({});
  }
};
