import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import { parseChange } from '../change/change.js';
import { type Grammar, type Named, placeholderOf } from '../change/grammar.js';
import type { Key } from '../key.js';
import { camelCase } from '../section.js';
import { accepted } from '../text/fault.js';
import { printable } from '../text/printable.js';
import { examples, type Invoke } from './command.js';
import { completes, type Source } from './completion/sources.js';
import { ownName } from './own-words.js';
import type { Terminal } from './terminal.js';

/** Does what words ask for; returns the exit code. */
export type Perform = (terminal: Terminal, words: readonly string[]) => Promise<number>;

/** Adds a command that changes a running lab, with the arguments and options of its grammar. */
export const addChange = (
  program: Command,
  grammar: Grammar,
  invoke: Invoke,
  perform: Perform = performAsTyped,
): Command => {
  const command = program
    .command(grammar.words.slice(grammar.words.indexOf(' ') + 1))
    .description(grammar.description);
  // Among words, `-4` may be one; the grammar says which options there are.
  if (grammar.operands !== undefined)
    command.argument('<words...>', grammar.operands.form).allowUnknownOption();
  // One may also be written as an option, so that the grammar says whether any is missing.
  const names = Object.keys(grammar.arguments);
  if (names.length > 0) command.usage(['[options]', ...names.map((name) => `<${name}>`)].join(' '));
  for (const [name, { description }] of Object.entries(grammar.arguments)) {
    command.addArgument(completes(new Argument(`[${name}]`, description), sourceOf(grammar, name)));
    command.addOption(new Option(`--${isGlobal(name) ? ownName(name) : name} <value>`).hideHelp());
  }
  for (const [name, key] of Object.entries(grammar.options)) {
    const letter = Object.entries(grammar.letters ?? {}).find(([, meant]) => meant === name)?.[0];
    const value = key.kind === 'flag' ? `[${placeholderOf(key)}]` : `<${placeholderOf(key)}>`;
    const flags = `${letter === undefined ? '' : `-${letter}, `}--${name} ${value}`;
    command.addOption(completes(new Option(flags, key.description), sourceOf(grammar, name) ?? wordsIn(key)));
    if (isGlobal(name)) command.addOption(new Option(`--${ownName(name)} ${value}`).hideHelp());
  }
  return command
    .addHelpText(
      'after',
      examples(...grammar.examples.map(([line, does]) => [`tunpike ${line}`, does] as const)),
    )
    .action((...given: unknown[]) => invoke((terminal) => perform(terminal, wordsOf(grammar, given))));
};

/** What a name in a change may be the name of, as its completion calls it. */
const NAMED: Readonly<Record<Named, Source>> = {
  link: 'links',
  router: 'routers',
  interface: 'interfaces',
  owner: 'owners',
  filter: 'filters',
};

const sourceOf = ({ names = {} }: Grammar, name: string): Source | undefined => {
  const named = names[name];
  return named === undefined ? undefined : NAMED[named];
};

const wordsIn = (key: Key): Source | undefined => {
  if (key.kind === 'choice') return key.words.map(String);
  return key.kind === 'flag' ? ['true', 'false'] : undefined;
};

/** Commander gives arguments, then options, then the command. */
const wordsOf = (grammar: Grammar, given: readonly unknown[]): readonly string[] => {
  const operands = given.slice(0, -2).flat() as (string | undefined)[];
  const options = given.at(-2) as Readonly<Record<string, string | true>>;
  return [
    ...grammar.words.split(' '),
    ...operands.filter((each) => each !== undefined),
    ...[...Object.keys(grammar.arguments), ...Object.keys(grammar.options)].flatMap((name) => {
      const value = options[camelCase(isGlobal(name) ? ownName(name) : name)];
      return value === undefined ? [] : [`--${name}`, String(value)];
    }),
  ];
};

/** Whether the program itself has an option of that name. */
const isGlobal = (name: string): boolean => name === 'name';

/** Has an instance make a change; what cannot be read is refused without asking it. */
export const performAsTyped = async (terminal: Terminal, words: readonly string[]): Promise<number> => {
  accepted(parseChange(words));
  const { callInstance } = await import('../control/client.js');
  const { instanceFor } = await import('./instance.js');
  const { said, fields, isYes } = await callInstance(await instanceFor(terminal, ...words), 'change', {
    words,
  });
  if (terminal.isJson) terminal.printJson(fields);
  else for (const line of said) terminal.print(printable(line));
  return isYes ? 0 : 1;
};
