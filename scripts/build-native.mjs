// Compiles the TUN addon with the C compiler that is there: no node-gyp, no Python, 0.3 s.
//
//   node scripts/build-native.mjs              build/tun-<platform>-<arch>.node, unless that is up to date
//   node scripts/build-native.mjs --prebuild   prebuilds/<platform>-<arch>/tun.node, for publishing
//   node scripts/build-native.mjs --sanitize   build/tun-<platform>-<arch>.sanitized.node, for scripts/test-native.mjs
//
// It is the `install` script, so it never fails an installation: without a compiler it says what mends that.
// TUNPIKE_NATIVE_STRICT=1 makes a missing addon an error, which CI wants. CC names another compiler.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src', 'tun', 'native');
const platform = `${process.platform}-${process.arch}`;
const prebuilt = join(root, 'prebuilds', platform, 'tun.node');
const built = join(root, 'build', `tun-${platform}.node`);
const sanitized = join(root, 'build', `tun-${platform}.sanitized.node`);
const forPublishing = process.argv.includes('--prebuild');
const forTests = process.argv.includes('--sanitize');
const SANITIZERS = [
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  '-g',
];
const MEND = 'Install a C compiler (apt-get install gcc libc6-dev) and run: npm rebuild';

process.exitCode = main();

function main() {
  if (process.platform !== 'linux') return 0;
  if (!forPublishing && !forTests && (loads(prebuilt) || isUpToDate(built))) return 0;
  const target = forPublishing ? prebuilt : forTests ? sanitized : built;
  const fault = compile(target);
  if (fault === undefined) {
    console.log(`native TUN addon: built ${relative(root, target)}`);
    return 0;
  }
  console.error(`native TUN addon: NOT built (${fault}). ${MEND}`);
  return process.env.TUNPIKE_NATIVE_STRICT === '1' || forPublishing || forTests ? 1 : 0;
}

/** What went wrong, in one line; undefined where nothing did. */
function compile(target) {
  const headers = headerFolder();
  if (headers === undefined) return 'node_api.h not found';
  mkdirSync(dirname(target), { recursive: true });
  // Another name until it is whole, so that a process that starts meanwhile loads the old one or the new one.
  const partial = `${target}.${process.pid}`;
  const compiler = process.env.CC ?? 'cc';
  const flags = [
    '-shared',
    '-fPIC',
    '-O2',
    '-std=gnu11',
    '-Wall',
    '-Wextra',
    '-fvisibility=hidden',
    '-pthread',
  ];
  flags.push(...(forTests ? SANITIZERS : ['-s']));
  const files = readdirSync(sources).filter((file) => file.endsWith('.c'));
  const { error, status, stderr } = spawnSync(
    compiler,
    [...flags, '-DNAPI_VERSION=8', '-I', headers, '-o', partial, ...files.map((file) => join(sources, file))],
    { encoding: 'utf8' },
  );
  if (error !== undefined) return `${compiler}: ${error.code}`;
  if (status !== 0) {
    rmSync(partial, { force: true });
    return `${compiler}: ${stderr.split('\n').find((line) => /error/i.test(line)) ?? `exit code ${status}`}`;
  }
  if (stderr !== '') console.error(stderr);
  // One with sanitizers loads only where their library was loaded before Node.
  if (!forTests && !loads(partial)) {
    rmSync(partial, { force: true });
    return 'what was built does not load';
  }
  renameSync(partial, target);
  return undefined;
}

function headerFolder() {
  const folders = [join(dirname(dirname(process.execPath)), 'include', 'node'), '/usr/include/node'];
  try {
    folders.unshift(require('node-api-headers').include_dir);
  } catch {
    // Not installed yet, or left out: Node's own headers are as good.
  }
  return folders.find((folder) => existsSync(join(folder, 'node_api.h')));
}

/** Tried in a process of its own: an addon that crashes must not take the installation with it. */
function loads(file) {
  if (!existsSync(file)) return false;
  const load = 'process.dlopen({ exports: {} }, process.argv[1])';
  return spawnSync(process.execPath, ['-e', load, file], { stdio: 'ignore' }).status === 0;
}

function isUpToDate(target) {
  if (!existsSync(target)) return false;
  const newest = Math.max(
    ...readdirSync(sources).map((file) => statSync(join(sources, file)).mtimeMs),
    statSync(fileURLToPath(import.meta.url)).mtimeMs,
  );
  return statSync(target).mtimeMs > newest && loads(target);
}
