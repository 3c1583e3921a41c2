import { readFileSync } from 'node:fs';

/** Whether this process has a controlling terminal, which a hang-up takes away. Source: proc_pid_stat(5), field 7. */
export const hasControllingTerminal = (): boolean => {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // The name in field 2 may hold spaces and parentheses; the fields after it hold neither.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[4] !== '0';
  } catch {
    return false;
  }
};
