import { join } from 'node:path';

/** Milliseconds: a test that takes longer is left out of the first pass, and so is what is beyond so many altogether. */
const [SLOW, ALTOGETHER] = [1000, 3000];

/** The tests that come to a place, file by file, the most promising first. */
export const planFor = (root, measured, file, region) => {
  const path = join(root, file);
  const reaches = (marks) => marks.some(([each, regions]) => each === path && regions.includes(region));
  const plan = [];
  for (const [test, { load, tests, steps, needsOrder }] of measured) {
    if (!steps.has(file)) continue;
    const isInLoad = reaches(load[2]);
    let chosen = [...tests.keys()].filter((at) => tests[at][3] === '' && (isInLoad || reaches(tests[at][2])));
    if (chosen.length === 0) continue;
    if (needsOrder)
      chosen = [...tests.keys()].slice(0, chosen.at(-1) + 1).filter((at) => tests[at][3] === '');
    else chosen.sort((a, b) => tests[a][1] - tests[b][1]);
    const milliseconds = load[1] + chosen.reduce((all, at) => all + tests[at][1], 0);
    plan.push({
      test,
      path: join(root, test),
      needsOrder,
      count: tests.length,
      load: load[0],
      loading: load[1],
      // Number, rounds of loops, milliseconds.
      tests: chosen.map((at) => [at, tests[at][0], tests[at][1]]),
      milliseconds,
      // Tests of the file itself say most; otherwise what is over soonest comes first.
      cost: (steps.get(file) === 1 ? 0 : 1000) + milliseconds,
    });
  }
  return plan.sort((a, b) => a.cost - b.cost);
};

/** What of a plan a first pass tries: enough for nearly all that is ever noticed, and over in seconds. */
export const quickOf = (plan) => {
  const quick = [];
  let left = ALTOGETHER;
  for (const each of plan) {
    const one = each.needsOrder ? each : { ...each, tests: withoutSlow(each.tests, left - each.loading) };
    const milliseconds = one.tests.reduce((all, test) => all + test[2], each.loading);
    if (one.tests.length === 0 || each.loading > SLOW || milliseconds > left) continue;
    if (each.needsOrder && milliseconds > SLOW) continue;
    left -= milliseconds;
    quick.push(one);
  }
  return quick;
};

const withoutSlow = (tests, milliseconds) => {
  let left = milliseconds;
  return tests.filter(([, , each]) => {
    if (each > SLOW || each > left) return false;
    left -= each;
    return true;
  });
};

/** Which tests noticed the last mutants of each file: they come first for the next one. */
export class Noticers {
  #last = new Map();

  add(file, path, at) {
    const known = this.#last.get(file) ?? [];
    const rest = known.filter((each) => each.path !== path || each.at !== at);
    this.#last.set(file, [{ path, at }, ...rest].slice(0, 20));
  }

  /** The plan, with the tests that noticed the last mutants of the file in front. */
  first(file, plan) {
    const known = this.#last.get(file) ?? [];
    const rank = (path, at) => {
      const found = known.findIndex((each) => each.path === path && (at === undefined || each.at === at));
      return found === -1 ? known.length : found;
    };
    return plan
      .map((each) =>
        each.needsOrder
          ? each
          : {
              ...each,
              tests: each.tests.toSorted(([a], [b]) => rank(each.path, a) - rank(each.path, b)),
            },
      )
      .toSorted((a, b) => rank(a.path) - rank(b.path));
  }
}
