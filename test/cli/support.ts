import { run } from '../../src/cli/run.js';

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, and keeps what it says. */
export const tunpike = async (...argv: readonly string[]): Promise<Said> => {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run(argv, {
    stdout: {
      write: (text) => {
        said.stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        said.stderr += text;
      },
    },
    env: {},
  });
  return { exitCode, ...said };
};
