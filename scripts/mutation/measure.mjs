import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planFor } from './plan.mjs';
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
    if (!files.some((file) => steps.has(file))) continue;
    const kept = keptPath(root, test, [...steps.keys()], files);
    if (existsSync(kept)) measured.set(test, { ...JSON.parse(readFileSync(kept, 'utf8')), steps });
    else queue.push({ kind: 'measure', test, steps, kept });
  }
  await doAll(
    jobs,
    () => {
      const job = queue.shift();
      return job && { ...job, path: join(root, job.test), marked };
    },
    ({ test, steps, kept }, result) => {
      if (result.tests === undefined)
        throw new Error(`without any change, ${test}: ${result.failed ?? result.by}`);
      const failures = result.tests.map(([, , , failed]) => failed).filter((failed) => failed !== '');
      broken.push(...failures.map((failed) => `${test}: ${failed}`));
      if (failures.length === 0) writeFileSync(kept, JSON.stringify(result));
      measured.set(test, { ...result, steps });
    },
  );
  return { planFor: (file, region) => planFor(root, measured, file, region), broken };
};

const KEPT = 'node_modules/.cache/tunpike-mutation';
/** Where the measurement of a test file is kept: it holds while none of the files that it depends on changes, nor their place. */
const keptPath = (root, test, sources, files) => {
  const hash = createHash('sha256').update(`${root} ${files}`);
  for (const file of sources) hash.update(readFileSync(join(root, file)));
  mkdirSync(join(root, KEPT), { recursive: true });
  return join(root, KEPT, `${hash.update(test).digest('hex').slice(0, 40)}.json`);
};
