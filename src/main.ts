#!/usr/bin/env node
// By default Node opens its inspector on SIGUSR1, which lets any local user run code in this process. So this comes first.
process.on('SIGUSR1', () => {});

const [{ run }, { endWithoutTerminal }, { watchOutput }] = await Promise.all([
  import('./cli/run.js'),
  import('./cli/hung-up.js'),
  import('./cli/output-failure.js'),
]);
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
