import { type Address, contains } from '../../address.js';
import { DEFAULT_IGMP_SETTINGS, IGMP_KEYS } from '../../igmp/settings.js';
import { parseVariables } from '../../igmp/variables.js';
import { camelCase, type DraftOf, settingsOf } from '../../section.js';
import type { DraftAttachment } from '../attachments.js';
import type { FileDraft, RouterDraft } from '../draft.js';
import type { Report } from '../report.js';
import type { Path } from '../tree.js';

/** Finds settings of routers that contradict each other. */
export const checkRouters = (
  draft: FileDraft,
  attachments: readonly DraftAttachment[],
  report: Report,
): void => {
  for (const [name, router] of draft.routers ?? []) {
    const hasLoopback =
      router?.ip?.loopback !== undefined || report.isFaulty('routers', name, 'ip', 'loopback');
    for (const each of attachments) {
      if (each.kind !== 'router' || each.owner !== name || hasLoopback) continue;
      if (each.isKnown && each.addresses.length === 0)
        report.errorAtKey(
          'E-ADDRESS',
          each.path,
          `\`${name}.${each.link}\` has no address, and ${name} has no loopback address to use instead`,
          'give it an address, or the router a loopback address (`ip.loopback`)',
        );
    }
    if (router?.icmp?.source === 'loopback' && !hasLoopback)
      report.error(
        'E-REF',
        ['routers', name, 'icmp', 'source'],
        `${name} has no loopback address`,
        'write `egress` or `ingress`, or give the router a loopback address (`ip.loopback`)',
      );
    for (const [link, each] of router?.interfaces ?? [])
      checkIgmp(each?.igmp, ['routers', name, 'interfaces', link, 'igmp'], report);
    checkMulticast(router, name, report);
    checkScopes(router, name, report);
    checkFilters(router, name, report);
  }
};

/** Source: RFC 9776 §8. */
const checkIgmp = (igmp: DraftOf<typeof IGMP_KEYS> | undefined, path: Path, report: Report): void => {
  if (igmp === undefined || report.isFaulty(...path)) return;
  for (const { setting, severity, message, fix } of parseVariables({
    ...DEFAULT_IGMP_SETTINGS,
    ...settingsOf(IGMP_KEYS, igmp),
  }).faults) {
    // A default can only be wrong because of an interval that is set.
    const key = Object.keys(igmp).find((name) => camelCase(name) === setting) ?? 'query-interval';
    if (severity === 'warning') report.warning('W-RANGE', [...path, key], message, fix, 'value');
    else report.error('E-RANGE', [...path, key], message, fix);
  }
};

/** Finds settings that have no effect because of others. */
const checkMulticast = (router: RouterDraft | undefined, name: string, report: Report): void => {
  const { routing, upstream, routes = [] } = router?.multicast ?? {};
  const unused = (path: Path, message: string, fix: string): void =>
    report.warning('W-UNUSED', ['routers', name, ...path], message, fix);
  if (routing === false && upstream !== undefined)
    unused(
      ['multicast', 'upstream'],
      `${name} does not forward multicast, so \`upstream\` has no effect`,
      'remove `upstream`, or switch on `routing`',
    );
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
  const isKept = (link: string | undefined, group: Address | undefined): boolean => {
    const boundary = router?.interfaces?.get(link ?? '')?.['multicast-boundary'] ?? [];
    return group !== undefined && boundary.some((each) => each !== undefined && contains(each, group));
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

const checkFilters = (router: RouterDraft | undefined, name: string, report: Report): void => {
  for (const [at, filter] of (router?.filters ?? []).entries()) {
    if (filter?.with === undefined || filter.action === undefined || filter.action === 'reject') continue;
    report.errorAtKey(
      'E-KEY',
      ['routers', name, 'filters', at, 'with'],
      `\`with\` requires \`action: reject\`, but the action is \`${filter.action}\``,
      'remove it, or change the action to `reject`',
    );
  }
};
