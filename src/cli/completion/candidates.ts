import type { Candidate, Place } from './place.js';
import type { Source } from './sources.js';

/** How long a lab may take to say what it has, in milliseconds: somebody waits with a finger on the key. */
const PATIENCE = 300;

/** What stands in place of words that the shell itself knows best. */
const BY_SHELL: Readonly<Record<string, string>> = { files: ':files', programs: ':programs' };

/**
 * What may stand at a place, one a line: the word, a tab, and what it means.
 *
 * `:files` and `:programs` leave it to the shell.
 */
export const linesFor = async ({ begun, before, fixed, source, lab }: Place): Promise<readonly string[]> => {
  if (typeof source === 'string' && BY_SHELL[source] !== undefined) return [BY_SHELL[source]];
  const words = await wordsOf(source, lab);
  const candidates: Candidate[] = [...fixed, ...[...new Set(words)].map((word) => ({ word, means: '' }))];
  return candidates
    .filter(({ word }) => word.startsWith(begun))
    .map(({ word, means }) => (means === '' ? before + word : `${before}${word}\t${means}`));
};

const wordsOf = async (source: Source, lab: string | undefined): Promise<readonly string[]> => {
  if (typeof source !== 'string') return source;
  if (source === 'subjects') return Object.keys((await import('../../observe/shown.js')).SHOWN);
  if (source === 'topics') return (await import('../topics.js')).TOPICS;
  const { isAlive, readStates } = await import('../../host/state-file.js');
  const states = readStates();
  if (source === 'labs') return states.map(({ name }) => name);
  const [{ namesOf }, { wantedName }] = await Promise.all([
    import('../instance-with.js'),
    import('../instance.js'),
  ]);
  const wanted = wantedName(lab);
  const running = states.filter((state) => isAlive(state) && (wanted ?? state.name) === state.name);
  const all = await Promise.all(running.map((state) => namesOf(state, PATIENCE)));
  return all.flatMap((names) => {
    const { hosts, routers, interfaces } = names;
    if (source === 'owners') return [...hosts, ...routers];
    if (source === 'destinations') return [...hosts, ...routers, ...interfaces];
    return source in names ? names[source as keyof typeof names] : [];
  });
};
