/**
 * Runs every case of some rows by `run`: a map from id to the results of its cases. `atOnce` at a time; those that are
 * `isLong` mostly sleep and run all together, or where `sleepers` is told, so many of them once the others are done.
 */
export const runTable = async (rows, run, isLong, atOnce, sleepers) => {
  const results = new Map(rows.map(({ id }) => [id, []]));
  const one = async ({ id, each, at }) => {
    const result = await run(each).catch((error) => ({
      outcome: 'not run',
      why: `the harness failed: ${error.message}`,
      isFailure: true,
    }));
    results.get(id)[at] = { title: each.title, result };
  };
  const work = rows.flatMap(({ id, cases }) => cases.map((each, at) => ({ id, each, at })));
  const mayBeLong = atOnce > 1 || sleepers !== undefined;
  const long = work.filter(({ each }) => mayBeLong && isLong(each));
  const short = work.filter((each) => !long.includes(each));
  const asleep = sleepers === undefined ? long.map(one) : [];
  await Promise.all([...asleep, inTurn(short, one, atOnce)]);
  if (sleepers !== undefined) await inTurn(long, one, sleepers);
  return results;
};

const inTurn = async (work, run, atOnce) => {
  const waiting = [...work];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};
