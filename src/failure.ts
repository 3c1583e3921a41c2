/**
 * The exit codes of the program.
 *
 * 0 done, 1 the answer is no, 2 usage, 3 configuration invalid, 4 missing privilege or kernel feature,
 * 5 no such instance, 6 host conflict, 7 not applied, 8 timed out, 9 clean-up incomplete, 70 internal error.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 70;

/** An error that the user can fix: what went wrong, how to fix it, and the exit code. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** What to type or change; undefined if nothing helps. */
  readonly fix: string | undefined;

  constructor(exitCode: ExitCode, message: string, fix?: string) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.fix = fix;
  }
}
