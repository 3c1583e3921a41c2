import type { Address } from '../address.js';
import type { IgmpInterface } from './igmp-interface.js';

/** Why datagrams from a source to a group are not forwarded to the link. */
export const hindrance = (
  { memberships, settings }: IgmpInterface,
  group: Address,
  source: Address,
): string => {
  const { admission } = memberships;
  if (memberships.groups.has(group)) return 'its hosts have joined the group, but not for this source';
  const nobody = 'no host there has joined the group';
  const fault = admission.groupFault(group, false);
  if (fault === 'denied') return `${nobody}, and none may (accept-groups, deny-groups)`;
  if (fault !== undefined) return nobody;
  if (memberships.isFull)
    return `${nobody}, and the interface has reached its limit (max-groups ${settings.maxGroups})`;
  if (!admission.acceptingSource(group)(source))
    return `${nobody}, and none may for this source (accept-groups, deny-groups)`;
  return admission.isSourceSpecific(group)
    ? `${nobody} for this source; it is source-specific, so hosts must name their sources, in IGMP version 3`
    : nobody;
};
