/** Cases that wait longer than this, in milliseconds, mostly sleep: they need not wait for each other. */
const LONG = 3000;

/** Runs every case of some rows on a kind of target: a map from id to the results of its cases. */
export const runTable = async (rows, kind, runCase, atOnce) => {
  const results = new Map(rows.map(({ id }) => [id, []]));
  const run = async ({ id, each, at }) => {
    const result = await runCase(each, kind).catch((error) => ({
      outcome: 'not run',
      why: `the harness failed: ${error.message}`,
      isFailure: true,
    }));
    results.get(id)[at] = { title: each.title, result };
  };
  const work = rows.flatMap(({ id, cases }) => cases.map((each, at) => ({ id, each, at })));
  const isLong = ({ each }) => atOnce > 1 && waitOf(each) > LONG;
  const sleepers = work.filter(isLong).map(run);
  const rest = work.filter((each) => !isLong(each));
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await run(next);
  };
  await Promise.all([...sleepers, ...Array.from({ length: atOnce }, worker)]);
  return results;
};

const waitOf = ({ steps }) => steps.reduce((sum, step) => sum + (step.wait ?? 0), 0);
