import { MULTICAST } from './demo-multicast.js';
import { PING } from './demo-ping.js';
import { REDIRECT } from './demo-redirect.js';
import type { Scenario } from './demo-scenario.js';
import { THREE_HOP } from './demo-three-hop.js';

/** The first is played where none is named. */
export const SCENARIOS: readonly Scenario[] = [PING, THREE_HOP, MULTICAST, REDIRECT];
