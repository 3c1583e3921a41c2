import type { ImpairmentSettings } from '../impairments.js';
import { type Instant, instant, PAST } from '../time.js';
import type { Waiting } from './waiting.js';

/**
 * Gives what waits the times of other settings; returns when the rate has passed all of it.
 *
 * What has not passed the rate yet passes the new one, the first with what is left of it. Nothing is on its way for
 * longer than the new delay allows; what is on its way already does not become slower.
 */
export const retimed = (
  inTurn: Waiting,
  hurried: Waiting,
  { rate: rateBefore }: ImpairmentSettings,
  { rate = 0, delay, jitter }: ImpairmentSettings,
  now: Instant,
): Instant => {
  let passedBefore: number = PAST;
  let passed: number = now;
  for (let i = 0, j = 0; i + j < inTurn.count + hurried.count; ) {
    const isInTurn = j === hurried.count || (i < inTurn.count && inTurn.finishAt(i) <= hurried.finishAt(j));
    const queue = isInTurn ? inTurn : hurried;
    const at = isInTurn ? i++ : j++;
    const before = queue.finishAt(at);
    const wait = Math.min(queue.dueAt(at) - before, (delay ?? 0) + (jitter ?? 0));
    const isPassing = before > now;
    if (isPassing) {
      const bits = ((before - Math.max(passedBefore, now)) * rateBefore!) / 1000;
      if (rate > 0) passed += (bits * 1000) / rate;
    }
    const finish = isPassing ? passed : before;
    queue.retime(at, instant(finish), instant(finish + wait));
    passedBefore = before;
  }
  return instant(passed);
};
