import type { InstanceState } from '../../host/state-file.js';
import type { Candidate, Place } from './place.js';
import type { Source } from './sources.js';

/** How long a lab may take to say what it has, in milliseconds: somebody waits with a finger on the key. */
const PATIENCE = 300;

/** What stands in place of words that the shell itself knows best. */
const BY_SHELL: Readonly<Record<string, string>> = { files: ':files', programs: ':programs' };

/**
 * What may stand at a place, one a line: the word, a tab, and what it means. A word that ends with `=` goes on.
 *
 * `:files` and `:programs` leave it to the shell.
 */
export const linesFor = async (place: Place): Promise<readonly string[]> => {
  const { begun, before, fixed, source } = place;
  if (typeof source === 'string' && BY_SHELL[source] !== undefined) return [BY_SHELL[source]];
  const words = await candidatesOf(source, place);
  return [...fixed, ...unlike(words)]
    .filter(({ word }) => word.startsWith(begun))
    .map(({ word, means }) => (means === '' ? before + word : `${before}${word}\t${means}`));
};

const candidatesOf = async (source: Source, place: Place): Promise<readonly Candidate[]> => {
  if (source === 'conditions') return conditions(place);
  const words = await wordsOf(source, place);
  return words.map((word) => ({ word, means: '' }));
};

/** Each word once. */
const unlike = (candidates: readonly Candidate[]): readonly Candidate[] => [
  ...new Map(candidates.map((each) => [each.word, each])).values(),
];

/** The keys of `--match`; where one is written, the words that it can have. */
const conditions = async (place: Place): Promise<readonly Candidate[]> => {
  const { MATCH_KEYS } = await import('../../text/match.js');
  const key = /^([a-z-]+)=/.exec(place.begun)?.[1];
  if (key === undefined)
    return Object.entries(MATCH_KEYS).map(([name, { means }]) => ({ word: `${name}=`, means }));
  const words =
    key === 'protocol'
      ? [...(await import('../../text/protocols.js')).PROTOCOLS.keys()]
      : key === 'reason'
        ? (await import('../../drop-reason.js')).dropReasons()
        : key === 'interface'
          ? await wordsOf('interfaces', place)
          : [];
  return words.map((word) => ({ word: `${key}=${word}`, means: '' }));
};

const wordsOf = async (source: Source, place: Place): Promise<readonly string[]> => {
  if (typeof source !== 'string') return source;
  switch (source) {
    case 'subjects':
      return Object.keys((await import('../../observe/shown.js')).SHOWN);
    case 'topics':
      return (await import('../topics.js')).TOPICS;
    case 'scenarios':
      return (await import('../demo/scenarios.js')).SCENARIOS.map(({ name }) => name);
    case 'hosts-of-file':
      return hostsOfFile(place.operands[0]);
    case 'route': {
      const next = (await import('./route-words.js')).nextRouteWords(place);
      return next === 'links' ? wordsOf('links', place) : next;
    }
    default:
      return wordsOfLabs(source, place);
  }
};

const hostsOfFile = async (file: string | undefined): Promise<readonly string[]> => {
  if (file === undefined || file === '-') return [];
  const [{ readConfiguration }, { readText }] = await Promise.all([
    import('../../config/read.js'),
    import('../../config/read-text.js'),
  ]);
  return [...(readConfiguration(readText(file), file).configuration?.hosts.keys() ?? [])];
};

/** What the running labs have; of the one that the line names, where it names one. */
const wordsOfLabs = async (source: string, { lab }: Place): Promise<readonly string[]> => {
  const { isAlive, readStates } = await import('../../host/state-file.js');
  const states = readStates();
  if (source === 'labs') return states.map(({ name }) => name);
  const [{ namesOf }, { wantedName }, { callInstance }] = await Promise.all([
    import('../instance-with.js'),
    import('../instance.js'),
    import('../../control/client.js'),
  ]);
  const wanted = wantedName(lab);
  const running = states.filter((state) => isAlive(state) && (wanted ?? state.name) === state.name);
  const wordsIn = async (state: InstanceState): Promise<readonly string[]> => {
    if (source === 'groups')
      return (await callInstance(state, 'show', { what: 'groups' }, PATIENCE)).map(({ group }) => group);
    // Those of the file, and those that were added since.
    if (source === 'filters')
      return (await callInstance(state, 'show', { what: 'filters' }, PATIENCE)).map(({ name }) => name);
    const names = await namesOf(state, PATIENCE);
    const { hosts, routers, interfaces } = names;
    if (source === 'owners') return [...hosts, ...routers];
    if (source === 'destinations') return [...hosts, ...routers, ...interfaces];
    return source in names ? names[source as keyof typeof names] : [];
  };
  return (await Promise.all(running.map(wordsIn))).flat();
};
