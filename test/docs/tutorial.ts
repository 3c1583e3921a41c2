/** A part of a tutorial that is to be tried: a file to write, or commands with what they print. */
export type Block =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'commands'; readonly commands: readonly Command[] };

export interface Command {
  readonly line: string;
  /** What it prints, line by line; `…` stands for any text, and alone on a line for any lines. */
  readonly prints: readonly string[];
}

const FENCED = /^```(\w+)\n(.*?)^```$/gms;

/** The blocks of a page in their order: `yaml` whose first line is `# NAME: …` is a file, `console` are commands. */
export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(FENCED)].flatMap(([, language, text = '']): Block[] => {
    if (language === 'console') return [{ kind: 'commands', commands: commandsOf(text) }];
    const name = /^# (\S+): /.exec(text)?.[1];
    return language === 'yaml' && name !== undefined ? [{ kind: 'file', name, text }] : [];
  });

const commandsOf = (text: string): Command[] => {
  const commands: { line: string; prints: string[] }[] = [];
  for (const line of text.trimEnd().split('\n'))
    if (line.startsWith('$ ')) commands.push({ line: line.slice(2), prints: [] });
    else commands.at(-1)?.prints.push(line);
  return commands;
};

/** Whether a command printed what the page says; runs of spaces count as one. */
export const isAsTold = (prints: readonly string[], printed: string): boolean => {
  const lines = prints.map((line) => (line === '…' ? '(.*\n)*?' : `${patternOf(line)}\n`));
  return new RegExp(`^${lines.join('')}$`).test(withSingleSpaces(printed));
};

const patternOf = (line: string): string =>
  withSingleSpaces(line)
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');

const withSingleSpaces = (text: string): string => text.replace(/ +/g, ' ').replace(/ $/gm, '');
