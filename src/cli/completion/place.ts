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
  /** The command, and the arguments of it that stand there: `route add`, `default`. */
  readonly command: string;
  readonly operands: readonly string[];
}

/** Finds out what is being written; the last word is the one that is begun, and may be empty. */
export const placeOf = (program: Command, words: readonly string[]): Place => {
  const whole = joined(words);
  const begun = whole.at(-1) ?? '';
  const line = readLine(program, whole.slice(0, -1));
  const { command } = line;
  const operands = line.operands.length;
  const path = [command.parent?.parent == null ? [] : command.parent.name(), command.name()].flat();
  const place = {
    ...{ begun, before: '', fixed: [], source: [] },
    ...{ lab: line.lab, command: path.join(' '), operands: line.operands },
  };
  const mayEnd = line.option?.variadic === true && line.hasValue && begun.startsWith('-');
  if (line.option !== undefined && !mayEnd)
    return { ...place, source: sourceOfOption(line.option, line.owner) };
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

/** Bash makes three words of `protocol=udp`; those of `--host=alice` are as good as they are. */
const joined = (words: readonly string[]): readonly string[] => {
  const whole: string[] = [];
  for (const [at, word] of words.entries()) {
    const [before, last] = [words[at - 2], whole.at(-1)];
    if (word === '=' && last !== undefined && !last.startsWith('-')) whole.push(`${whole.pop()}=`);
    else if (words[at - 1] === '=' && before !== undefined && !before.startsWith('-'))
      whole.push(`${whole.pop()}${word}`);
    // The cursor is behind `--host=`.
    else if (word === '=' && at === words.length - 1) whole.push('');
    else if (word !== '=') whole.push(word);
  }
  return whole;
};

interface Line {
  readonly command: Command;
  /** The arguments of the command that stand there. */
  readonly operands: readonly string[];
  /** The option whose value comes next, and whose it is. */
  readonly option: Option | undefined;
  /** Whether that option, which takes several, has one. */
  readonly hasValue: boolean;
  readonly owner: Command;
  /** Whether no option can come any more. */
  readonly isOver: boolean;
  readonly lab: string | undefined;
}

const readLine = (program: Command, words: readonly string[]): Line => {
  let line: Line = {
    command: program,
    operands: [],
    option: undefined,
    hasValue: false,
    owner: program,
    isOver: false,
    lab: undefined,
  };
  for (const word of words) line = { ...line, ...read(program, line, word) };
  return line;
};

const read = (program: Command, line: Line, word: string): Partial<Line> => {
  const { command, option } = line;
  if (option !== undefined && !(line.hasValue && word.startsWith('-'))) {
    const isLab = sourceOfOption(option, line.owner) === 'labs';
    return {
      option: option.variadic ? option : undefined,
      hasValue: option.variadic,
      ...(isLab ? { lab: word } : {}),
    };
  }
  if (word === '--' && !line.isOver) return { isOver: true, option: undefined };
  if (word.startsWith('-') && !line.isOver) {
    const found = findOption(word, command, program);
    const takesValue = found.option?.required === true || found.option?.optional === true;
    return takesValue
      ? { option: found.option, owner: found.owner, hasValue: false }
      : { option: undefined, hasValue: false };
  }
  const inner = command.commands.find((each) => each.name() === word);
  if (inner !== undefined) return { command: inner, operands: [] };
  // What follows a host is a program with options of its own.
  const isOver = line.isOver || command.registeredArguments[line.operands.length]?.name() === 'cmd';
  return { operands: [...line.operands, word], isOver };
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
