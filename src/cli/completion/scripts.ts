/** The shells that a script can be had for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const bash = (program: string): string => `# tunpike, completion for bash
_tunpike() {
  local line word program=("$1")
  type -- "$1" >/dev/null 2>&1 || program=(${program})
  COMPREPLY=()
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    case $word in
      :files) compopt -o default 2>/dev/null ;;
      :programs) compopt -o default 2>/dev/null; mapfile -t COMPREPLY < <(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}") ;;
      *=) compopt -o nospace 2>/dev/null; COMPREPLY+=("$word") ;;
      *=*) [[ $COMP_WORDBREAKS != *=* ]] || word="\${word#*=}"; COMPREPLY+=("$word") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("\${program[@]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tunpike tunpike`;

const zsh = (program: string): string => `#compdef tunpike
# tunpike, completion for zsh
_tunpike() {
  local line
  local -a found begun program=("\${words[1]}")
  whence -- "\${words[1]}" >/dev/null || program=(${program})
  for line in "\${(@f)$("\${program[@]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files ;;
      :programs) _command_names -e ;;
      *) line=\${line//:/\\\\:}
        if [[ \${line%%$'\\t'*} == *= ]]; then begun+=("\${line/$'\\t'/:}"); else found+=("\${line/$'\\t'/:}"); fi ;;
    esac
  done
  (( $#begun )) && _describe tunpike begun -S ''
  (( $#found )) && _describe tunpike found
}
if [[ $funcstack[1] == _tunpike ]]; then _tunpike "$@"; else compdef _tunpike tunpike; fi`;

const fish = (program: string): string => `# tunpike, completion for fish
function __tunpike_complete
  set -l begun (commandline -ct)
  set -l words (commandline -opc)
  set -l program $words[1]
  type -q -- $program; or set program ${program}
  for line in ($program complete -- $words[2..-1] "$begun" 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path "$begun"
      case ':programs'
        complete -C "$begun"
      case '*'
        echo $line
    end
  end
end
complete -c tunpike -f -a '(__tunpike_complete)'`;

const SCRIPTS: Readonly<Record<Shell, (program: string) => string>> = { bash, zsh, fish };

/**
 * What a shell is to run, so that it asks the program what may stand where somebody writes.
 *
 * Where the command that is written cannot be run, as an alias, `program` is asked in its place.
 */
export const scriptFor = (shell: Shell, program: readonly string[]): string =>
  SCRIPTS[shell](program.map((word) => quotedFor(shell, word)).join(' '));

/** In quotes only fish has a meaning for a backslash. */
const quotedFor = (shell: Shell, word: string): string =>
  `'${(shell === 'fish' ? word.replaceAll('\\', '\\\\') : word).replaceAll("'", "'\\''")}'`;
