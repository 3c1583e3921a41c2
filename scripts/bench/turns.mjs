export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Measures each lab in turn, so many rounds, so that a machine that is slow for a while is slow to all. Gives for each
 * lab's name what `measure` gave, round by round. Every round begins with another one.
 */
export const takeTurns = async (labs, rounds, measure) => {
  const results = Object.fromEntries(labs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < labs.length; turn++) {
      const lab = labs[(round + turn) % labs.length];
      results[lab.name].push(await measure(lab));
    }
  return results;
};

/** The ratio of a figure to that of a floor, turn by turn, since what slows the machine lasts longer than two turns. */
export const ratioOf = (results, name, floor, figure) =>
  median(results[name].map((each, round) => each[figure] / results[floor][round][figure]));

export const medianOf = (results, name, figure) => median(results[name].map((each) => each[figure]));

/**
 * How long an action holds the loop, in milliseconds. Others may take the processor meanwhile, which the time on the
 * clock counts, and the collector's threads run beside it, which the processor time counts: the less of both.
 */
export const heldBy = (action) => {
  const [begun, before] = [performance.now(), process.cpuUsage()];
  action();
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  return Math.min(elapsed, (user + system) / 1000);
};
