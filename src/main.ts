#!/usr/bin/env node
// By default Node opens its inspector on SIGUSR1, which lets any local user run code in this process. So this comes first.
process.on('SIGUSR1', () => {});

const [{ run }, { endWithoutTerminal }] = await Promise.all([
  import('./cli/run.js'),
  import('./cli/hung-up.js'),
]);

// A reader that went away, as in `tunpike … | head`, is no error, and no reason to stop a lab.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
endWithoutTerminal();

process.exitCode = await run(process.argv.slice(2));
// Nothing may keep a finished command from ending.
setTimeout(() => process.exit(), 1000).unref();
