import { memory, processorTime } from './processes.mjs';

/** What each takes while nothing comes, in percent of a processor, all in the same seconds; and its memory then. */
export const measureIdle = async (labs, seconds) => {
  const own = labs.filter(({ pid }) => pid !== undefined);
  // Whatever they were about is over.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = own.map(({ pid }) => processorTime(pid));
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const elapsed = (performance.now() - begun) * 1000;
  return own.map(({ name, pid }, at) => ({
    name,
    share: (processorTime(pid) - before[at]) / elapsed,
    ...memory(pid),
  }));
};
