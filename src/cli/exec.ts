import { basename } from 'node:path';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

export const addExec: AddCommand = (program, invoke) => {
  program
    .command('exec')
    .usage('[options] HOST -- CMD…')
    .description('run a program on a host, in its network namespace')
    .argument('<host>', 'a host of the running lab')
    .argument('<cmd...>', 'the program and its arguments')
    .addHelpText(
      'after',
      examples(
        ['tunpike exec alice -- ping -c 1 203.0.113.10', 'exits with the code of the program'],
        ['tunpike exec bob -- sh', 'a shell on bob'],
      ),
    )
    .action((host: string, command: readonly string[]) =>
      invoke(async (terminal) => {
        const [{ instanceFor, NAME_VARIABLE }, { placeOf }, { execIn }] = await Promise.all([
          import('./instance.js'),
          import('./host-place.js'),
          import('../host/netns-exec.js'),
        ]);
        const state = await instanceFor(terminal, host);
        process.env[NAME_VARIABLE] = state.name;
        const place = await placeOf(host, state);
        if (state.rootless) await warnOfTcpdump(command, terminal, place.rootlessPid);
        return execIn(place, command);
      }),
    );
};

/** Where there is no user but root, tcpdump cannot become another one, and ends, whatever its `-Z` says. */
const warnOfTcpdump = async (
  [program = '']: readonly string[],
  terminal: Terminal,
  pid: number | undefined,
): Promise<void> => {
  if (basename(program) !== 'tcpdump') return;
  const { knowsOnlyRoot } = await import('../host/rootless.js');
  if (knowsOnlyRoot(pid)) terminal.hint(TCPDUMP_HINT);
};

/** What mends a rootless lab in which tcpdump cannot give up root. */
export const TCPDUMP_HINT = `tcpdump gives up root, and this lab knows no other user. For the next start: apt-get install uidmap
  and, where /etc/subuid has no line for you: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER`;
