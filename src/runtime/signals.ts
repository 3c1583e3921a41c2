import type { Log } from '../observe/log.js';

/**
 * Says on SIGINT and SIGTERM that the lab is to stop, and on an error that nobody caught, so that the host is
 * restored even then.
 *
 * What comes back ends that.
 */
export const handleSignals = (log: Log, stop: (why: string, failure?: unknown) => void): (() => void) => {
  const onSignal = (signal: NodeJS.Signals): void => stop(signal);
  const onReload = (): void => log.warn('SIGHUP: reload is not available yet; nothing was changed');
  const onError = (error: unknown): void => {
    log.fatal('internal error', { reason: error instanceof Error ? error.stack : String(error) });
    stop('internal error', error);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onReload);
  process.on('uncaughtException', onError);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.off('SIGHUP', onReload);
    process.off('uncaughtException', onError);
  };
};
