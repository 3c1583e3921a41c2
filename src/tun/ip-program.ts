import { execFileSync } from 'node:child_process';
import { Failure } from '../failure.js';

/** Runs `ip` in a namespace (its file; undefined for ours) and returns its output; throws if it fails. */
export type IpProgram = (args: readonly string[], namespace: string | undefined, input?: string) => string;

export const ipProgram: IpProgram = (args, namespace, input) => {
  const [file, argv] =
    namespace === undefined ? ['ip', args] : ['nsenter', [`--net=${namespace}`, 'ip', ...args]];
  try {
    return execFileSync(file, argv, { encoding: 'utf8', input: input ?? '', stdio: 'pipe' });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') {
      const owner = file === 'ip' ? 'iproute2' : 'util-linux';
      throw new Failure(4, `${file} (${owner}) not found`, `apt-get install ${owner}`);
    }
    const stderr = 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`ip ${args.join(' ')}: ${stderr || error.message}`);
  }
};
