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
// Results are kept in build/mutation.jsonl: a run goes on where the last one ended, and mutants that survived are tried
// again when tests have changed. `--fresh` forgets them. `--jobs N`: so many at once, 2 unless told.
// `--root FOLDER`: another project than this one.
// Prints the score of each file, and each mutant that no test noticed, but for those of which
// mutation/equivalent.json says why nothing differs.
//
// Exit code 1: tests fail without any change; they are named and left out.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { regionOf, regionsOf } from './mutation/compile.mjs';
import { Equivalents, linesOf } from './mutation/equivalent.mjs';
import { measure } from './mutation/measure.mjs';
import { mutantsOf } from './mutation/mutants.mjs';
import { doAll } from './mutation/pool.mjs';
import { Results } from './mutation/results.mjs';
import { filesIn, testFiles } from './mutation/tests.mjs';

const FOLDERS = ['src/igmp', 'src/icmp', 'src/ip', 'src/router', 'src/link', 'src/config'];
const usage = (what) => {
  console.error(`mutation: ${what}`);
  process.exit(2);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    list: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    root: { type: 'string', default: join(import.meta.dirname, '..') },
  },
});
const { root, list, fresh } = values;
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) usage(`--jobs takes a whole number from 1, not ${values.jobs}`);
const paths =
  positionals.length === 0 ? FOLDERS : positionals.map((each) => relative(root, join(root, each)));
for (const path of paths) if (!existsSync(join(root, path))) usage(`there is no ${path}`);

const files = [...new Set(paths.flatMap((path) => filesIn(root, path, '.ts')))].map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, mutants: mutantsOf(text), spans: regionsOf(text) };
});
const tell = ({ file, text }, mutant) => {
  const { is, becomes } = linesOf(text, mutant);
  return `${file}:${mutant.line}:${mutant.column}\n  ${is}\n  ${becomes}`;
};
if (list) {
  for (const each of files) for (const mutant of each.mutants) console.log(tell(each, mutant));
  process.exit();
}

const tests = testFiles(root);
const results = new Results(join(root, 'build/mutation.jsonl'), root, tests, fresh);
const open = files.flatMap((each) =>
  each.mutants
    .filter((mutant) => results.outcome(each.text, mutant) === undefined)
    .map((mutant) => ({ each, mutant })),
);
if (open.length > 0) await tryAll();
report();

async function tryAll() {
  // Always the same ones, so that measurements can be kept.
  const ours = FOLDERS.filter((path) => existsSync(join(root, path))).flatMap((path) =>
    filesIn(root, path, '.ts'),
  );
  const names = [...new Set([...ours, ...files.map(({ file }) => file)])];
  const { planFor, broken } = await measure(root, names, tests, jobs);
  for (const each of broken) console.error(`without any change, ${each}`);
  if (broken.length > 0) process.exitCode = 1;
  const begun = performance.now();
  const total = open.length;
  const queue = [...open];
  await doAll(
    jobs,
    () => {
      const one = queue.shift();
      if (one === undefined) return undefined;
      const { each, mutant } = one;
      const plan = planFor(each.file, regionOf(each.spans, mutant));
      return { kind: 'attempt', file: join(root, each.file), mutant, plan, one };
    },
    ({ one }, result) => {
      const outcome = result.outcome ?? 'failed';
      results.add(one.each.file, one.each.text, one.mutant, { by: result.failed, ...result, outcome });
    },
  );
  const seconds = (performance.now() - begun) / 1000;
  console.error(`${total} mutants in ${seconds.toFixed(0)} s, ${(seconds / total).toFixed(2)} s each`);
}

function report() {
  const reasons = join(root, 'scripts/mutation/equivalent.json');
  const equivalents = new Equivalents(existsSync(reasons) ? JSON.parse(readFileSync(reasons, 'utf8')) : []);
  const rows = [];
  const survivors = [];
  for (const each of files) {
    const outcomes = each.mutants.map((mutant) => results.outcome(each.text, mutant));
    const survived = each.mutants.filter((_, at) => outcomes[at] === 'passed');
    const unexplained = survived.filter((mutant) => !equivalents.has(each.file, each.text, mutant));
    survivors.push(...unexplained.map((mutant) => tell(each, mutant)));
    rows.push({
      name: each.file,
      count: each.mutants.length,
      failed: outcomes.filter((outcome) => outcome === 'failed').length,
      late: outcomes.filter((outcome) => outcome === 'late').length,
      survived: survived.length,
      same: survived.length - unexplained.length,
    });
  }
  console.log(
    '| | mutants | noticed | by counting | survived | of these the same | score, % | without the same, % |',
  );
  console.log(`|${' --- |'.repeat(8)}`);
  for (const row of [...rows, ...sums(rows)]) console.log(rowText(row));
  if (survivors.length > 0) console.log(`\nsurvived:\n${survivors.join('\n')}`);
  const unfit = equivalents.unfit(files.map(({ file }) => file));
  for (const { file, becomes } of unfit)
    console.log(`mutation/equivalent.json: nothing survives in ${file} as ${becomes}`);
}

function sums(rows) {
  const folders = new Map();
  for (const { name, ...numbers } of rows) {
    const folder = name.split('/').slice(0, 2).join('/');
    const sum = folders.get(folder) ?? { name: `**${folder}**` };
    for (const [part, number] of Object.entries(numbers)) sum[part] = (sum[part] ?? 0) + number;
    folders.set(folder, sum);
  }
  return folders.values();
}

function rowText({ name, count, failed, late, survived, same }) {
  const share = (part, whole) => (whole === 0 ? '' : ((100 * part) / whole).toFixed(1));
  const noticed = failed + late;
  return `| ${[name, count, failed, late, survived, same, share(noticed, count), share(noticed, count - same)].join(' | ')} |`;
}
