import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { Failure } from '../failure.js';
import { runPassingSignals } from './netns-exec.js';
import { serveOutside } from './outside.js';
import { pathWithSbin } from './program-path.js';
import { INSIDE_VARIABLE, makeRuntimeDirectory, RUNTIME_DIRECTORY_VARIABLE } from './runtime-directory.js';

const UNSHARE = ['unshare', '--user', '--map-root-user', '--net', '--mount'] as const;
/**
 * The same with every user and group that /etc/subuid and /etc/subgid lend us, so that programs which give up
 * root for a user of their own, as tcpdump does, can do so. Source: newuidmap(1), unshare(1) of util-linux 2.38.
 */
const UNSHARE_WITH_USERS = [...UNSHARE, '--map-auto'] as const;

/**
 * Makes /run/netns a folder that is ours, and then becomes the program.
 *
 * Where /run has none we cannot make one, so /run is built anew from mounts of its own entries: the control
 * socket, among others, stays where it is. Nobody outside of the mount namespace sees any of it.
 */
const ENTER = `
if [ -d /run/netns ]; then
  mount -t tmpfs tmpfs /run/netns
else
  new=$(mktemp -d) && mount -t tmpfs tmpfs "$new" && mkdir "$new/netns" || exit 4
  for entry in /run/* /run/.[!.]*; do
    [ "$entry" = /run/netns ] && continue
    copy="$new/\${entry##*/}"
    if [ -d "$entry" ]; then mkdir "$copy"; elif [ -e "$entry" ]; then : > "$copy"; else continue; fi
    mount --rbind "$entry" "$copy" 2>/dev/null
  done
  mount --move "$new" /run 2>/dev/null
  rmdir "$new" 2>/dev/null
fi
[ -w /run/netns ] || { echo 'tunpike: no private /run/netns' >&2; exit 4; }
ip link set dev lo up
exec "$@"
`;

/** Whether we are the part of a rootless lab that runs inside. */
export const isInsideRootless = (): boolean => process.env[INSIDE_VARIABLE] !== undefined;

/** Runs this program once more, as {@link rootlessCommand} says; gives its exit code. */
export async function reexecRootless(
  argv: readonly string[],
  script = process.argv[1] ?? '',
): Promise<number> {
  const { command, environment } = await rootlessCommand(argv, script);
  return runPassingSignals(command, environment, { talk: serveOutside });
}

/** A command, and the environment that it needs. */
export interface PreparedCommand {
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * What runs this program once more as root of user, network and mount namespaces of its own.
 *
 * `argv` is what follows the script: `['up', 'lab.yaml']`. Its process id stays the same from the first
 * moment, so signals, the state file and `nsenter` mean the lab itself. Throws a `Failure` 4 where the machine
 * does not let us.
 */
export async function rootlessCommand(
  argv: readonly string[],
  script = process.argv[1] ?? '',
): Promise<PreparedCommand> {
  const device = tunDeviceFault();
  if (device !== undefined) throw device;
  const unshare = await unshareCommand();
  if (unshare instanceof Failure) throw unshare;
  const program = [process.execPath, ...process.execArgv, script, ...argv];
  return {
    command: [...unshare, 'sh', '-c', ENTER, 'tunpike', ...program],
    environment: {
      ...process.env,
      [INSIDE_VARIABLE]: String(process.getuid?.() ?? 0),
      [RUNTIME_DIRECTORY_VARIABLE]: makeRuntimeDirectory(),
    },
  };
}

/** What keeps us from opening TUN devices, whatever namespace we are in; undefined where nothing does. */
export function tunDeviceFault(path = '/dev/net/tun'): Failure | undefined {
  if (!existsSync(path))
    return new Failure(
      4,
      `${path} does not exist`,
      'modprobe tun   (in a container: start it with --device /dev/net/tun)',
    );
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return new Failure(
      4,
      `no permission to read and write ${path}`,
      `run as root, or have an administrator run: chmod 0666 ${path}`,
    );
  }
}

/** What keeps us from making user namespaces, found by making one; undefined where nothing does. */
export const userNamespaceFault = (): Promise<Failure | undefined> => faultOf(UNSHARE);

/** Whether the user namespace that we are in knows no user but its root. Source: user_namespaces(7). */
export function knowsOnlyRoot(pid: number | 'self' = 'self'): boolean {
  try {
    const [first = '', ...rest] = readFileSync(`/proc/${pid}/uid_map`, 'latin1').trim().split('\n');
    return rest.length === 0 && first.trim().split(/\s+/)[2] === '1';
  } catch {
    return false;
  }
}

/** What makes the namespaces, with as many users as this machine lets us have, or what keeps us from it. */
async function unshareCommand(): Promise<readonly string[] | Failure> {
  if ((await faultOf(UNSHARE_WITH_USERS)) === undefined) return UNSHARE_WITH_USERS;
  return (await faultOf(UNSHARE)) ?? UNSHARE;
}

function faultOf([file, ...args]: typeof UNSHARE | typeof UNSHARE_WITH_USERS): Promise<Failure | undefined> {
  const env = { ...process.env, PATH: pathWithSbin(), LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(file, [...args, 'true'], { timeout: 10_000, env }, (error, _stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.code === 'ENOENT')
        resolve(new Failure(4, 'the program `unshare` is not installed', 'apt-get install util-linux'));
      else
        resolve(
          new Failure(
            4,
            `this machine does not let us make a user namespace: ${stderr.trim() || error.message}`,
            userNamespaceFix(),
          ),
        );
    });
  });
}

/** The line that allows user namespaces, by the switch that forbids them; a system has one of three. */
function userNamespaceFix(): string {
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  if (setting('kernel/unprivileged_userns_clone') === '0')
    return 'sudo sysctl -w kernel.unprivileged_userns_clone=1';
  if (setting('user/max_user_namespaces') === '0') return 'sudo sysctl -w user.max_user_namespaces=15000';
  return 'run as root (in a container: start it with --security-opt seccomp=unconfined or --privileged)';
}

function setting(path: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${path}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}
