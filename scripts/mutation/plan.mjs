import { join } from 'node:path';

/** In milliseconds: a test that takes longer than `slow` is left out, and what is beyond so many altogether. */
const LIMITS = [
  { slow: 1000, loading: 1000, altogether: 3000 },
  { slow: 1000, loading: 2000, altogether: 10_000 },
  { slow: Number.POSITIVE_INFINITY, loading: Number.POSITIVE_INFINITY, altogether: Number.POSITIVE_INFINITY },
];

/** Milliseconds. */
const LONG_TO_LOAD = 200;

/** How many passes there are; the last has all tests. */
export const PASSES = LIMITS.length;

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

/** What of a plan a pass tries: the first ones what is enough for nearly all that is ever noticed, and over in seconds. */
export const partOf = (plan, pass) => {
  const { slow, loading, altogether } = LIMITS[pass];
  const part = [];
  let left = altogether;
  for (const each of plan) {
    const one = each.needsOrder ? each : { ...each, tests: within(each.tests, slow, left - each.loading) };
    const milliseconds = one.tests.reduce((all, test) => all + test[2], each.loading);
    if (one.tests.length === 0 || each.loading > loading || milliseconds > left) continue;
    if (each.needsOrder && milliseconds > slow) continue;
    left -= milliseconds;
    part.push(one);
  }
  return part;
};

const within = (tests, slow, milliseconds) => {
  let left = milliseconds;
  return tests.filter(([, , each]) => {
    if (each > slow || each > left) return false;
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
    // A file that takes long to load stays where it is: others may notice it meanwhile.
    const place = ({ path, loading }) => (loading > LONG_TO_LOAD ? known.length : rank(path));
    return plan
      .map((each) =>
        each.needsOrder
          ? each
          : {
              ...each,
              tests: each.tests.toSorted(([a], [b]) => rank(each.path, a) - rank(each.path, b)),
            },
      )
      .toSorted((a, b) => place(a) - place(b));
  }
}
