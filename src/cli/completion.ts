import { Argument, type Command } from 'commander';
import { SHOWN } from '../observe/shown.js';
import { type AddCommand, examples } from './command.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export const addCompletion: AddCommand = (program, invoke) => {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        ['source <(tunpike completion bash)', 'in ~/.bashrc'],
        ['tunpike completion fish | source', 'in ~/.config/fish/config.fish'],
      ),
    )
    .action((shell: Shell) =>
      invoke((terminal) => {
        terminal.print(SCRIPTS[shell](wordsOf(program)));
        return 0;
      }),
    );
};

interface Words {
  readonly globals: readonly string[];
  readonly commands: readonly {
    readonly name: string;
    readonly does: string;
    readonly words: readonly string[];
  }[];
}

const wordsOf = (program: Command): Words => {
  const help = program.createHelp();
  const flagsOf = (command: Command): string[] =>
    help
      .visibleOptions(command)
      .flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
  return {
    globals: flagsOf(program),
    commands: help.visibleCommands(program).map((command) => ({
      name: command.name(),
      does: command.description(),
      words: [
        ...(command.name() === 'show' ? Object.keys(SHOWN) : []),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
        ...flagsOf(command),
      ],
    })),
  };
};

const names = ({ commands }: Words): string => commands.map(({ name }) => name).join(' ');

const bash = (words: Words): string => `# tunpike, completion for bash
_tunpike() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${names(words)} " in *" $word "*) command=$word; break ;; esac
  done
  local before=\${COMP_WORDS[COMP_CWORD-1]}
  case $before in
    -n|--name) COMPREPLY=($(compgen -W "$(tunpike names labs 2>/dev/null)" -- "$current")); return ;;
    --host|exec) COMPREPLY=($(compgen -W "$(tunpike names hosts 2>/dev/null)" -- "$current")); return ;;
  esac
  local words="${words.globals.join(' ')}"
  case $command in
${words.commands.map((each) => `    ${each.name}) words="$words ${each.words.join(' ')}" ;;`).join('\n')}
    *) words="$words ${names(words)}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tunpike tunpike`;

/** Zsh runs the script written for bash. */
const zsh = (words: Words): string =>
  `#compdef tunpike\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;

const fish = ({ globals, commands }: Words): string => {
  const option = (flag: string): string =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  return [
    '# tunpike, completion for fish',
    ...globals.map((flag) => `complete -c tunpike ${option(flag)}`),
    "complete -c tunpike -s n -l name -x -a '(tunpike names labs 2>/dev/null)'",
    "complete -c tunpike -l host -x -a '(tunpike names hosts 2>/dev/null)'",
    "complete -c tunpike -n '__fish_seen_subcommand_from exec' -f -a '(tunpike names hosts 2>/dev/null)'",
    ...commands.flatMap(({ name, does, words }) => [
      `complete -c tunpike -n __fish_use_subcommand -a ${name} -d '${does.replaceAll("'", "\\'")}'`,
      ...words.map((word) =>
        word.startsWith('-')
          ? `complete -c tunpike -n '__fish_seen_subcommand_from ${name}' ${option(word)}`
          : `complete -c tunpike -n '__fish_seen_subcommand_from ${name}' -a ${word}`,
      ),
    ]),
  ].join('\n');
};

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = { bash, zsh, fish };
