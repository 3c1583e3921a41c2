import { describe, expect, it } from 'vitest';
import { type Log, SILENT } from '../../src/observe/log.js';
import { handleSignals } from '../../src/runtime/signals.js';

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'] as const;
/** Typed as those of one name, for they differ. */
const listenersOf = (name: string): NodeJS.UncaughtExceptionListener[] =>
  process.listeners(name as 'uncaughtException');
const listeners = () => NAMES.map(listenersOf);

describe('the signals of a lab', () => {
  it('say why to stop, until they are ignored again', () => {
    const before = listeners();
    const said: unknown[][] = [];
    const lines: string[] = [];
    const log: Log = { ...SILENT, warn: (line) => lines.push(line), fatal: (line) => lines.push(line) };
    const ignore = handleSignals(log, (...reason) => said.push(reason));
    const failure = new Error('a defect');
    for (const [at, name] of NAMES.entries()) {
      const added = listenersOf(name).filter((each) => !before[at]!.includes(each));
      expect(added).toHaveLength(1);
      for (const listener of added)
        Reflect.apply(listener, process, [name.startsWith('SIG') ? name : failure]);
    }
    expect(said).toEqual([['SIGINT'], ['SIGTERM'], ['internal error', failure]]);
    expect(lines).toEqual([expect.stringContaining('reload'), 'internal error']);
    ignore();
    expect(listeners()).toEqual(before);
  });
});
