import type { InstanceState } from '../host/state-file.js';

/** The running lab of that name, or the only one that runs; a `Failure` (5) if there is none. */
export const instanceNamed = async (name: string | undefined): Promise<InstanceState> =>
  (await import('../host/state-file.js')).findInstance(name);
