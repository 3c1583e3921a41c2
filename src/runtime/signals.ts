import { STOPPING } from '../host/stopping-signals.js';
import { hasControllingTerminal } from './controlling-terminal.js';

/** How long a hang-up may take to reach every process of the session, in milliseconds. */
const HANG_UP_TIME = 100;

/**
 * Orders the lab to stop on a signal that would end the process, and on an error that nobody caught, so that the
 * host is restored even then.
 *
 * SIGHUP asks for a reload, unless the controlling terminal has hung up. The function returned undoes all this.
 */
export const handleSignals = (
  stop: (why: string, failure?: unknown) => void,
  reload: () => void,
  hasTerminal: () => boolean = hasControllingTerminal,
): (() => void) => {
  const hadTerminal = hasTerminal();
  const isHungUp = (): boolean => hadTerminal && !hasTerminal();
  const onSignal = (signal: NodeJS.Signals): void => stop(signal);
  const onHangUp = (): void => {
    if (isHungUp()) stop('SIGHUP: the terminal has hung up');
    else reload();
  };
  // The shell may pass the signal on before the kernel has taken the terminal away.
  const onHup = (): void => {
    if (!hadTerminal || isHungUp()) onHangUp();
    else setTimeout(onHangUp, HANG_UP_TIME);
  };
  // Rejections that nobody handled come here, too.
  let hasFailed = false;
  const onError = (error: unknown): void => {
    hasFailed = true;
    // Whatever is thrown is a failure, be it nothing.
    stop('internal error', error ?? new Error(`${error} was thrown`));
  };
  for (const signal of STOPPING) process.on(signal, onSignal);
  process.on('SIGHUP', onHup);
  process.on('uncaughtException', onError);
  return () => {
    for (const signal of STOPPING) process.off(signal, onSignal);
    process.off('SIGHUP', onHup);
    // The first error is what the process ends with, whatever comes between the end of the lab and its own.
    if (!hasFailed) process.off('uncaughtException', onError);
  };
};
