// Changes the source in one small place after the other, and sees whether a test notices.
//
//   npm run mutation                          everything that needs no device
//   npm run mutation -- src/ip/rib.ts         one file, or one folder
//   npm run mutation -- src/ip/rib.ts --list  what would be changed
//
// The tests run first as they are, and it is noted which of them come to which place. They stay loaded, and each mutant
// meets only those that come to it, the quickest first, until one fails; its modules are new each time. Nothing is
// written to the source. Loops are counted, so what never ends is found on a slow machine, too.
//
// In a first pass each meets only tests that take less than a second, and no more than three seconds of them. What is
// not noticed there is open, and meets ten seconds of them in a second pass, and in a third all that come to it.
//
// What is not changed: types; sentences for a person to read (a text with a space in it), and texts that are neither
// compared nor given back, such as keys; templates. A message may say another thing and nothing else differs. Nor are
// what runs in a thread of its own, unless it is asked for by its name: see LEFT_OUT.
//
// Results are kept in build/mutation.jsonl: a run goes on where the last one ended, and mutants that survived meet the
// tests that have changed since. `--fresh` forgets them. `--jobs N`: so many at once, 2 unless told. `--passes N`: no more
// than these; 0: only the report of what is known. `--sample N`: one mutant of N. `--root FOLDER`: another project.
//
// Prints the score of each file among what was tried, and each mutant that no test noticed, but for those of which
// mutation/equivalent.json says why nothing differs.
//
// Exit code 1: tests fail without any change; they are named and left out.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { regionsOf } from './mutation/compile.mjs';
import { Equivalents } from './mutation/equivalent.mjs';
import { measure } from './mutation/measure.mjs';
import { mutantsOf } from './mutation/mutants.mjs';
import { Passes } from './mutation/passes.mjs';
import { PASSES } from './mutation/plan.mjs';
import { report, tell } from './mutation/report.mjs';
import { Results } from './mutation/results.mjs';
import { filesIn, testFiles } from './mutation/tests.mjs';
import { optionsOf, usageOf } from './options.mjs';

const FOLDERS = ['src/igmp', 'src/icmp', 'src/ip', 'src/router', 'src/link', 'src/config'];
/** A thread is started from what is built: tests of what runs there would meet the program without a change. */
const LEFT_OUT = ['src/config/read-thread.ts'];
const usage = usageOf(import.meta);

const { values, positionals } = optionsOf(import.meta, {
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    list: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    sample: { type: 'string', default: '1' },
    passes: { type: 'string', default: `${PASSES}` },
    root: { type: 'string', default: join(import.meta.dirname, '..') },
  },
});
const { root, list } = values;
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) usage(`--jobs takes a whole number from 1, not ${values.jobs}`);
const passes = Number(values.passes);
if (!Number.isInteger(passes) || passes < 0 || passes > PASSES)
  usage(`--passes takes a whole number up to ${PASSES}, not ${values.passes}`);
const sample = Number(values.sample);
if (!Number.isInteger(sample) || sample < 1)
  usage(`--sample takes a whole number from 1, not ${values.sample}`);
const paths =
  positionals.length === 0 ? FOLDERS : positionals.map((each) => relative(root, join(root, each)));
for (const path of paths) if (!existsSync(join(root, path))) usage(`there is no ${path}`);

const isTried = (file) => !LEFT_OUT.includes(file) || paths.includes(file);
const found = [...new Set(paths.flatMap((path) => filesIn(root, path, '.ts')))].filter(isTried);
const files = found.map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, mutants: mutantsOf(text), spans: regionsOf(text) };
});
if (list) for (const each of files) for (const mutant of each.mutants) console.log(tell(each, mutant));
else await run();

async function run() {
  const tests = testFiles(root);
  const results = new Results(join(root, 'build/mutation.jsonl'), root, tests, values.fresh);
  // Always the same ones, so that measurements can be kept.
  const ours = FOLDERS.filter((path) => existsSync(join(root, path))).flatMap((path) =>
    filesIn(root, path, '.ts'),
  );
  const marked = [...new Set([...ours, ...files.map(({ file }) => file)])];
  const reasons = join(root, 'scripts/mutation/equivalent.json');
  const entries = existsSync(reasons) ? JSON.parse(readFileSync(reasons, 'utf8')) : [];
  const trial = new Passes(files, results, new Equivalents(entries), sample);
  if (trial.isNeeded(passes)) {
    const { planFor, broken } = await measure(root, marked, tests, jobs);
    for (const each of broken) console.error(`without any change, ${each}`);
    if (broken.length > 0) process.exitCode = 1;
    await trial.run(root, jobs, planFor, passes);
  }
  report(files, results, new Equivalents(entries));
}
