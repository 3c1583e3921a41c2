import type { Schedule } from '../lab/schedule.js';
import { formatDuration } from '../text/quantities.js';
import { type Instant, left } from '../time.js';
import type { ScheduleRow } from './shown.js';

/** What the lab does by itself, and what has come of it so far. */
export const showSchedule = (schedule: Schedule, now: Instant): readonly ScheduleRow[] =>
  schedule.states.map(({ entry, ran, next, error }): ScheduleRow => {
    const wait = next === undefined ? undefined : left(next, now);
    return {
      at: formatDuration(entry.at),
      every: entry.every === undefined ? null : formatDuration(entry.every),
      times: entry.times ?? null,
      do: entry.do,
      ran,
      nextSeconds: wait === undefined ? null : Math.max(0, Math.round(wait) / 1000),
      error: error ?? null,
    };
  });
