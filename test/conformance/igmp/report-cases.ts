import type { DropReason } from '../../../src/drop-reason.js';
import type { Case } from '../case.js';
import { G } from './addresses.js';
import { kase } from './kase.js';
import type { IgmpWords } from './settings-words.js';

/** A group that has just been reported, with the default timers. */
export const JOINED: readonly string[] = [`${G} exclude=270`];

/** That what comes in on port 0 makes these groups there, and is answered by nothing. */
export const accepted = (
  title: string,
  send: Uint8Array | readonly Uint8Array[],
  groups: readonly string[] = JOINED,
  more: { readonly igmp?: IgmpWords; readonly counted?: readonly string[] } = {},
): Case => kase(title, { send, groups: { 0: groups }, ...more });

/** That it is dropped, makes no group, and is counted under the reason why. */
export const refused = (
  title: string,
  send: Uint8Array,
  counted: readonly string[],
  drop: DropReason = 'igmp-ignored',
  igmp?: IgmpWords,
): Case => kase(title, { send, drop, counted, groups: { 0: [] }, ...(igmp === undefined ? {} : { igmp }) });
