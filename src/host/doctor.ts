import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { probeOffload } from '../tun/probe-offload.js';
import { CAP_NET_ADMIN, CAP_SYS_ADMIN, holdsCapability } from './capabilities.js';
import { bad, type Check, good } from './doctor-check.js';
import {
  backendCheck,
  backendInUse,
  hasRing,
  kernelCheck,
  privilegesCheck,
  ringCheck,
} from './doctor-devices.js';
import { offloadCheck, wishInForce } from './doctor-offload.js';
import { namesFault } from './namespaces.js';
import { programsThatSkip } from './point-to-point.js';
import { pathWithSbin } from './program-path.js';
import { tunDeviceFault, userNamespaceFault } from './rootless.js';
import { remedyOf, runtimeDirectory } from './runtime-directory.js';
import { type FoundStates, isAlive, isKilled, readStateFiles, removalOf } from './state-file.js';
import { folderFault } from './trust.js';

export interface DoctorOptions {
  /** Why the native TUN part cannot be loaded; undefined where it can. */
  readonly nativeFault: () => string | undefined;
  /** Whether the slower part, which needs no compiler, can be loaded instead. */
  readonly hasKoffi?: boolean;
  readonly directory?: string;
  /** What a running instance has to say against itself; undefined where it does not answer. */
  readonly warningsOf?: (instance: {
    readonly name: string;
    readonly socket: string;
  }) => Promise<readonly string[] | undefined>;
}

/** Looks at this machine, and changes nothing. */
export async function examine(options: DoctorOptions): Promise<readonly Check[]> {
  const [ip, userNamespaces] = await Promise.all([ipCheck(), userNamespaceCheck()]);
  const directory = options.directory ?? runtimeDirectory();
  const instances = readStateFiles(directory);
  const nativeFault = options.nativeFault();
  const backends = { nativeFault, hasKoffi: options.hasKoffi === true, choice: process.env.TUNPIKE_TUN };
  const backend = backendInUse(backends);
  const offload = { backend, choice: process.env.TUNPIKE_OFFLOAD, release: release(), probe: probeOffload };
  return [
    nodeCheck(process.versions.node),
    tunCheck(),
    driverCheck(),
    capabilityCheck('capability CAP_NET_ADMIN', CAP_NET_ADMIN, 'devices and addresses'),
    capabilityCheck('capability CAP_SYS_ADMIN', CAP_SYS_ADMIN, 'network namespaces'),
    userNamespaces,
    ip,
    backendCheck(backends),
    ringCheck({
      hasRing: hasRing(backend),
      wish: process.env.TUNPIKE_IO_URING,
      disabled: read('/proc/sys/kernel/io_uring_disabled'),
      release: release(),
    }),
    offloadCheck(offload),
    kernelCheck(release(), wishInForce(offload)),
    privilegesCheck(nativeFault),
    ...['ping', 'traceroute', 'mtr'].map(programCheck),
    namespaceFolderCheck(),
    runtimeDirectoryCheck(directory),
    reversePathCheck(),
    ...pointToPointChecks(),
    staleCheck(directory, instances),
    ...stateFileChecks(instances),
    ...(await runningChecks(options, instances)),
  ];
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? good('node', version)
    : bad(
        'node',
        `${version}, but 20.19 or newer is needed`,
        'install Node 20.19 or newer: https://nodejs.org',
      );
}

function tunCheck(): Check {
  const fault = tunDeviceFault();
  if (fault === undefined) {
    const mode = (statSync('/dev/net/tun').mode & 0o777).toString(8).padStart(4, '0');
    return good('/dev/net/tun', `readable and writable (mode ${mode})`);
  }
  return bad('/dev/net/tun', fault.message, fault.fix);
}

function driverCheck(): Check {
  // The character devices that have a driver are listed by it; a module that is not loaded yet has none.
  const loaded = read('/proc/misc')
    ?.split('\n')
    .some((line) => /^\s*200\s+tun$/.test(line));
  return loaded === true
    ? good('TUN driver', 'loaded')
    : bad('TUN driver', 'not loaded', 'sudo modprobe tun', true);
}

function capabilityCheck(name: string, bit: number, what: string): Check {
  return holdsCapability(bit)
    ? good(name, `there: ${what} can be made`, true)
    : bad(
        name,
        `missing: ${what} cannot be made here`,
        'sudo tunpike up FILE   (or: tunpike up --rootless FILE)',
        true,
      );
}

async function userNamespaceCheck(): Promise<Check> {
  const fault = await userNamespaceFault();
  const name = 'user namespaces';
  return fault === undefined
    ? good(name, 'allowed: --rootless and the demo work', true)
    : bad(name, fault.message, fault.fix, true);
}

