import { BAD_DAY } from './bad-day.js';
import { MTU_BLACKHOLE } from './mtu-blackhole.js';
import { MULTICAST } from './multicast.js';
import { PING } from './ping.js';
import { REDIRECT_DEMO } from './redirect.js';
import type { Scenario } from './scenario.js';
import { THREE_HOP } from './three-hop.js';

/** The first is the default. */
export const SCENARIOS: readonly Scenario[] = [
  PING,
  THREE_HOP,
  MULTICAST,
  MTU_BLACKHOLE,
  BAD_DAY,
  REDIRECT_DEMO,
];
