import { type Address, UNSPECIFIED } from '../address.js';
import { type Duration, type Instant, left } from '../time.js';
import type { IgmpInterface } from './igmp-interface.js';
import type { Version } from './message.js';
import type { Intervals } from './variables.js';

/** IGMP on one interface, for display. */
export interface InterfaceView extends Intervals {
  readonly role: 'querier' | 'non-querier' | 'host';
  /** The version in use; older than the setting while an older querier is present. */
  readonly version: Version;
  /** Undefined if the interface is down, or has no querier. On a host interface, the sender of the last query. */
  readonly querier: Address | undefined;
  readonly otherQuerierExpires: Duration | undefined;
  readonly nextQuery: Duration | undefined;
  /** Reported or fixed. */
  readonly groups: number;
}

/** An interface that is down does not query, and is shown as a non-querier. */
export const interfaceView = (igmp: IgmpInterface, now: Instant): InterfaceView => {
  const { querier, memberships, member, role } = igmp;
  const isKnown =
    querier.state === 'querier' || (querier.state === 'non-querier' && querier.elected !== UNSPECIFIED);
  const { groups, prefixes } = memberships.fixed;
  const fixed = [...groups].filter((group) => !memberships.groups.has(group));
  return {
    ...querier.variables,
    role: role === 'host' ? 'host' : querier.state === 'querier' ? 'querier' : 'non-querier',
    version: role === 'host' ? member.version(now) : querier.version(now),
    querier: role === 'host' ? member.querier : isKnown ? querier.elected : undefined,
    otherQuerierExpires: left(querier.otherQuerierUntil, now),
    nextQuery: left(querier.nextQueryAt, now),
    groups: memberships.groups.size + fixed.length + [...prefixes].length,
  };
};
