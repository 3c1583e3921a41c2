/**
 * Every signal that can be caught and would end the process at once, but for SIGHUP and SIGUSR1. SIGXFSZ would not: Node
 * ignores it, and whoever writes a file that may get no longer is told so.
 */
export const STOPPING = [
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const satisfies readonly NodeJS.Signals[];
