import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LinkWatch } from './link-watch.js';
import type { LinkChange } from './rtnetlink.js';

/** Reports changes to links through a running `ip monitor`, for back ends without a netlink socket. */
export function monitorLinks(
  namespace: string | undefined,
  changed: (change: LinkChange) => void,
): LinkWatch {
  const inside = namespace === undefined ? [] : ['nsenter', `--net=${namespace}`];
  // Also where we are killed it ends with us.
  const args = ['--pdeathsig', 'KILL', ...inside, 'ip', '-o', 'monitor', 'link'];
  const child: ChildProcess = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', () => {});
  child.unref();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const change = linkChangeOf(line);
    if (change !== undefined) changed(change);
  });
  // A child that outlives us would run forever.
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  return {
    close() {
      process.removeListener('exit', stop);
      stop();
    },
  };
}

/** Reads one line such as `5: tun0: <POINTOPOINT,UP> mtu 1500 …` or `Deleted 5: tun0: …`; undefined if it is not about a link. */
export function linkChangeOf(line: string): LinkChange | undefined {
  const match = /^(Deleted )?(\d+): ([^:@\s]+)[^<]*<([^>]*)> mtu (\d+)/.exec(line);
  if (match === null) return undefined;
  const [, deleted, index, name, flags, mtu] = match;
  return {
    index: Number(index),
    name: name!,
    isUp: flags!.split(',').includes('UP'),
    mtu: Number(mtu),
    deleted: deleted !== undefined,
  };
}