function ipCheck(): Promise<Check> {
  const env = { ...process.env, PATH: pathWithSbin() };
  return new Promise((resolve) => {
    execFile('ip', ['-V'], { timeout: 5_000, env }, (error, stdout, stderr) => {
      if (`${stdout}${stderr}`.includes('BusyBox'))
        resolve(bad('ip (iproute2)', 'this is the `ip` of BusyBox, which knows too little', iprouteFix()));
      else if (error !== null) resolve(bad('ip (iproute2)', 'not installed', iprouteFix()));
      else resolve(good('ip (iproute2)', stdout.trim().replace(/^ip utility, /, '')));
    });
  });
}

const iprouteFix = (): string =>
  existsSync('/sbin/apk') ? 'apk add iproute2' : 'sudo apt-get install iproute2';

const PACKAGES: Readonly<Record<string, string>> = {
  ping: 'iputils-ping',
  traceroute: 'traceroute',
  mtr: 'mtr-tiny',
};

function programCheck(program: string): Check {
  const path = pathWithSbin()
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync);
  return path === undefined
    ? bad(program, 'not installed', `sudo apt-get install ${PACKAGES[program] ?? program}`, true)
    : good(program, path, true);
}

function namespaceFolderCheck(): Check {
  const fault = namesFault();
  if (fault !== undefined) return bad('named namespaces', fault.what, fault.fix, true);
  const folder = existsSync('/run/netns') ? '/run/netns' : '/run';
  return isWritable(folder)
    ? good('named namespaces', `${folder} is writable`, true)
    : bad(
        'named namespaces',
        `${folder} is not writable`,
        'sudo tunpike up FILE   (or: tunpike up --rootless FILE)',
        true,
      );
}

function runtimeDirectoryCheck(directory: string): Check {
  const name = 'control folder';
  let folder = directory;
  const fault = folderFault(directory);
  if (fault !== undefined) return bad(name, `${directory}: ${fault}`, remedyOf(directory, fault));
  while (!existsSync(folder)) folder = join(folder, '..');
  return isWritable(folder)
    ? good(name, directory)
    : bad(name, `${folder} is not writable`, `export TUNPIKE_RUNTIME_DIR=/tmp/tunpike-$(id -u)`);
}

/** The kernel takes the larger of `all` and the device's own, which a new device has from `default`. */
function reversePathCheck(): Check {
  const name = 'rp_filter';
  const [all, fresh] = ['all', 'default'].map((scope) =>
    Number(read(`/proc/sys/net/ipv4/conf/${scope}/rp_filter`) ?? 0),
  );
  const effective = Math.max(all ?? 0, fresh ?? 0);
  const meaning = ['off', 'strict', 'loose'][effective] ?? String(effective);
  const detail = `${effective} (${meaning}) on a new device here: all=${all}, default=${fresh}`;
  return effective === 1
    ? bad(
        name,
        `${detail}; a host with two links drops what comes in by the one that it would not answer by`,
        'sudo sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.default.rp_filter=2',
        true,
      )
    : good(name, detail, true);
}

const pointToPointChecks = (): readonly Check[] =>
  programsThatSkip().map(({ program, detail, fix }) => bad(program, detail, fix, true));

function staleCheck(directory: string, { states }: FoundStates): Check {
  const name = 'instances';
  const stale = states.filter(isKilled).map((state) => state.name);
  const running = states.filter(isAlive).map((state) => state.name);
  if (stale.length > 0)
    return bad(
      name,
      `ended without cleaning up: ${stale.join(', ')}`,
      `tunpike down ${stale[0]} --force`,
      true,
    );
  const folder = folderFault(directory) === undefined && existsSync(directory) ? readdirSync(directory) : [];
  return good(
    name,
    running.length > 0 ? `running: ${running.join(', ')}` : `none running (${folder.length} files)`,
    true,
  );
}

/** One check for each state file that is not believed; what it tells of is for a person to undo. */
const stateFileChecks = ({ faults }: FoundStates): readonly Check[] =>
  faults.map((fault) =>
    bad(
      `state of ${fault.name}`,
      `${fault.path} is not believed: ${fault.why}`,
      `look at it, then: ${removalOf([fault])}`,
      true,
    ),
  );

/** One check for each thing that keeps the programs of a running lab from working. */
async function runningChecks(
  { warningsOf }: DoctorOptions,
  { states }: FoundStates,
): Promise<readonly Check[]> {
  if (warningsOf === undefined) return [];
  const running = states.filter(isAlive);
  const checks = await Promise.all(
    running.map(async (state) => {
      const name = `lab ${state.name}`;
      const warnings = await warningsOf(state);
      if (warnings === undefined)
        return [bad(name, 'does not answer', `tunpike down ${state.name} --force`, true)];
      return warnings.map((warning) => {
        const [detail = '', fix] = warning.split('; ', 2);
        return bad(name, detail, fix, true);
      });
    }),
  );
  return checks.flat();
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
