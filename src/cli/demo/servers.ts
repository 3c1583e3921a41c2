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
  ready: /listening\n$/,
});

/** The longest time until a server can be used, in milliseconds. */
const PATIENCE = 8000;
/** In milliseconds. */
const BETWEEN_LOOKS = 10;

/**
 * Ends the program when nobody holds the other end of its standard input any more: also where this process was killed.
 *
 * A program that is not installed ends it at once, with 127.
 */
const GUARD = 'command -v "$1" >/dev/null || exit 127; "$@" </dev/null & cat >/dev/null; kill $!';

/** The programs that serve a scenario, while they run. */
export interface Servers {
  /** Resolves when all of them can be used, which one that has just been used may need a moment for. */
  ready(): Promise<void>;
  /** Ends them. */
  stop(): Promise<void>;
}

/**
 * Starts programs that serve a scenario, each on its host. The signals of the terminal do not reach them.
 *
 * One that is not installed, or does not come up, is left out: the steps that need it say what is missing.
 */
export const startServers = (servers: readonly Server[], namespaceOf: (host: string) => string): Servers => {
  const started = servers.map((server) => start(server, namespaceOf(server.host)));
  return {
    ready: async () => void (await Promise.all(started.map((each) => each.ready()))),
    stop: async () => void (await Promise.all(started.map((each) => each.stop()))),
  };
};

const start = ({ command, ready }: Server, namespace: string): Servers => {
  const guarded = ['netns', 'exec', namespace, 'env', 'LC_ALL=C', 'sh', '-c', GUARD, 'sh', ...command];
  const child = spawn('ip', guarded, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  let said = '';
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  }).finally(() => {
    hasEnded = true;
  });
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stdin.on('error', () => {});
  return {
    async ready() {
      const end = performance.now() + PATIENCE;
      while (!hasEnded && !ready.test(said) && performance.now() < end)
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    },
    stop() {
      child.stdin.end();
      return ended;
    },
  };
};
