// Changes the source in one small place after the other, and sees whether a test notices.
//
//   npm run mutation                          everything that needs no device: hours
//   npm run mutation -- src/ip/rib.ts         one file, or one folder: a second or two a mutant
//   npm run mutation -- src/ip/rib.ts --list  what would be changed
//
// Prints the score of each file, and every mutant that no test noticed: a test is missing, or the change means nothing.
// First run the tests that import the file, and for what survives those all others that depend on it. Nothing is
// written to the source: the change is made while the tests load it. `--jobs N`: so many at once, 2 unless told.
//
// Exit code 1: the tests fail without any change.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { mutantsOf } from './mutation/mutants.mjs';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src/ip', 'src/icmp', 'src/igmp', 'src/link', 'src/router', 'src/config'];
/** Folders of tests that need no device. */
const TESTS = ['ip', 'icmp', 'igmp', 'router', 'lab', 'link', 'config'].map((each) => `test/${each}`);
/** What a run may take, of what it takes without a change, and at least. In milliseconds. */
const [TIMES, LEAST] = [4, 15_000];

const usage = (what) => {
  console.error(`mutation: ${what}`);
  process.exit(2);
};
const filesIn = (path, ending) =>
  statSync(join(ROOT, path)).isFile()
    ? [path]
    : readdirSync(join(ROOT, path), { recursive: true })
        .map((entry) => join(path, entry))
        .filter((file) => file.endsWith(ending));

const importsCache = new Map();
/** The files of ours that a file imports. */
const importsOf = (file) => {
  const known = importsCache.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = [...text.matchAll(/\bfrom '(\.[^']+)'/g)]
    .map((match) => join(dirname(file), match[1]).replace(/\.js$/, '.ts'))
    .filter((each) => existsSync(join(ROOT, each)));
  importsCache.set(file, found);
  return found;
};

/** How many imports lead from one file to another; infinite where none do. */
const distance = (from, to) => {
  const seen = new Set([from]);
  let layer = [from];
  for (let steps = 0; layer.length > 0; steps++) {
    if (layer.includes(to)) return steps;
    layer = layer.flatMap(importsOf).filter((each) => !seen.has(each) && seen.add(each));
  }
  return Number.POSITIVE_INFINITY;
};

const running = new Set();
const endAll = () => {
  for (const child of running) process.kill(-child.pid, 'SIGKILL');
};
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });

/** Runs tests, on a mutant or on the source as it is: passed, failed, or late. */
const run = (tests, patience, mutant = {}) =>
  new Promise((resolve) => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const config = join(ROOT, 'scripts/mutation/vitest.config.mjs');
    const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...tests], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'ignore'],
      detached: true,
      env: { ...process.env, TUNPIKE_MUTANT: JSON.stringify(mutant) },
    });
    running.add(child);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-child.pid, 'SIGKILL');
    }, patience);
    child.once('exit', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve(isLate ? 'late' : code === 0 ? 'passed' : 'failed');
    });
  });

/** Runs tests without a change; gives how long they may take with one. */
const baseline = async (tests) => {
  if (tests.length === 0) return 0;
  const begun = performance.now();
  const outcome = await run(tests, 600_000);
  if (outcome !== 'passed') {
    console.error(`without any change, ${tests.join(' ')}: ${outcome}`);
    process.exit(1);
  }
  return Math.max(LEAST, TIMES * (performance.now() - begun));
};

const proveFile = async (file, jobs) => {
  const related = filesWithDistance(file);
  const near = related.filter(({ steps }) => steps <= 1).map(({ test }) => test);
  const far = related.filter(({ steps }) => steps > 1).map(({ test }) => test);
  const stages = [near, far].filter((tests) => tests.length > 0);
  const patience = [];
  for (const tests of stages) patience.push(await baseline(tests));
  const path = join(ROOT, file);
  const mutants = mutantsOf(readFileSync(path, 'utf8'));
  const [survivors, sums] = [[], { failed: 0, late: 0 }];
  let next = 0;
  const work = async () => {
    while (next < mutants.length) {
      const mutant = mutants[next++];
      let outcome = 'passed';
      for (let stage = 0; outcome === 'passed' && stage < stages.length; stage++)
        outcome = await run(stages[stage], patience[stage], { ...mutant, file: path });
      if (outcome === 'passed') survivors.push(mutant);
      else sums[outcome]++;
      if (process.stderr.isTTY) process.stderr.write(`\r${file}: ${next} of ${mutants.length} `);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (process.stderr.isTTY) process.stderr.write('\r');
  return { file, count: mutants.length, ...sums, survivors: survivors.sort((a, b) => a.start - b.start) };
};

const filesWithDistance = (file) =>
  TESTS.flatMap((folder) => filesIn(folder, '.test.ts'))
    .map((test) => ({ test, steps: distance(test, file) }))
    .filter(({ steps }) => steps < Number.POSITIVE_INFINITY);

const tellMutant = (file, { line, column, was, text }) =>
  `${file}:${line}:${column}  ${was.replace(/\s+/g, ' ').slice(0, 60)}  →  ${text}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '2' }, list: { type: 'boolean', default: false } },
});
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) usage(`--jobs takes a whole number from 1, not ${values.jobs}`);
const paths =
  positionals.length === 0 ? FOLDERS : positionals.map((each) => relative(ROOT, join(process.cwd(), each)));
for (const path of paths) if (!existsSync(join(ROOT, path))) usage(`there is no ${path}`);
const files = paths.flatMap((path) => filesIn(path, '.ts'));
if (values.list) {
  for (const file of files)
    for (const mutant of mutantsOf(readFileSync(join(ROOT, file), 'utf8')))
      console.log(tellMutant(file, mutant));
  process.exit();
}
console.log(
  '| file | mutants | noticed | by time | survived | score, % |\n| --- | --- | --- | --- | --- | --- |',
);
const all = [];
for (const file of files) {
  const { count, failed, late, survivors } = await proveFile(file, jobs);
  const score = count === 0 ? '' : ((100 * (failed + late)) / count).toFixed(0);
  console.log(`| ${[file, count, failed, late, survivors.length, score].join(' | ')} |`);
  all.push(...survivors.map((mutant) => tellMutant(file, mutant)));
}
if (all.length > 0) console.log(`\nsurvived:\n${all.join('\n')}`);
