import { type Address, UNSPECIFIED } from '../address.js';
import { type Duration, type Instant, NEVER, since } from '../time.js';
import type { IgmpInterface } from './igmp-interface.js';
import type { Version } from './message.js';
import {
  groupMembershipInterval,
  lastMemberQueryTime,
  olderHostPresentInterval,
  otherQuerierPresentInterval,
  type Variables,
} from './variables.js';

/** IGMP on one interface, as a person is shown it. */
export interface InterfaceView extends Variables {
  readonly role: 'querier' | 'non-querier' | 'host';
  /** What is spoken now; older than what is set while an older querier is heard. */
  readonly version: Version;
  /** Undefined where the interface is down, or nobody asks. Where this router is only a host: who asked last. */
  readonly querier: Address | undefined;
  readonly otherQuerierExpires: Duration | undefined;
  readonly nextQuery: Duration | undefined;
  /** Reported or fixed. */
  readonly groups: number;
  readonly groupMembershipInterval: Duration;
  readonly otherQuerierPresentInterval: Duration;
  readonly olderHostPresentInterval: Duration;
  readonly lastMemberQueryTime: Duration;
}

/** An interface that is down queries nobody, and is shown as a non-querier. */
export const interfaceView = (igmp: IgmpInterface, now: Instant): InterfaceView => {
  const { querier, memberships, member, role } = igmp;
  const { variables } = querier;
  const isKnown =
    querier.state === 'querier' || (querier.state === 'non-querier' && querier.elected !== UNSPECIFIED);
  const fixed = [...memberships.fixed.keys()].filter((group) => !memberships.groups.has(group));
  return {
    ...variables,
    role: role === 'host' ? 'host' : querier.state === 'querier' ? 'querier' : 'non-querier',
    version: role === 'host' ? member.version(now) : querier.version(now),
    querier: role === 'host' ? member.querier : isKnown ? querier.elected : undefined,
    otherQuerierExpires: left(querier.otherQuerierUntil, now),
    nextQuery: left(querier.nextQueryAt, now),
    groups: memberships.groups.size + fixed.length,
    groupMembershipInterval: groupMembershipInterval(variables),
    otherQuerierPresentInterval: otherQuerierPresentInterval(variables),
    olderHostPresentInterval: olderHostPresentInterval(variables),
    lastMemberQueryTime: lastMemberQueryTime(variables),
  };
};

const left = (deadline: Instant, now: Instant): Duration | undefined =>
  deadline === NEVER ? undefined : since(now, deadline);
