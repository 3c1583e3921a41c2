import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';
import { type AddCommand, examples } from './command.js';
import type { DownOptions } from './down-choice.js';
import { instanceName } from './instance-name.js';
import type { Terminal } from './terminal.js';

/** How long a lab may take to undo everything, in milliseconds. */
const PATIENCE = 30_000;
/** How long one that does not answer may take to obey a signal before it is killed, in milliseconds. */
const PATIENCE_FOR_SIGNAL = 3000;
/** How often to check whether it is gone, in milliseconds. */
const POLL = 5;

export const addDown: AddCommand = (program, invoke) => {
  program
    .command('down')
    .description('stop a running lab and undo its host changes')
    .argument('[name]', 'the lab (default: the only one running)', instanceName)
    .option(
      '--force',
      'undo what a killed lab left behind; touch nothing else (without NAME: of all killed labs)',
    )
    .option('--purge', 'also remove persistent devices and namespaces')
    .addHelpText(
      'after',
      examples(
        ['tunpike down', 'stop the lab; returns when everything is undone'],
        ['tunpike down lab --force', 'clean up after a lab that was killed'],
        ['tunpike down --force', 'after all that were killed; those that run go on'],
      ),
    )
    .action((named: string | undefined, options: DownOptions) =>
      invoke(async (terminal) => {
        const [{ chosenLabs }, { wantedName }, { sweepStartingLogs }] = await Promise.all([
          import('./down-choice.js'),
          import('./instance.js'),
          import('./starting-logs.js'),
        ]);
        // A start that was killed before its lab had a name left nothing else.
        sweepStartingLogs();
        const wanted = wantedName(named ?? terminal.flags.name);
        const chosen = await chosenLabs(wanted, options);
        if (chosen.length === 0) {
          if (terminal.isJson)
            terminal.printJson({ name: wanted ?? null, state: 'stopped', removed: [], kept: 0 });
          else terminal.print(`nothing is left of ${wanted ?? 'any lab'}`);
          return 0;
        }
        if (chosen.length === 1) tell(terminal, chosen[0]!.name, await ended(chosen[0]!, terminal, options));
        else await endAll(chosen, terminal, options);
        return 0;
      }),
    );
};

/** What ending a lab has removed, and what it has kept. */
interface Ended {
  /** One line for each thing. */
  readonly removed: readonly string[];
  /** How many persistent devices and namespaces stay. */
  readonly kept: number;
}

/** Stops a lab that runs, and undoes what it leaves behind where that is wanted. */
const ended = async (state: InstanceState, terminal: Terminal, options: DownOptions): Promise<Ended> => {
  const host = await import('../host/state-file.js');
  const { name } = state;
  if (host.isAlive(state)) await stop(state, options, host);
  const left = host.readState(name);
  if (left !== undefined && (options.force || options.purge)) {
    const log = (line: string): void => {
      if (terminal.flags.verbose !== undefined) terminal.hint(line);
    };
    const [{ forceDown }, { removeSocketsOf }, { removeLog }, { logPath }] = await Promise.all([
      import('../host/down-force.js'),
      import('../control/dead-socket.js'),
      import('../observe/log-file.js'),
      import('./log-path.js'),
    ]);
    await removeSocketsOf(state.pid, [state.socket, state.readOnlySocket]);
    removeLog(logPath(name));
    return await forceDown(name, { purge: options.purge === true, log });
  }
  if (left?.stopped === false)
    throw new Failure(9, `${name} ended, but left something behind`, `tunpike down ${name} --force`);
  return { removed: [], kept: left?.objects.length ?? 0 };
};

/** Undoes what several labs left behind, as far as that can be; throws a `Failure` that says of all what could not. */
const endAll = async (
  states: readonly InstanceState[],
  terminal: Terminal,
  options: DownOptions,
): Promise<void> => {
  const failures: Failure[] = [];
  const outcomes: Ended[] = [];
  for (const state of states)
    try {
      const outcome = await ended(state, terminal, options);
      outcomes.push(outcome);
      if (!terminal.isJson) tell(terminal, state.name, outcome);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(new Failure(error.exitCode, `${state.name}: ${error.message}`, error.fix));
    }
  if (failures.length > 0)
    throw new Failure(
      failures[0]!.exitCode,
      failures.map(({ message }) => message).join('\n'),
      failures.flatMap(({ fix }) => fix ?? []).join('\n'),
    );
  if (terminal.isJson)
    terminal.printJson({
      name: null,
      state: 'stopped',
      removed: outcomes.flatMap(({ removed }) => removed),
      kept: outcomes.reduce((sum, { kept }) => sum + kept, 0),
    });
};

type StateFiles = typeof import('../host/state-file.js');

const stop = async (state: InstanceState, options: DownOptions, host: StateFiles): Promise<void> => {
  try {
    await order(state, options, host);
    await untilGone(state, host.isAlive);
  } catch (error) {
    if (!options.force || !host.isAlive(state)) throw error;
    send('SIGKILL', state, host);
    await untilGone(state, host.isAlive);
  }
};

/** Has a lab stop: by its socket, or by a signal where nobody, or somebody else, answers there. */
const order = async (state: InstanceState, { force }: DownOptions, host: StateFiles): Promise<void> => {
  const phase = host.phaseOf(state);
  // While it starts it does not answer, but obeys a signal once it has started.
  if (phase === 'starting') send('SIGTERM', state, host);
  if (phase !== 'running') return;
  const { callInstance } = await import('../control/client.js');
  try {
    await callInstance(state, 'stop', {});
  } catch (error) {
    const { exitCode, message } = error instanceof Failure ? error : new Failure(70, String(error));
    // Who may not ask may not end it, either.
    if (exitCode === 4) throw error;
    if (exitCode === 8 && !force) throw new Failure(8, message, `tunpike down ${state.name} --force`);
    send('SIGTERM', state, host);
    if (force && !(await obeys(state, host))) throw error;
  }
};

/** Whether a lab that was sent a signal ends, or says soon that it does so. */
const obeys = async (state: InstanceState, { isAlive, readState }: StateFiles): Promise<boolean> => {
  const deadline = performance.now() + PATIENCE_FOR_SIGNAL;
  while (isAlive(state) && readState(state.name)?.phase !== 'stopping') {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
  return true;
};

/** Sends a signal to a lab's process, which its start time proves to be the one that wrote the state. */
const send = (signal: NodeJS.Signals, state: InstanceState, { isAlive }: StateFiles): void => {
  try {
    if (isAlive(state)) process.kill(state.pid, signal);
  } catch (error) {
    // One that has ended at this very moment needs no signal.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new Failure(
      4,
      `no permission to end ${state.name} (process ${state.pid})`,
      'run as the user who started it, or root',
    );
  }
};

const untilGone = async (state: InstanceState, isAlive: (state: InstanceState) => boolean): Promise<void> => {
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

const tell = (terminal: Terminal, name: string, { removed, kept }: Ended): void => {
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
