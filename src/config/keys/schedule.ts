import { lasting, required, text, whole } from '../../key.js';

const TIME = { most: '24h', usual: 's' };

/** A change to make while the lab runs, in the words of the command line. */
export const SCHEDULE_KEYS = {
  at: required(lasting('how long after the lab is ready', TIME)),
  every: lasting('again after each such time', { least: '1ms', ...TIME }),
  times: whole('how often in all; default: once, or, with `every`, without end', 1, 1_000_000_000),
  do: required(text('what to type after `tunpike`', 1000)),
};
