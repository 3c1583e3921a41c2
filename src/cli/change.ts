import type { Command } from 'commander';
import { Option } from 'commander';
import { parseChange } from '../change/change.js';
import { type Grammar, placeholderOf } from '../change/grammar.js';
import { camelCase } from '../section.js';
import { accepted } from '../text/fault.js';
import { examples, type Invoke } from './command.js';
import type { Terminal } from './terminal.js';

/** Adds a command that changes a running lab, with the arguments and options of its grammar. */
export const addChange = (program: Command, grammar: Grammar, invoke: Invoke): Command => {
  const command = program
    .command(grammar.words.slice(grammar.words.indexOf(' ') + 1))
    .description(grammar.description);
  for (const [name, { description }] of Object.entries(grammar.arguments))
    command.argument(`<${name}>`, description);
  for (const [name, key] of Object.entries(grammar.options)) {
    const letter = Object.entries(grammar.letters ?? {}).find(([, meant]) => meant === name)?.[0];
    const value = key.kind === 'flag' ? `[${placeholderOf(key)}]` : `<${placeholderOf(key)}>`;
    const flags = `${letter === undefined ? '' : `-${letter}, `}--${name} ${value}`;
    command.addOption(new Option(flags, key.description));
  }
  return command
    .addHelpText(
      'after',
      examples(...grammar.examples.map(([line, does]) => [`tunpike ${line}`, does] as const)),
    )
    .action((...given: unknown[]) => invoke((terminal) => performAsTyped(terminal, wordsOf(grammar, given))));
};

/** Commander gives arguments, then options, then the command. */
const wordsOf = (grammar: Grammar, given: readonly unknown[]): readonly string[] => {
  const operands = given.slice(0, -2) as string[];
  const options = given.at(-2) as Readonly<Record<string, string | true>>;
  return [
    ...grammar.words.split(' '),
    ...operands,
    ...Object.keys(grammar.options).flatMap((name) => {
      const value = options[camelCase(name)];
      return value === undefined ? [] : [`--${name}`, String(value)];
    }),
  ];
};

/** Has an instance make a change; what cannot be read is refused without asking it. */
export const performAsTyped = async (terminal: Terminal, words: readonly string[]): Promise<number> => {
  accepted(parseChange(words));
  const { callInstance } = await import('../control/client.js');
  const { instanceNamed } = await import('./instance.js');
  const { said, fields, isYes } = await callInstance(await instanceNamed(terminal.flags.name), 'change', {
    words,
  });
  if (terminal.isJson) terminal.printJson(fields);
  else for (const line of said) terminal.print(line);
  return isYes ? 0 : 1;
};
