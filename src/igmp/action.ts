import type { Address } from '../address.js';
import type { OlderVersion } from './message.js';
import type { Refusal } from './refusal.js';
import type { QuerierWarning } from './warnings.js';
import type { Query, ReportRecord } from './write.js';

/**
 * What is to be done after a message, a timeout or a request.
 *
 * The machines of an interface only return actions, in order; `IgmpInterface` performs them, in one place. Messages
 * are not octets yet: version, address and MTU are looked up when they leave.
 */
export type Action =
  | { readonly type: 'send-query'; readonly query: Query }
  | { readonly type: 'send-report'; readonly records: readonly ReportRecord[] }
  | { readonly type: 'send-older-report'; readonly version: OlderVersion; readonly group: Address }
  | { readonly type: 'send-leave'; readonly group: Address }
  | { readonly type: 'send-advertisement' }
  | { readonly type: 'send-termination' }
  /** What is forwarded to the link from a group has changed. */
  | {
      readonly type: 'membership-changed';
      /** Undefined: any of them. */
      readonly group: Address | undefined;
    }
  /** The link has a new querier, possibly ourselves. */
  | { readonly type: 'elected'; readonly querier: Address }
  /** For observers. */
  | {
      readonly type: 'notify';
      readonly event: 'join' | 'leave' | 'expire';
      readonly group: Address;
      /** Null for the whole group. */
      readonly source: Address | null;
      readonly reporter: Address | null;
    }
  /** A message, or a part of one, is refused. */
  | {
      readonly type: 'refuse';
      readonly refusal: Refusal;
      readonly from: Address;
      readonly group: Address;
      /** How many parts of it. */
      readonly times: number;
    }
  /** Another router does something that an operator should know about. */
  | { readonly type: 'warn'; readonly warning: QuerierWarning; readonly from: Address };

/** Nothing is to be done. */
export const NO_ACTIONS: readonly Action[] = [];
