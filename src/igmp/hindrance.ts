import type { Address } from '../address.js';
import type { IgmpInterface } from './igmp-interface.js';

/** Why somebody on the link who would like to have datagrams from a source to a group does not get them. */
export const hindrance = (
  { memberships, settings }: IgmpInterface,
  group: Address,
  source: Address,
): string => {
  const { admission } = memberships;
  if (memberships.groups.has(group)) return 'its hosts want the group, but not from this source';
  const nobody = 'nobody there asks for the group';
  const fault = admission.groupFault(group, false);
  if (fault === 'denied') return `${nobody}, and nobody may (accept-groups, deny-groups)`;
  if (fault !== undefined) return nobody;
  if (memberships.isFull) return `${nobody}, and no more groups are taken (max-groups ${settings.maxGroups})`;
  if (!admission.acceptingSource(group)(source))
    return `${nobody}, and nobody may from this source (accept-groups, deny-groups)`;
  return admission.isSourceSpecific(group)
    ? `${nobody} from this source; it is source-specific, so hosts must name their sources, by IGMP version 3`
    : nobody;
};
