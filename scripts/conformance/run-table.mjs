/** Runs every case of some rows on a kind of target, so many at once: a map from id to the results of its cases. */
export const runTable = async (rows, kind, runCase, atOnce) => {
  const results = new Map(rows.map(({ id }) => [id, []]));
  const work = rows.flatMap(({ id, cases }) => cases.map((each, at) => ({ id, each, at })));
  // The longest first, so that nothing waits for them at the end.
  if (atOnce > 1) work.sort((a, b) => waitOf(b.each) - waitOf(a.each));
  const worker = async () => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      const { id, each, at } = next;
      const result = await runCase(each, kind).catch((error) => ({
        outcome: 'not run',
        why: `the harness failed: ${error.message}`,
        isFailure: true,
      }));
      results.get(id)[at] = { title: each.title, result };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

const waitOf = ({ steps }) => steps.reduce((sum, step) => sum + (step.wait ?? 0), 0);
