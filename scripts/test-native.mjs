// Builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer, and calls all that it exports with arbitrary
// arguments, in network and mount namespaces of their own.
//
//   node scripts/test-native.mjs [ROUNDS [SEED]]      200,000 rounds unless told; the seed is printed
//
// Exit code: 0 nothing found, 1 something found, 77 the compiler has no sanitizers or no namespaces can be made.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optionsOf } from './options.mjs';

const scripts = dirname(fileURLToPath(import.meta.url));
const addon = join(scripts, '..', 'build', `tun-${process.platform}-${process.arch}.sanitized.node`);
const [rounds = '200000', seed = String(Date.now() % 1_000_000)] = optionsOf(import.meta, {
  allowPositionals: true,
}).positionals;
const SKIPPED = 77;

process.exitCode = main();

function main() {
  const library = spawnSync(process.env.CC ?? 'cc', ['-print-file-name=libasan.so'], {
    encoding: 'utf8',
  }).stdout?.trim();
  if (library === undefined || !isAbsolute(library) || !existsSync(library))
    return skip('the compiler has no libasan');
  const inside = process.getuid?.() === 0 ? ['-n', '-m'] : ['-U', '-r', '-n', '-m'];
  if (spawnSync('unshare', [...inside, 'true']).status !== 0) return skip('no namespaces can be made here');
  const build = spawnSync(process.execPath, [join(scripts, 'build-native.mjs'), '--sanitize'], {
    stdio: 'inherit',
  });
  if (build.status !== 0) return 1;
  console.log(`${rounds} rounds, seed ${seed}`);
  const command = 'mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && LD_PRELOAD="$0" exec "$@"';
  const program = [process.execPath, join(scripts, 'fuzz-native.mjs'), addon, rounds, seed];
  const { status, signal } = spawnSync('unshare', [...inside, 'sh', '-c', command, library, ...program], {
    stdio: 'inherit',
    // Node itself leaves memory to the end of the process.
    env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' },
  });
  if (status === 0) return 0;
  console.error(`ended by ${signal ?? `exit code ${status}`}`);
  return 1;
}

function skip(why) {
  console.error(`skipped: ${why}`);
  return SKIPPED;
}
