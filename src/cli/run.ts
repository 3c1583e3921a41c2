import { reportError } from './error-output.js';
import { type Io, processIo } from './io.js';
import { ownWords } from './own-words.js';
import { pingWords } from './ping-words.js';
import { buildProgram, meantCommand } from './program.js';
import { type GlobalFlags, terminal } from './terminal.js';

/** Runs one command line, without the interpreter and the script in `argv`; never throws. */
export const run = async (words: readonly string[], io: Io = processIo()): Promise<number> => {
  const argv = ownWords(pingWords(words));
  let exitCode = 0;
  let flags: GlobalFlags = {};
  try {
    const program = await buildProgram(
      io,
      async (body) => {
        flags = program.opts<GlobalFlags>();
        exitCode = await body(terminal(io, flags));
      },
      meantCommand(io, argv),
    );
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, terminal(io, flags), argv);
  }
};
