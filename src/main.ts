#!/usr/bin/env node
import { run } from './cli/run.js';

// A reader that has gone away, as in `tunpike … | head`, is not an error, and no reason to stop a lab.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2));
// Nothing may keep a finished command running.
setTimeout(() => process.exit(), 1000).unref();
