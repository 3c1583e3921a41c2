import { LineLimit } from './line-limit.js';
import type { Log, LogFields } from './log.js';

/** The same log for what clients can cause: lines of a kind, which is their message, come at a limited rate. */
export const limited = (log: Log): Log => {
  const limit = new LineLimit();
  const lines =
    (level: 'error' | 'warn' | 'debug') =>
    (message: string, fields?: LogFields): void =>
      limit.write(
        `${level} ${message}`,
        message,
        (line) => log[level](line, fields),
        // What the last one was about is not kept.
        (line) => log[level](line),
      );
  return { ...log, error: lines('error'), warn: lines('warn'), debug: lines('debug') };
};
