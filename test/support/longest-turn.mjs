import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// `node --import` of this file measures the longest turn of the event loop, in milliseconds that its thread computes:
// others on the machine do not count. SIGWINCH has it written to the file that LONGEST_TURN names, and begun anew.
const file = process.env.LONGEST_TURN;
if (isMainThread && file !== undefined) {
  const statistics = `/proc/self/task/${process.pid}/schedstat`;
  const computed = () => Number(readFileSync(statistics, 'latin1').split(' ')[0]) / 1e6;
  let last = computed();
  let longest = 0;
  setInterval(() => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1).unref();
  process.on('SIGWINCH', () => {
    writeFileSync(file, String(longest));
    longest = 0;
  });
}
