/**
 * Every signal that can be caught and would end the process at once, but for these:
 *
 * - SIGHUP and SIGUSR1, which mean something else, and SIGPROF, which is that of V8's profiler;
 * - SIGSEGV, SIGBUS, SIGFPE and SIGILL, after which nothing can be relied on: Node lets nobody listen to them;
 * - SIGXFSZ, which ends nothing: Node ignores it, and whoever writes a file that may get no longer is told so.
 *
 * Node's own `abort` ends the process all the same: the C library raises SIGABRT once more, without a handler. A loop
 * that hangs handles none of them; who sent one (systemd, where its watchdog hears nothing) has to kill.
 */
export const STOPPING = [
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGABRT',
  'SIGTRAP',
  'SIGSYS',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const satisfies readonly NodeJS.Signals[];

/** The same for a command, whose terminal may go. */
export const ENDING = [...STOPPING, 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];
