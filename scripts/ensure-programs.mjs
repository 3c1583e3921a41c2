// Sees that the programs which a demo or the tests call are there: `node scripts/ensure-programs.mjs demo|test`.
// Installs what is missing where it may (root, apt-get); else it prints the line that mends it. Never fails:
// whoever needs a missing program says so. TUNPIKE_NO_INSTALL=1 keeps it from installing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package of each program. */
const PACKAGES = {
  ip: 'iproute2',
  ping: 'iputils-ping',
  tracepath: 'iputils-tracepath',
  traceroute: 'traceroute',
  mtr: 'mtr-tiny',
  tcpdump: 'tcpdump',
  tshark: 'tshark',
  capinfos: 'wireshark-common',
  hping3: 'hping3',
  nmap: 'nmap',
  sysctl: 'procps',
  iperf: 'iperf',
  iperf3: 'iperf3',
  curl: 'curl',
  nc: 'netcat-openbsd',
  socat: 'socat',
  python3: 'python3',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  'systemd-analyze': 'systemd',
  strace: 'strace',
  newuidmap: 'uidmap',
  zsh: 'zsh',
  fish: 'fish',
  zebra: 'frr',
  vtysh: 'frr',
  chromium: 'chromium',
};

/** FRR's daemons are on nobody's path. */
const FRR = '/usr/lib/frr';

const NEEDS = {
  demo: ['ip', 'ping', 'traceroute'],
  test: Object.keys(PACKAGES),
};

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin', FRR];

const isInstalled = (program) =>
  folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const purpose = process.argv[2] ?? '';
if (!Object.hasOwn(NEEDS, purpose)) {
  console.error('usage: node scripts/ensure-programs.mjs demo|test');
  process.exit(2);
}
const missing = NEEDS[purpose].filter((program) => !isInstalled(program));
if (missing.length > 0) {
  const packages = [...new Set(missing.map((program) => PACKAGES[program]))];
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const mayInstall =
    process.getuid?.() === 0 && isInstalled('apt-get') && (process.env.TUNPIKE_NO_INSTALL ?? '') === '';
  if (!mayInstall) {
    console.error(`not installed: ${missing.join(', ')}. As root: ${line}`);
  } else {
    console.error(`not installed: ${missing.join(', ')}. Running: ${line}`);
    if (!install(packages)) console.error(`that did not work; what needs ${missing.join(', ')} will say so`);
  }
}

/** At once with the package lists that are there, once more with new ones, and then what can be had of them. */
function install(packages) {
  const mayStart = forbidServices();
  try {
    const got = (...names) => run('apt-get', 'install', '-y', '--no-install-recommends', ...names);
    if (got(...packages).status === 0) return true;
    run('apt-get', 'update');
    const { status, stderr } = got(...packages);
    if (status === 0) return true;
    console.error((stderr ?? '').trim().split('\n').slice(-3).join('\n'));
    // One that a distribution does not have keeps no other away.
    if (packages.length > 1) for (const each of packages) got(each);
    return false;
  } finally {
    mayStart();
    // Its tests run its daemons themselves, in namespaces; this machine is not to become a router.
    if (packages.includes('frr')) run('systemctl', 'disable', '--now', 'frr.service');
  }
}

/** Keeps packages from starting a service of theirs, as Debian wants it said; gives what undoes that. */
function forbidServices() {
  const file = '/usr/sbin/policy-rc.d';
  if (existsSync(file)) return () => {};
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(file, { force: true });
}

function run(program, ...args) {
  return spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
