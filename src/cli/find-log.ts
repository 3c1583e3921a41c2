import { existsSync, readdirSync } from 'node:fs';
import { Failure } from '../failure.js';
import { directoryFailure, runtimeDirectory } from '../host/runtime-directory.js';
import { isAlive, readState } from '../host/state-file.js';
import { isName } from '../name.js';
import { instanceFor, wantedName } from './instance.js';
import { LOG_SUFFIX, logPath } from './log-path.js';
import { failureAboutOthers } from './others-instances.js';
import type { Terminal } from './terminal.js';

/** The log of a lab. */
export interface FoundLog {
  readonly path: string;
  /** Whether somebody may still write to it. */
  isWritten(): boolean;
}

/**
 * The log of the lab that is named, or of the only one that has any; one that is starting is waited for.
 *
 * Throws a `Failure`: 5 where there is no such lab, 7 where it runs in the foreground, 4 where it is another user's.
 */
export const findLog = async (terminal: Terminal, named: string | undefined): Promise<FoundLog> => {
  const wanted = wantedName(named ?? terminal.flags.name);
  const name = wanted ?? onlyLog();
  if (name !== undefined && !isStarting(name) && existsSync(logPath(name))) return foundOf(name);
  const flags = name === undefined ? terminal.flags : { ...terminal.flags, name };
  const state = await instanceFor({ ...terminal, flags });
  if (existsSync(logPath(state.name))) return foundOf(state.name);
  throw (
    failureAboutOthers(state.name) ??
    new Failure(
      7,
      `${state.name} (process ${state.pid}) runs in the foreground: its log is where it was started`,
      'tunpike up -d FILE keeps a log (of a service: journalctl -u UNIT)',
    )
  );
};

const foundOf = (name: string): FoundLog => ({
  path: logPath(name),
  isWritten: () => {
    const state = readState(name);
    return state !== undefined && isAlive(state);
  },
});

const isStarting = (name: string): boolean => {
  const state = readState(name);
  return state !== undefined && isAlive(state) && state.phase === 'starting';
};

const entriesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw directoryFailure(directory) ?? error;
  }
};

/** The lab that has the only log; undefined where none or several have one. */
const onlyLog = (): string | undefined => {
  const directory = runtimeDirectory();
  if (!existsSync(directory)) return undefined;
  const names = entriesOf(directory)
    .filter((entry) => entry.endsWith(LOG_SUFFIX))
    .map((entry) => entry.slice(0, -LOG_SUFFIX.length))
    .filter(isName);
  return names.length === 1 ? names[0] : undefined;
};
