import { START } from '../../src/time.js';

/** What r1 tells of a datagram that it drops on red, but for the datagram. */
export const DROP_ON_RED = {
  type: 'drop',
  time: START,
  router: 'r1',
  interface: 'r1.red',
  link: 'red',
  reason: 'no-route',
} as const;
