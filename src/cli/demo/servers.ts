import { spawn } from 'node:child_process';
import type { Server } from './scenario.js';

/** A million octets by HTTP, whatever is asked for. */
export const fileServer = (host: string): Server => ({
  host,
  command: [
    process.execPath,
    '-e',
    `require('node:http')
      .createServer((request, response) => {
        response.setHeader('Content-Length', 1_000_000);
        response.end(Buffer.alloc(1_000_000));
      })
      .listen(8000, '0.0.0.0', () => console.log('listening'))`,
  ],
  ready: /listening/,
});

/** The longest time until a server can be used, in milliseconds. */
const PATIENCE = 8000;

/**
 * Ends the program when nobody holds the other end of its standard input any more: also where this process was killed.
 *
 * A program that is not installed ends it at once, with 127.
 */
const GUARD = 'command -v "$1" >/dev/null || exit 127; "$@" </dev/null & cat >/dev/null; kill $!';

/**
 * Starts programs that serve a scenario, each on its host, and waits until all of them can be used.
 *
 * One that is not installed, or does not come up, is left out: the steps that need it say what is missing. The signals
 * of the terminal do not reach them; call what is returned to end them.
 */
export const startServers = async (
  servers: readonly Server[],
  namespaceOf: (host: string) => string,
): Promise<() => Promise<void>> => {
  const started = servers.map((server) => start(server, namespaceOf(server.host)));
  await Promise.all(started.map(({ ready }) => ready));
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()));
  };
};

const start = ({ command, ready }: Server, namespace: string) => {
  const guarded = ['netns', 'exec', namespace, 'env', 'LC_ALL=C', 'sh', '-c', GUARD, 'sh', ...command];
  const child = spawn('ip', guarded, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  let said = '';
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (ready.test(said)) resolve();
    });
    const timeout = setTimeout(resolve, PATIENCE);
    void ended.then(resolve).finally(() => clearTimeout(timeout));
  });
  child.stdin.on('error', () => {});
  return {
    ready: isReady,
    stop: (): Promise<void> => {
      child.stdin.end();
      return ended;
    },
  };
};
