import { gate } from './targets/gate.js';
import { groups } from './targets/groups.js';
import { icmp } from './targets/icmp.js';
import { igmp } from './targets/igmp.js';
import { igmpMessage } from './targets/igmp-message.js';
import { options } from './targets/options.js';
import { probe } from './targets/probe.js';
import { reassembly } from './targets/reassembly.js';
import { router } from './targets/router.js';
import { file, request } from './targets/text.js';

/** Something that takes any octets at all and must keep its promises. */
export interface Target {
  readonly name: string;
  /** Throws where a promise is broken; what it does follows from the octets alone. */
  readonly run: (octets: Uint8Array) => void;
  /** Where a search begins that has no corpus yet. */
  readonly seeds: readonly Uint8Array[];
  /** No input is longer, in octets. */
  readonly longest: number;
  /** Pieces that are worth putting in. */
  readonly words: readonly Uint8Array[];
}

/** By name, for the search and for replaying what it found. */
export const TARGETS: readonly Target[] = [
  gate,
  options,
  reassembly,
  icmp,
  igmp,
  igmpMessage,
  groups,
  probe,
  router,
  file,
  request,
];
