import type { Argument, Command, Option } from 'commander';
import { MONITORED } from '../../control/monitor.js';
import { PROTOCOLS } from '../../text/protocols.js';

/** Where the words come from that may stand in a place: a list of them, what a running lab has, or the shell. */
export type Source =
  | readonly string[]
  | 'labs'
  | 'hosts'
  | 'routers'
  | 'owners'
  | 'interfaces'
  | 'links'
  | 'filters'
  | 'destinations'
  | 'groups'
  /** The hosts of the file that the line names. */
  | 'hosts-of-file'
  /** Conditions of `--match`. */
  | 'conditions'
  /** A route in the words of iproute2. */
  | 'route'
  | 'scenarios'
  | 'subjects'
  | 'topics'
  | 'files'
  | 'programs';

const given = new WeakMap<Option | Argument, Source>();

/** Says where the words of an option or an argument come from, where its name does not. */
export const completes = <Of extends Option | Argument>(of: Of, source: Source | undefined): Of => {
  if (source !== undefined) given.set(of, source);
  return of;
};

const BY_OPTION: Readonly<Record<string, Source>> = {
  host: 'hosts',
  router: 'routers',
  from: 'routers',
  in: 'interfaces',
  protocol: [...PROTOCOLS.keys()],
  match: 'conditions',
  group: 'groups',
  run: 'programs',
  'ready-file': 'files',
  evidence: 'files',
  write: 'files',
  type: Object.keys(MONITORED),
};

const BY_ARGUMENT: Readonly<Record<string, Source>> = {
  host: 'hosts',
  cmd: 'programs',
  name: 'labs',
  file: 'files',
  what: 'subjects',
  src: 'destinations',
  dst: 'destinations',
  group: 'groups',
  words: 'route',
  scenario: 'scenarios',
  interface: 'interfaces',
  link: 'links',
  router: 'routers',
  topic: 'topics',
};

/** Where the words of an option come from; nowhere for those that only the user knows. */
export const sourceOfOption = (option: Option, command: Command): Source => {
  const name = (option.long ?? '').replace(/^--/, '');
  // Only that of the program itself names a lab.
  if (name === 'name' && command.parent === null) return 'labs';
  return given.get(option) ?? option.argChoices ?? BY_OPTION[name] ?? [];
};

export const sourceOfArgument = (argument: Argument): Source =>
  given.get(argument) ?? argument.argChoices ?? BY_ARGUMENT[argument.name()] ?? [];
