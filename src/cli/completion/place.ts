import type { Command, Option } from 'commander';
import { type Source, sourceOfArgument, sourceOfOption } from './sources.js';

/** A word that may stand at a place, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly means: string;
}

/** What may stand where a command line is being written. */
export interface Place {
  /** What is written of the word so far. */
  readonly begun: string;
  /** What stands before it in the same word: `--host=`. */
  readonly before: string;
  /** Commands or options. */
  readonly fixed: readonly Candidate[];
  readonly source: Source;
  /** The lab that the line names. */
  readonly lab: string | undefined;
}

/** Finds out what is being written; the last word is the one that is begun, and may be empty. */
export const placeOf = (program: Command, words: readonly string[]): Place => {
  const begun = words.at(-1) ?? '';
  const line = readLine(program, words.slice(0, -1));
  const place = { begun, before: '', fixed: [], source: [], lab: line.lab };
  const { command, operands } = line;
  if (line.option !== undefined) return { ...place, source: sourceOfOption(line.option, line.owner) };
  if (begun.startsWith('-') && !line.isOver) {
    const [, before = '', value = ''] = /^(--[^=]+=)(.*)$/.exec(begun) ?? [];
    if (before === '') return { ...place, fixed: optionsOf(command, program) };
    const { option, owner } = findOption(before.slice(0, -1), command, program);
    const source = option === undefined ? [] : sourceOfOption(option, owner);
    return { ...place, begun: value, before, source };
  }
  if (command.commands.length > 0) return { ...place, fixed: operands === 0 ? commandsOf(command) : [] };
  const all = command.registeredArguments;
  const last = all.at(-1);
  const argument = all[operands] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return place;
  // Behind a program stand its own arguments.
  const source = sourceOfArgument(argument);
  if (source === 'topics') return { ...place, source, fixed: commandsOf(program) };
  return { ...place, source: source === 'programs' && operands >= all.length ? 'files' : source };
};

interface Line {
  readonly command: Command;
  /** How many arguments of the command stand there. */
  readonly operands: number;
  /** The option whose value comes next, and whose it is. */
  readonly option: Option | undefined;
  readonly owner: Command;
  /** Whether no option can come any more. */
  readonly isOver: boolean;
  readonly lab: string | undefined;
}

const readLine = (program: Command, words: readonly string[]): Line => {
  let line: Line = {
    command: program,
    operands: 0,
    option: undefined,
    owner: program,
    isOver: false,
    lab: undefined,
  };
  for (const word of words) line = { ...line, ...read(program, line, word) };
  return line;
};

const read = (program: Command, line: Line, word: string): Partial<Line> => {
  const { command, option } = line;
  if (option !== undefined) {
    // Bash makes words of `--host=alice` by itself.
    if (word === '=') return {};
    const isLab = sourceOfOption(option, line.owner) === 'labs';
    return { option: undefined, ...(isLab ? { lab: word } : {}) };
  }
  if (word === '--' && !line.isOver) return { isOver: true };
  if (word.startsWith('-') && !line.isOver) {
    const found = findOption(word, command, program);
    const takesValue = found.option?.required === true || found.option?.optional === true;
    return takesValue ? { option: found.option, owner: found.owner } : {};
  }
  const inner = command.commands.find((each) => each.name() === word);
  if (inner !== undefined) return { command: inner, operands: 0 };
  const operands = line.operands + 1;
  // What follows a host is a program with options of its own.
  const isOver = line.isOver || command.registeredArguments[operands - 1]?.name() === 'cmd';
  return { operands, isOver };
};

const findOption = (
  flag: string,
  command: Command,
  program: Command,
): { readonly option: Option | undefined; readonly owner: Command } => {
  for (const owner of [command, program]) {
    const option = owner.options.find(({ short, long }) => flag === short || flag === long);
    if (option !== undefined) return { option, owner };
  }
  return { option: undefined, owner: command };
};

const commandsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), means: each.description() }));

/** Those of a command before those of every command. */
const optionsOf = (command: Command, program: Command): readonly Candidate[] => {
  const found = new Map<string, Candidate>();
  for (const each of [command, program])
    for (const { short, long, description } of each.createHelp().visibleOptions(each))
      for (const word of [long, short])
        if (word !== undefined && !found.has(word)) found.set(word, { word, means: description });
  return [...found.values()];
};
