import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../src/failure.js';
import { HostSide } from '../../src/host/host-side.js';
import { isInsideRootless, reexecRootless } from '../../src/host/rootless.js';
import { runtimeDirectory } from '../../src/host/runtime-directory.js';
import { host, lab, openRealPort } from './lab.js';

// A rootless lab of one host in a process of its own, which says `ready` and ends with code 7 at SIGTERM.
if (isInsideRootless()) {
  const side = await HostSide.bring(lab({ name: 'rootless', hosts: [host({ name: 'alice' })] }), {
    openPort: openRealPort,
    instance: { socket: '/tmp/none.sock', file: undefined, version: '0.0.0', rootless: true },
    log: () => {},
  });
  process.once('SIGTERM', () => void side.close().then(() => process.exit(7)));
  setInterval(() => {}, 60_000);
  const namespaces = execFileSync('ip', ['netns'], { encoding: 'utf8' }).trim();
  console.log(JSON.stringify({ uid: process.getuid?.(), namespaces, directory: runtimeDirectory() }));
  console.log(`ready ${process.pid}`);
} else {
  try {
    process.exitCode = await reexecRootless([], fileURLToPath(import.meta.url));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`failure ${error.exitCode}: ${error.message} / ${error.fix}`);
    process.exitCode = error.exitCode;
  }
}
