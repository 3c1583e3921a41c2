import { loadTimers } from '../../dist/tun/open-timer.js';

/** How far ahead a timer is armed, at most. In milliseconds. */
const LONGEST = 5;

/**
 * How late the timers of a back end ring, in milliseconds, least first: armed a thousand times, one after the other,
 * for a random moment of the next few milliseconds.
 */
export const benchTimers = async (backend, deadlines = 1000) => {
  const openTimer = await loadTimers([backend]);
  const lateness = [];
  await new Promise((resolve) => {
    let deadline = 0;
    const arm = () => {
      deadline = performance.now() + Math.random() * LONGEST;
      timer.arm(deadline);
    };
    const timer = openTimer(() => {
      lateness.push(performance.now() - deadline);
      if (lateness.length < deadlines) return arm();
      timer.close();
      resolve();
    });
    arm();
  });
  return lateness.sort((a, b) => a - b);
};
