#!/usr/bin/env node
// By default Node opens its inspector on SIGUSR1, which lets any local user run code in this process. So this comes first.
process.on('SIGUSR1', () => {});
// What a signal has begun before, while Node itself started, ends here; whoever asks for the inspector in words keeps it.
const inspector = process.features.inspector ? await import('node:inspector') : undefined;
const isAskedFor = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((each) =>
  each.includes('--inspect'),
);
const shut = (): void => {
  if (!isAskedFor && inspector?.url() !== undefined) inspector.close();
};
shut();
for (const later of [0, 20, 100, 500]) setTimeout(shut, later).unref();

const [{ run }, { endWithoutTerminal }, { watchOutput }] = await Promise.all([
  import('./cli/run.js'),
  import('./cli/hung-up.js'),
  import('./cli/output-failure.js'),
]).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  // What says so otherwise could not be loaded either.
  process.stderr.write('error: this process may not have enough open files to run the program\n');
  const more = process.getuid?.() === 0 ? 'ulimit -n 1024' : 'sudo prlimit --pid $$ --nofile=1024';
  process.stderr.write(`fix: ${more}\n`);
  process.exit(4);
});
endWithoutTerminal();
const output = watchOutput();

const argv = process.argv.slice(2);
process.exitCode = await run(argv);
process.once('exit', (code) => {
  // A lab is not its output.
  if (code !== 0 || output.reason === undefined || argv.includes('up')) return;
  process.stderr.write(`error: the answer could not be written: ${output.reason}\n`);
  process.exitCode = 70;
});
// Nothing may keep a finished command running.
setTimeout(() => process.exit(), 1000).unref();
