import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { handleSignals } from '../../src/runtime/signals.js';

const STOPPING = [
  'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGABRT', 'SIGTRAP', 'SIGSYS', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGXCPU',
  'SIGIO', 'SIGPWR', 'SIGSTKFLT',
] as const; // biome-ignore format: a list of words
const NAMES = [...STOPPING, 'SIGHUP', 'uncaughtException'] as const;
/** Typed as those of one name, for they differ. */
const listenersOf = (name: string): NodeJS.UncaughtExceptionListener[] =>
  process.listeners(name as 'uncaughtException');
const listeners = () => NAMES.map(listenersOf);

/** Handles signals with a terminal that can hang up, and calls their listeners as the process would. */
const handling = (isAtTerminal: boolean) => {
  const before = new Map(NAMES.map((name) => [name as string, listenersOf(name)]));
  const said: unknown[][] = [];
  const lines: string[] = [];
  let hasTerminal = isAtTerminal;
  const ignore = handleSignals(
    (...reason) => said.push(reason),
    () => void lines.push('reload'),
    () => hasTerminal,
  );
  return {
    said,
    lines,
    ignore,
    hangUp: () => {
      hasTerminal = false;
    },
    receive: (name: string, argument: unknown = name): void => {
      const added = listenersOf(name).filter((each) => !before.get(name)?.includes(each));
      expect(added).toHaveLength(1);
      Reflect.apply(added[0]!, process, [argument]);
    },
  };
};

describe('the signals of a lab', () => {
  it('say why to stop, until they are ignored again', () => {
    const before = listeners();
    const { receive, said, lines, ignore } = handling(false);
    for (const name of STOPPING) receive(name);
    receive('SIGHUP');
    expect(said).toEqual(STOPPING.map((name) => [name]));
    expect(lines).toEqual(['reload']);
    ignore();
    expect(listeners()).toEqual(before);
  });

  it('are all that would end the process, but for those that mean something else or that no program can handle', () => {
    const others = ['SIGKILL', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGHUP', 'SIGUSR1', 'SIGPROF'];
    const endNothing = [
      'SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGWINCH', 'SIGPIPE', 'SIGXFSZ',
    ]; // biome-ignore format: a list of words
    const aliases = ['SIGIOT', 'SIGPOLL', 'SIGUNUSED'];
    const known = Object.keys(constants.signals).filter((each) => !aliases.includes(each));
    expect([...STOPPING, ...others, ...endNothing].sort()).toEqual(known.sort());
  });

  it('let no second error come between the first and the end of the process', () => {
    const before = listenersOf('uncaughtException');
    const { receive, said, ignore } = handling(false);
    const failure = new Error('a defect');
    try {
      receive('uncaughtException', failure);
      ignore();
      receive('uncaughtException', new Error('another one'));
      expect(said[0]).toEqual(['internal error', failure]);
    } finally {
      for (const each of listenersOf('uncaughtException'))
        if (!before.includes(each)) process.off('uncaughtException', each);
    }
  });

  it('stop a lab whose terminal has hung up', () => {
    const { receive, said, lines, ignore, hangUp } = handling(true);
    try {
      hangUp();
      receive('SIGHUP');
      expect(said).toEqual([[expect.stringContaining('hung up')]]);
      expect(lines).toEqual([]);
    } finally {
      ignore();
    }
  });

  it('wait a moment for the hang-up, and reload if none comes', async () => {
    const { receive, said, lines, ignore, hangUp } = handling(true);
    try {
      receive('SIGHUP');
      await expect.poll(() => lines).toEqual(['reload']);
      receive('SIGHUP');
      hangUp();
      await expect.poll(() => said).toEqual([[expect.stringContaining('hung up')]]);
    } finally {
      ignore();
    }
  });
});
