import { INSIDE_VARIABLE } from './runtime-directory.js';

/**
 * The line that lets a shell's programs open so many files, where they may not have as many.
 *
 * Node has asked for all that the hard limit allows, so only root can mend it. Source: getrlimit(2).
 */
export const moreOpenFiles = (count: number, user = userOfShell()): string =>
  user === 0
    ? `ulimit -n ${count}`
    : `sudo prlimit --pid $$ --nofile=${count}   (only root may raise the hard limit)`;

/** Who started us; inside a rootless lab we seem to be root. */
const userOfShell = (): number => Number(process.env[INSIDE_VARIABLE] ?? process.getuid?.());
