// Plants one fault after the other in a copy of the addon's C, and sees whether the tests of the addon find it.
//
//   node scripts/mutation-native.mjs              all faults; needs what kernel tests need, and dist (npm run build)
//   node scripts/mutation-native.mjs WORDS        those whose name or file has these words
//
// The copy is in a folder of its own, and goes with it. Each fault meets the tests of the addon alone first, then the
// others of test/tun and those of namespaces, until one fails, and fails again by itself; and then arbitrary arguments
// under AddressSanitizer and UBSan. Without a fault all have to pass, or nothing is tried. Prints what found each fault.
//
// Exit code: 0 all were found, 1 not all, 2 what fails without a fault.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULTS } from './mutation/native-faults.mjs';
import { optionsOf, usageOf } from './options.mjs';

const root = join(import.meta.dirname, '..');
const words = optionsOf(import.meta, { allowPositionals: true }).positionals.join(' ');
const faults = FAULTS.filter(({ name, file }) => `${file}: ${name}`.includes(words));
if (faults.length === 0) usageOf(import.meta)(`no fault has "${words}" in its name or file`);
const COPIED = ['src', 'test', 'scripts', 'dist', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const TESTS = [
  ['addon-arguments', 'addon-leavings', 'interrupted', 'burst', 'timer'].map(
    (each) => `test/tun/${each}.test.ts`,
  ),
  ['test/tun', 'test/host/namespaces.test.ts'],
];
/** Another package, and the sanitizers, which come by themselves. */
const NOT = ['**/tuntap2*', '**/native.test.ts'];
const [ROUNDS, SEED] = ['10000', '1'];
/** Milliseconds: whatever takes longer never ends. */
const [PATIENCE, TEST] = [300_000, 30_000];

const folder = mkdtempSync(join(tmpdir(), 'tunpike-faults-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
for (const each of COPIED) cpSync(join(root, each), join(folder, each), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

process.exitCode = main();

function main() {
  if (!existsSync(join(root, 'dist/main.js'))) return fails('there is no dist: npm run build');
  const found = finder();
  if (found !== undefined) return fails(`without any fault: ${found}`);
  let missed = 0;
  for (const fault of faults) {
    const by = withFault(fault, finder);
    if (by === undefined) missed++;
    console.log(`${fault.file}: ${fault.name}\n  ${by ?? 'NOT FOUND'}`);
  }
  console.log(`${faults.length - missed} of ${faults.length} found`);
  return missed === 0 ? 0 : 1;
}

function fails(why) {
  console.error(why);
  return 2;
}

function withFault({ name, file, is, becomes }, body) {
  const path = join(folder, 'src/tun/native', file);
  const text = readFileSync(path, 'utf8');
  const parts = text.split(is);
  if (parts.length !== 2) throw new Error(`${file}: ${name}: stands there ${parts.length - 1} times: ${is}`);
  writeFileSync(path, parts.join(becomes));
  try {
    return body();
  } finally {
    writeFileSync(path, text);
  }
}

/** What finds a fault: the title of a test, or the first words of a sanitizer; undefined where nothing does. */
function finder() {
  const built = run(['scripts/build-native.mjs'], { TUNPIKE_NATIVE_STRICT: '1' });
  if (built.status !== 0) return `the compiler: ${built.output}`;
  for (const files of TESTS) {
    const failed = failing(files);
    // What fails once may have failed by chance, on a busy machine.
    if (failed !== undefined && failing(failed.file === undefined ? files : [failed.file]) !== undefined)
      return failed.what;
  }
  const { status, output } = run(['scripts/test-native.mjs', ROUNDS, SEED], {});
  if (status === 0) return undefined;
  const said = /(?:ERROR: |runtime error: |Error: |ended by ).*/.exec(output)?.[0];
  return `arbitrary arguments: ${said ?? output.slice(-200)}`;
}

/** The first test of some files that fails, and where; undefined where none does. */
function failing(files) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const tested = run(
    [
      ...['node_modules/vitest/vitest.mjs', 'run', ...files, '--bail', '1'],
      ...NOT.flatMap((each) => ['--exclude', each]),
      ...['--testTimeout', `${TEST}`, '--reporter', 'json', '--outputFile', report],
    ],
    { TUNPIKE_REQUIRE_TUN: '1' },
  );
  if (tested.status === 0) return undefined;
  return (
    failedTest(report) ?? { what: `the tests do not end as they should: ${tested.signal ?? tested.status}` }
  );
}

function run(args, env) {
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env }, timeout: PATIENCE };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, options);
  return { status, signal, output: `${stdout}${stderr}`.trim() };
}

function failedTest(report) {
  if (!existsSync(report)) return undefined;
  for (const { name, message, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    const file = name.slice(folder.length + 1);
    if (failed !== undefined) return { file, what: `${file}: ${failed.fullName}` };
    if (message !== '') return { file, what: `${file}: ${message}` };
  }
  return undefined;
}
