import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';
import { type AddCommand, examples } from './command.js';
import { instanceName } from './instance-name.js';
import type { Terminal } from './terminal.js';

interface DownOptions {
  readonly force?: true;
  readonly purge?: true;
}

/** How long a lab may take to undo everything. In milliseconds. */
const PATIENCE = 30_000;
/** How often to look whether it is gone. In milliseconds. */
const POLL = 5;

export const addDown: AddCommand = (program, invoke) => {
  program
    .command('down')
    .description('stops a running lab, and undoes its host changes')
    .argument('[name]', 'the lab (default: the only one)', instanceName)
    .option('--force', 'undo what a killed one left; nothing else is touched')
    .option('--purge', 'remove what is persistent, too')
    .addHelpText(
      'after',
      examples(
        ['tunpike down', 'stops the lab, and waits until everything is undone'],
        ['tunpike down lab --force', 'cleans up after one that was killed'],
      ),
    )
    .action((named: string | undefined, options: DownOptions) =>
      invoke(async (terminal) => {
        const host = await import('../host/state-file.js');
        const state = chosen(host, named ?? terminal.flags.name, options);
        const { name } = state;
        if (host.isAlive(state)) await stop(state, options, host.isAlive);
        const outcome = { removed: [] as readonly string[], kept: 0 };
        const left = host.readState(name);
        if (left !== undefined && (options.force || options.purge)) {
          const { forceDown } = await import('../host/down-force.js');
          const log = (line: string): void => {
            if (terminal.flags.verbose !== undefined) terminal.hint(line);
          };
          const { removeDeadSocket } = await import('../control/dead-socket.js');
          await removeDeadSocket(state.socket);
          Object.assign(outcome, await forceDown(name, { purge: options.purge === true, log }));
        } else if (left?.stopped === false) {
          throw new Failure(9, `${name} ended, and left something behind`, `tunpike down ${name} --force`);
        } else {
          outcome.kept = left?.objects.length ?? 0;
        }
        tell(terminal, name, outcome);
        return 0;
      }),
    );
};

type StateFiles = typeof import('../host/state-file.js');

/** The lab that is meant: a running one, or what is left of a dead one where that is asked for. */
const chosen = (host: StateFiles, name: string | undefined, { force, purge }: DownOptions): InstanceState => {
  if (force || purge) {
    const states = host.readStates();
    const dead = states.filter((state) => !host.isAlive(state) && (purge === true || !state.stopped));
    const faults = host.stateFaults().filter((fault) => name === undefined || fault.name === name);
    if (faults.length > 0 && (name !== undefined || dead.length === 0)) throw host.faultFailure(faults, 9);
    if (name !== undefined) {
      const state = host.readState(name);
      if (state !== undefined) return state;
      host.removeHalfWritten(name);
    } else if (dead.length === 1 && dead.length === states.length) {
      return dead[0]!;
    }
  }
  return host.findInstance(name);
};

const stop = async (
  state: InstanceState,
  { force }: DownOptions,
  isAlive: (state: InstanceState) => boolean,
): Promise<void> => {
  const { callInstance } = await import('../control/client.js');
  try {
    await callInstance(state, 'stop', {});
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
    terminal.hint(`${kept} persistent devices and namespaces stay, until: tunpike down ${name} --purge`);
};
