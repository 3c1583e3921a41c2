// Preloaded into a program (`node --import`): how late its event loop is. SIGWINCH begins anew and ends; at the end the
// figures, in milliseconds, are written to the file that TUNPIKE_BENCH_LAG names.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Between two looks; what is measured is this long and the delay. */
const RESOLUTION = 1;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
let isMeasuring = false;
process.on('SIGWINCH', () => {
  isMeasuring = !isMeasuring;
  if (isMeasuring) {
    delay.reset();
    delay.enable();
    return;
  }
  delay.disable();
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  const figures = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), most: late(delay.max) };
  writeFileSync(process.env.TUNPIKE_BENCH_LAG, JSON.stringify(figures));
});
