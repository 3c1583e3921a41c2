import { type Address, UNSPECIFIED } from '../address.js';
import { type Duration, type Instant, NEVER, since } from '../time.js';
import type { IgmpInterface } from './igmp-interface.js';
import type { Version } from './message.js';
import type { Intervals } from './variables.js';

/** IGMP on one interface, as a person is shown it. */
export interface InterfaceView extends Intervals {
  readonly role: 'querier' | 'non-querier' | 'host';
  /** What is spoken now; older than what is set while an older querier is heard. */
  readonly version: Version;
  /** Undefined where the interface is down, or nobody asks. Where this router is only a host: who asked last. */
  readonly querier: Address | undefined;
  readonly otherQuerierExpires: Duration | undefined;
  readonly nextQuery: Duration | undefined;
  /** Reported or fixed. */
  readonly groups: number;
}

/** An interface that is down queries nobody, and is shown as a non-querier. */
export const interfaceView = (igmp: IgmpInterface, now: Instant): InterfaceView => {
  const { querier, memberships, member, role } = igmp;
  const isKnown =
    querier.state === 'querier' || (querier.state === 'non-querier' && querier.elected !== UNSPECIFIED);
  const fixed = [...memberships.fixed.keys()].filter((group) => !memberships.groups.has(group));
  return {
    ...querier.variables,
    role: role === 'host' ? 'host' : querier.state === 'querier' ? 'querier' : 'non-querier',
    version: role === 'host' ? member.version(now) : querier.version(now),
    querier: role === 'host' ? member.querier : isKnown ? querier.elected : undefined,
    otherQuerierExpires: left(querier.otherQuerierUntil, now),
    nextQuery: left(querier.nextQueryAt, now),
    groups: memberships.groups.size + fixed.length,
  };
};

const left = (deadline: Instant, now: Instant): Duration | undefined =>
  deadline === NEVER ? undefined : since(now, deadline);
