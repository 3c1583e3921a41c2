// A long-lived process that has the tests loaded: it measures them, and tries mutants on them. Its parent is pool.mjs.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compile, regionsOf } from './compile.mjs';
import { Modules } from './modules.mjs';
import { collect, runTest, VITEST } from './suite.mjs';

/** Rounds of loops, of what they are without a change, and besides; milliseconds that a test may wait. */
const [TIMES, ROUNDS, WAIT] = [10, 100_000, 5000];

// The same examples for every mutant, and none is made smaller.
fc.configureGlobal({ seed: 20_260_801, endOnFailure: true });

/** What tests change of the engine itself. */
const { decode } = TextDecoder.prototype;

let strays = 0;
const stray = () => {
  strays += 1;
};
process.on('uncaughtException', stray);
process.on('unhandledRejection', stray);
for (const name of ['log', 'error', 'warn', 'info']) console[name] = () => {};

class Budget {
  left = Number.POSITIVE_INFINITY;
  isSpent = false;
  spend() {
    this.isSpent = true;
    throw new Error('too many rounds of loops');
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for a test, but not for ever. */
const awaited = (promise, budget) =>
  new Promise((resolve, reject) => {
    let timer;
    const wait = () => {
      const since = performance.now();
      timer = setTimeout(() => {
        // The process was stopped meanwhile, and the test with it.
        if (performance.now() - since > 2 * WAIT) return wait();
        budget.isSpent = true;
        reject(new Error('too late'));
      }, WAIT);
    };
    wait();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const open = (modules, path, budget, change) => {
  TextDecoder.prototype.decode = decode;
  strays = 0;
  return collect(modules.fresh(budget, change), path);
};
const close = async ({ after }) => {
  for (const hook of after) await hook();
};

const plain = new Modules({ vitest: VITEST });
let marking;

/** Runs all tests of a file in their order: which regions each reaches, its rounds, its milliseconds. */
const measure = async ({ path, marked }) => {
  marking ??= {
    modules: new Modules({ vitest: VITEST }, new Set(marked)),
    marks: new Map(
      marked.map((file) => [file, new Uint8Array(1 + regionsOf(readFileSync(file, 'utf8')).length)]),
    ),
  };
  const { modules, marks } = marking;
  await modules.prepare(path);
  process.send({ alive: true });
  const takeMarks = () => {
    const reached = [];
    for (const [file, each] of marks) {
      const regions = [...each.keys()].filter((at) => each[at] === 1);
      if (regions.length > 0) reached.push([file, regions]);
      each.fill(0);
    }
    return reached;
  };
  const budget = new Budget();
  const begin = () => {
    budget.left = Number.MAX_SAFE_INTEGER;
    return performance.now();
  };
  const since = (begun) => [Number.MAX_SAFE_INTEGER - budget.left, performance.now() - begun];
  const begun = begin();
  const opened = open(modules, path, budget, { marks });
  const load = [...since(begun), takeMarks()];
  const tests = [];
  for (const [at, test] of opened.tests.entries()) {
    const started = begin();
    let failed;
    try {
      const done = runTest(test);
      if (done !== undefined) await done;
      if (strays > 0) throw new Error('something failed beside the test');
    } catch (error) {
      failed = `test ${at + 1}: ${error?.message}`;
    }
    strays = 0;
    tests.push([...since(started), takeMarks(), failed ?? '']);
    process.send({ alive: true });
  }
  await close(opened);
  return { load, tests, needsOrder: await needsOrder(path) };
};

/** Whether tests of a file fail when those before them have not run. */
const needsOrder = async (path) => {
  await plain.prepare(path);
  const opened = open(plain, path, new Budget());
  try {
    for (const test of opened.tests.toReversed()) await runTest(test);
    await close(opened);
    return false;
  } catch {
    return true;
  }
};

/**
 * Tries a mutant on tests until one of them fails.
 *
 * `plan` has, file by file, how many tests there are, the rounds of loading, and number and rounds of those to run.
 */
const attempt = async ({ file, mutant, plan }) => {
  let change;
  try {
    const text = readFileSync(file, 'utf8');
    const mutated = text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end);
    change = { file, mutant: compile(mutated, file) };
  } catch (error) {
    return { outcome: 'failed', by: `compiling: ${error.message}` };
  }
  for (const { path, count, load, tests } of plan) {
    await plain.prepare(path);
    process.send({ alive: true });
    const by = await failing(path, change, count, load, tests);
    if (by !== undefined) return by;
  }
  return { outcome: 'passed' };
};

const failing = async (path, change, count, load, tests) => {
  const budget = new Budget();
  const outcome = (by, at) => ({
    outcome: budget.isSpent ? 'late' : 'failed',
    by: `${path}: ${by}`,
    path,
    at,
  });
  const allow = (rounds) => {
    budget.left = TIMES * rounds + ROUNDS;
  };
  let opened;
  let found;
  try {
    allow(load);
    opened = open(plain, path, budget, change);
  } catch (error) {
    return outcome(`loading: ${error.message}`);
  }
  // Where a mutant makes other tests of a table, all of them are run.
  const isOther = opened.tests.length !== count;
  if (isOther && opened.tests.length === 0) return outcome('no tests');
  const chosen = isOther ? opened.tests.map((_, at) => [at, 1_000_000]) : tests;
  for (const [at, rounds] of chosen) {
    try {
      allow(rounds);
      const done = runTest(opened.tests[at]);
      if (done !== undefined) await awaited(done, budget);
    } catch (error) {
      found = outcome(`test ${at + 1}: ${error?.message}`, at);
    }
    found ??= budget.isSpent ? outcome(`test ${at + 1}`, at) : undefined;
    if (found !== undefined) break;
  }
  try {
    budget.left = Number.POSITIVE_INFINITY;
    await close(opened);
    await turn();
  } catch (error) {
    found ??= outcome(`after all: ${error?.message}`);
  }
  if (strays > 0) found ??= outcome('beside the tests');
  return found;
};

process.on('message', async (job) => {
  const begun = performance.now();
  const result = await (job.kind === 'measure' ? measure(job) : attempt(job)).catch((error) => ({
    failed: String(error?.stack),
  }));
  process.send({ ...result, milliseconds: performance.now() - begun });
});
process.on('disconnect', () => process.exit());
process.send({ alive: true });
