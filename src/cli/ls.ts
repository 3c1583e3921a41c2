import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

export const addLs: AddCommand = (program, invoke) => {
  program
    .command('ls')
    .description('list the running labs, also those of other users')
    .addHelpText(
      'after',
      examples(
        ['tunpike ls', 'what runs, as whom, and from which file'],
        ['tunpike ls -j', 'the same for scripts'],
      ),
    )
    .action(() => invoke(list));
};

/** A row of `ls -j`. */
interface Listed {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'stopping';
  readonly pid: number;
  readonly user: string;
  readonly config: string | null;
  readonly uptimeSeconds: number;
}

const list = async (terminal: Terminal): Promise<number> => {
  const [own, others, { ageOf }, { formatTable }, { printable }, { faultOfLost, lostInstances }] =
    await Promise.all([
      import('../host/state-file.js'),
      import('../host/others-states.js'),
      import('../host/process-identity.js'),
      import('./table.js'),
      import('../text/printable.js'),
      import('./lost-instances.js'),
    ]);
  const lost = await lostInstances();
  const { states, faults } = own.readStateFiles();
  const running = [
    ...states.filter(own.isAlive).map((state) => ({ state, uid: others.uidOf(state.pid) })),
    ...others.othersInstances(),
  ];
  const rows = running.flatMap(({ state, uid }): Listed[] => {
    const { name, pid, file } = state;
    const age = ageOf(pid);
    // It has ended by now.
    if (uid === undefined || age === undefined) return [];
    const user = others.userName(uid);
    return [{ name, state: own.phaseOf(state), pid, user, config: file, uptimeSeconds: age }];
  });
  const { io, errorColors } = terminal;
  for (const { path, why } of faults)
    io.stderr.write(
      `${errorColors.yellow('warning:')} ${printable(path)} is not believed: ${printable(why)}\n`,
    );
  for (const { what, fix } of lost.map(faultOfLost))
    io.stderr.write(`${errorColors.yellow('warning:')} ${printable(what)}: ${printable(fix)}\n`);
  if (terminal.isJson) {
    terminal.printJson(rows);
    return 0;
  }
  terminal.print(
    formatTable(
      [
        { title: 'name', cell: ({ name }) => name },
        { title: 'state', cell: ({ state }) => state },
        { title: 'pid', cell: ({ pid }) => pid, align: 'right' },
        { title: 'user', cell: ({ user }) => user },
        { title: 'file', cell: ({ config }) => config ?? '-' },
      ],
      rows,
    ),
  );
  for (const { name } of states.filter(own.isKilled))
    terminal.hint(`${name} ended without cleaning up: tunpike down ${name} --force`);
  return 0;
};
