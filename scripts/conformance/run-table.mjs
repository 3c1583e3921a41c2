/** Cases that wait longer than this, in milliseconds, mostly sleep: they need not wait for each other. */
const LONG = 3000;

/**
 * Runs every case of some rows on a kind of target: a map from id to the results of its cases. `atOnce` at a time; those
 * that mostly sleep all together, or where `sleepers` is told, so many of them once the others are done.
 */
export const runTable = async (rows, kind, runCase, atOnce, sleepers) => {
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
  const isLong = ({ each }) => (atOnce > 1 || sleepers !== undefined) && waitOf(each) > LONG;
  const long = work.filter(isLong);
  const short = work.filter((each) => !isLong(each));
  const asleep = sleepers === undefined ? long.map(run) : [];
  await Promise.all([...asleep, inTurn(short, run, atOnce)]);
  if (sleepers !== undefined) await inTurn(long, run, sleepers);
  return results;
};

const inTurn = async (work, run, atOnce) => {
  const waiting = [...work];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

const waitOf = ({ steps }) => steps.reduce((sum, step) => sum + (step.wait ?? 0), 0);
