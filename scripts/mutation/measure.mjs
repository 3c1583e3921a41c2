import { join } from 'node:path';
import { doAll } from './pool.mjs';
import { distancesFrom } from './tests.mjs';

/**
 * Runs the tests as they are, and tells for each place of the files in question which tests come there.
 *
 * Gives `planFor(file, region)`: the tests to try a mutant on, the most promising first.
 * A test that fails without any change is in `broken`, and says nothing of a mutant.
 */
export const measure = async (root, files, tests, jobs) => {
  const marked = files.map((file) => join(root, file));
  const [measured, broken] = [new Map(), []];
  const queue = [];
  for (const test of tests) {
    const steps = distancesFrom(root, test);
    if (files.some((file) => steps.has(file))) queue.push({ kind: 'measure', test, steps });
  }
  await doAll(
    jobs,
    () => {
      const job = queue.shift();
      return job && { ...job, path: join(root, job.test), marked };
    },
    ({ test, steps }, result) => {
      if (result.tests === undefined)
        throw new Error(`without any change, ${test}: ${result.failed ?? result.by}`);
      for (const [, , , failed] of result.tests) if (failed !== undefined) broken.push(`${test}: ${failed}`);
      measured.set(test, { ...result, steps });
    },
  );
  return { planFor: (file, region) => planFor(root, measured, file, region), broken };
};

const planFor = (root, measured, file, region) => {
  const path = join(root, file);
  const reaches = (marks) => marks.some(([each, regions]) => each === path && regions.includes(region));
  const plan = [];
  for (const [test, { load, tests, steps, needsOrder }] of measured) {
    if (!steps.has(file)) continue;
    const isInLoad = reaches(load[2]);
    let chosen = [...tests.keys()].filter(
      (at) => tests[at][3] === undefined && (isInLoad || reaches(tests[at][2])),
    );
    if (chosen.length === 0) continue;
    if (needsOrder)
      chosen = [...tests.keys()].slice(0, chosen.at(-1) + 1).filter((at) => tests[at][3] === undefined);
    else chosen.sort((a, b) => tests[a][1] - tests[b][1]);
    plan.push({
      test,
      path: join(root, test),
      count: tests.length,
      load: load[0],
      tests: chosen.map((at) => [at, tests[at][0]]),
      // Tests of the file itself say most; otherwise what is over soonest comes first.
      cost: (steps.get(file) === 1 ? 0 : 1_000) + load[1] + chosen.reduce((all, at) => all + tests[at][1], 0),
    });
  }
  return plan.sort((a, b) => a.cost - b.cost);
};
