import { dirname } from 'node:path';
import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';
import { type AddCommand, examples } from './command.js';
import { instanceName } from './instance-name.js';
import type { Terminal } from './terminal.js';

interface DownOptions {
  readonly force?: true;
  readonly purge?: true;
}

/** How long a lab may take to undo everything, in milliseconds. */
const PATIENCE = 30_000;
/** How often to check whether it is gone, in milliseconds. */
const POLL = 5;

export const addDown: AddCommand = (program, invoke) => {
  program
    .command('down')
    .description('stop a running lab and undo its host changes')
    .argument('[name]', 'the lab (default: the only one running)', instanceName)
    .option('--force', 'undo what a killed lab left behind; touch nothing else')
    .option('--purge', 'also remove persistent devices and namespaces')
    .addHelpText(
      'after',
      examples(
        ['tunpike down', 'stop the lab; returns when everything is undone'],
        ['tunpike down lab --force', 'clean up after a lab that was killed'],
      ),
    )
    .action((named: string | undefined, options: DownOptions) =>
      invoke(async (terminal) => {
        const [host, { wantedName }, { sweepStartingLogs }] = await Promise.all([
          import('../host/state-file.js'),
          import('./instance.js'),
          import('./starting-logs.js'),
        ]);
        // A start that was killed before its lab had a name left nothing else.
        sweepStartingLogs();
        const wanted = wantedName(named ?? terminal.flags.name);
        const state = await chosen(host, wanted, options);
        if (state === undefined) {
          if (terminal.isJson)
            terminal.printJson({ name: wanted ?? null, state: 'stopped', removed: [], kept: 0 });
          else terminal.print(`nothing is left of ${wanted ?? 'any lab'}`);
          return 0;
        }
        const { name } = state;
        if (host.isAlive(state)) await stop(state, options, host);
        const outcome = { removed: [] as readonly string[], kept: 0 };
        const left = host.readState(name);
        if (left !== undefined && (options.force || options.purge)) {
          const { forceDown } = await import('../host/down-force.js');
          const log = (line: string): void => {
            if (terminal.flags.verbose !== undefined) terminal.hint(line);
          };
          const [{ removeSocketsOf }, { removeLog }, { logPath }] = await Promise.all([
            import('../control/dead-socket.js'),
            import('../observe/log-file.js'),
            import('./log-path.js'),
          ]);
          await removeSocketsOf(state.pid, [state.socket, state.readOnlySocket]);
          removeLog(logPath(name));
          Object.assign(outcome, await forceDown(name, { purge: options.purge === true, log }));
        } else if (left?.stopped === false) {
          throw new Failure(9, `${name} ended, but left something behind`, `tunpike down ${name} --force`);
        } else {
          outcome.kept = left?.objects.length ?? 0;
        }
        tell(terminal, name, outcome);
        return 0;
      }),
    );
};

type StateFiles = typeof import('../host/state-file.js');

/** The lab to stop: a running one, or with `--force` or `--purge` a dead one; undefined if nothing is left to force. */
const chosen = async (
  host: StateFiles,
  name: string | undefined,
  { force, purge }: DownOptions,
): Promise<InstanceState | undefined> => {
  if (force || purge) {
    const { states, faults: all } = host.readStateFiles();
    const dead = states.filter((state) => !host.isAlive(state) && (purge === true || !state.stopped));
    const faults = all.filter((fault) => name === undefined || fault.name === name);
    if (faults.length > 0 && (name !== undefined || dead.length === 0)) throw host.faultFailure(faults, 9);
    if (name !== undefined) {
      const state = states.find((each) => each.name === name);
      if (state !== undefined) return state;
      host.removeHalfWritten(name);
    } else if (dead.length === 1 && dead.length === states.length) {
      return dead[0]!;
    }
    if (force) {
      if (name === undefined && states.some((state) => host.isAlive(state) || !state.stopped))
        return host.findInstance(name);
      const { failureAboutOthers } = await import('./others-instances.js');
      const failure = name === undefined ? undefined : failureAboutOthers(name);
      if (failure !== undefined) throw failure;
      return undefined;
    }
  }
  const { meantInstance } = await import('./instance.js');
  const state = await meantInstance(name);
  // Who ends the lab of others says which.
  if (name === undefined && host.readState(state.name)?.pid !== state.pid)
    throw new Failure(
      5,
      `no instance of yours is running; ${state.name} (process ${state.pid}) is in ${dirname(state.socket)}`,
      `tunpike down ${state.name}`,
    );
  return state;
};

const stop = async (
  state: InstanceState,
  { force }: DownOptions,
  { isAlive, phaseOf }: StateFiles,
): Promise<void> => {
  const { callInstance } = await import('../control/client.js');
  try {
    const phase = phaseOf(state);
    // While it starts it does not answer, but obeys a signal once it has started.
    if (phase === 'starting') process.kill(state.pid, 'SIGTERM');
    if (phase === 'running') await callInstance(state, 'stop', {});
    await ended(state, isAlive);
  } catch (error) {
    // The process is proved by its start time to be the one that wrote the state.
    if (!force || !isAlive(state)) throw error;
    process.kill(state.pid, 'SIGKILL');
    await ended(state, isAlive);
  }
};

const ended = async (state: InstanceState, isAlive: (state: InstanceState) => boolean): Promise<void> => {
  const deadline = performance.now() + PATIENCE;
  while (isAlive(state)) {
    if (performance.now() > deadline) {
      throw new Failure(
        8,
        `${state.name} (process ${state.pid}) did not stop within ${PATIENCE / 1000} s`,
        `tunpike down ${state.name} --force`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
};

const tell = (
  terminal: Terminal,
  name: string,
  { removed, kept }: { readonly removed: readonly string[]; readonly kept: number },
): void => {
  if (terminal.isJson) {
    terminal.printJson({ name, state: 'stopped', removed, kept });
    return;
  }
  for (const line of removed) terminal.print(line);
  terminal.print(`${name} is down`);
  if (kept > 0)
    terminal.hint(
      `${kept} persistent devices and namespaces remain; to remove them: tunpike down ${name} --purge`,
    );
};
