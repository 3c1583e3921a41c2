import type { Address } from '../address.js';
import type { OlderVersion } from './message.js';
import type { Refusal } from './refusal.js';
import type { QuerierWarning } from './warnings.js';
import type { Query, ReportRecord } from './write.js';

/**
 * What is to happen because a message came in, a timer ended or somebody asked for it.
 *
 * The machines of an interface only say it, in order; `IgmpInterface` does it, in one place. What is to be sent is not
 * octets yet: version, address and MTU are looked up when it leaves.
 */
export type Action =
  | { readonly type: 'send-query'; readonly query: Query }
  | { readonly type: 'send-report'; readonly records: readonly ReportRecord[] }
  | { readonly type: 'send-older-report'; readonly version: OlderVersion; readonly group: Address }
  | { readonly type: 'send-leave'; readonly group: Address }
  | { readonly type: 'send-advertisement' }
  | { readonly type: 'send-termination' }
  /** What is forwarded to the link of a group is different now. */
  | { readonly type: 'membership-changed'; readonly group: Address }
  /** The querier of the link is another one now: ourselves too. */
  | { readonly type: 'elected'; readonly querier: Address }
  /** For whoever watches. */
  | {
      readonly type: 'notify';
      readonly event: 'join' | 'leave' | 'expire';
      readonly group: Address;
      /** Null for the whole group. */
      readonly source: Address | null;
      readonly reporter: Address | null;
    }
  /** A message, or a part of one, is not heeded. */
  | { readonly type: 'refuse'; readonly refusal: Refusal; readonly from: Address; readonly group: Address }
  /** Another router does what an operator should know. */
  | { readonly type: 'warn'; readonly warning: QuerierWarning; readonly from: Address };

/** Nothing is to happen. */
export const NO_ACTIONS: readonly Action[] = [];
