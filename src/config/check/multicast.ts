import { isWithin, type Prefix } from '../../address.js';
import type { FileDraft, RouterDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { Path } from '../tree.js';

/** Finds multicast forwarding that cannot have the effect it is meant to have. */
export const checkMulticast = (draft: FileDraft, report: Report): void => {
  for (const [name, router] of draft.routers ?? []) {
    checkForwarding(router, name, report);
    checkScopes(router, name, report);
  }
};

/** Finds settings that have no effect because of others. */
const checkForwarding = (router: RouterDraft | undefined, name: string, report: Report): void => {
  const { routing, upstream, routes = [] } = router?.multicast ?? {};
  const unused = (path: Path, message: string, fix: string): void =>
    report.warning('W-UNUSED', ['routers', name, ...path], message, fix);
  if (routing === false && upstream !== undefined)
    unused(
      ['multicast', 'upstream'],
      `${name} does not forward multicast, so \`upstream\` has no effect`,
      'remove `upstream`, or switch on `routing`',
    );
  else if (upstream !== undefined && !report.isFaulty('routers', name)) {
    const hasDownstream = [...(router?.interfaces ?? [])].some(
      ([link, each]) => link !== upstream && each?.igmp !== undefined,
    );
    if (!hasDownstream)
      unused(
        ['multicast', 'upstream'],
        `${name} is a proxy without a downstream interface: only ${upstream} runs IGMP`,
        'switch on `igmp` on the interfaces whose hosts may join groups, or remove `upstream`',
      );
  }
  for (const [at, each] of routes.entries())
    if (each?.in !== undefined && each.out?.includes(each.in))
      unused(
        ['multicast', 'routes', at, 'out'],
        `multicast is never sent back to the link it came from, ${each.in}`,
        `remove ${each.in} from \`out\``,
      );
};

/** Finds groups that are forwarded unconditionally, but blocked by a boundary. */
const checkScopes = (router: RouterDraft | undefined, name: string, report: Report): void => {
  const isKept = (link: string | undefined, groups: Prefix | undefined): boolean => {
    const boundary = router?.interfaces?.get(link ?? '')?.['multicast-boundary'] ?? [];
    return boundary.some((each) => each !== undefined && groups !== undefined && isWithin(groups, each));
  };
  const warn = (link: string, ...path: Path): void =>
    report.warning(
      'W-UNUSED',
      ['routers', name, ...path, 'group'],
      `the boundary of ${name}.${link} blocks this group`,
      'remove the group here, or its scope from `multicast-boundary`',
      'value',
    );
  for (const [link, each] of router?.interfaces ?? [])
    for (const [at, fixed] of (each?.igmp?.['static-groups'] ?? []).entries())
      if (isKept(link, fixed?.group)) warn(link, 'interfaces', link, 'igmp', 'static-groups', at);
  for (const [at, route] of (router?.multicast?.routes ?? []).entries()) {
    const link = [route?.in, ...(route?.out ?? [])].find((each) => isKept(each, route?.group));
    if (link !== undefined) warn(link, 'multicast', 'routes', at);
  }
};
