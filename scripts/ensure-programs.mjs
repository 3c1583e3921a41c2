// Sees that the programs which a demo or the tests call are there: `node scripts/ensure-programs.mjs demo|test`.
// Installs what is missing where it may (root, apt-get); else it prints the line that mends it. Never fails:
// whoever needs a missing program says so. TUNPIKE_NO_INSTALL=1 keeps it from installing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
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
  nc: 'netcat-openbsd',
  socat: 'socat',
  python3: 'python3',
};

const NEEDS = {
  demo: ['ip', 'ping', 'traceroute'],
  test: Object.keys(PACKAGES),
};

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

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

/** At once with the package lists that are there, and once more with new ones. */
function install(packages) {
  const aptGet = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const wanted = ['install', '-y', '--no-install-recommends', ...packages];
  if (aptGet(...wanted).status === 0) return true;
  aptGet('update');
  const { status, stderr } = aptGet(...wanted);
  if (status !== 0) console.error((stderr ?? '').trim().split('\n').slice(-3).join('\n'));
  return status === 0;
}
