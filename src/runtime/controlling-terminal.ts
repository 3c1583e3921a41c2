import { statFields } from '../host/process-identity.js';

/** Whether this process has a controlling terminal, which a hang-up takes away. Source: proc_pid_stat(5), field 7. */
export const hasControllingTerminal = (): boolean => {
  try {
    return statFields('self')[4] !== '0';
  } catch {
    return false;
  }
};
