// Preloaded into the program (`node --expose-gc --import`): answers each message of its parent's with what the
// process takes, and how late its event loop was since the last one, in milliseconds.
//
// TUNPIKE_SOAK_BREAK=memory or descriptors makes it leak, to prove that this is noticed.
import { openSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Between two looks; what is measured is this long and the delay. */
const RESOLUTION = 5;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
delay.enable();

process.on('message', () => {
  const lag = { median: late(delay.percentile(50)), most: late(delay.percentile(99)) };
  globalThis.gc();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const descriptors = readdirSync('/proc/self/fd').length;
  process.send({ heap: (heapUsed + arrayBuffers) / 1e6, rss: rss / 1e6, descriptors, lag });
  // What the collection itself took is not the program's.
  delay.reset();
});
// The program ends when it has nothing left to do, whoever may ask.
process.channel.unref();

const breaks = process.env.TUNPIKE_SOAK_BREAK;
const lost = [];
if (breaks === 'memory') setInterval(() => lost.push(new Uint8Array(100_000).fill(1)), 100).unref();
if (breaks === 'descriptors') setInterval(() => lost.push(openSync('/dev/null')), 500).unref();
