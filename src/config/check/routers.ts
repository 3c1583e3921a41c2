import { contains, type Prefix } from '../../address.js';
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
          `\`${name}.${each.link}\` has no address, and ${name} has no loopback address to stand in for it`,
          'give it an `address`, or the router `ip: { loopback: 192.0.2.255/32 }`',
        );
    }
    if (router?.icmp?.source === 'loopback' && !hasLoopback)
      report.error(
        'E-REF',
        ['routers', name, 'icmp', 'source'],
        `${name} has no loopback address`,
        'give it `ip: { loopback: 192.0.2.255/32 }`, or write `egress` or `ingress`',
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
    // What is wrong with a default follows from the one interval that makes it so.
    const key = Object.keys(igmp).find((name) => camelCase(name) === setting) ?? 'query-interval';
    if (severity === 'warning') report.warning('W-RANGE', [...path, key], message, fix, 'value');
    else report.error('E-RANGE', [...path, key], message, fix);
  }
};

/** What is written, and has no effect beside something else. */
const checkMulticast = (router: RouterDraft | undefined, name: string, report: Report): void => {
  const { routing, upstream, routes = [] } = router?.multicast ?? {};
  const unused = (path: Path, message: string, fix: string): void =>
    report.warning('W-UNUSED', ['routers', name, ...path], message, fix);
  if (routing === false && upstream !== undefined)
    unused(
      ['multicast', 'upstream'],
      `${name} forwards no multicast, so nothing is asked for upstream`,
      'remove `upstream:`, or `routing: false`',
    );
  for (const [at, each] of routes.entries())
    if (each?.in !== undefined && each.out?.includes(each.in))
      unused(
        ['multicast', 'routes', at, 'out'],
        `multicast is never sent back by the link that it came in by, ${each.in}`,
        `take ${each.in} out of \`out:\``,
      );
};

/** What is to be forwarded whoever asks, and a boundary keeps it back. */
const checkScopes = (router: RouterDraft | undefined, name: string, report: Report): void => {
  const isKept = (link: string | undefined, groups: Prefix | undefined): boolean => {
    const boundary = router?.interfaces?.get(link ?? '')?.['multicast-boundary'] ?? [];
    return boundary.some((each) => each !== undefined && groups !== undefined && isWithin(groups, each));
  };
  const warn = (link: string, ...path: Path): void =>
    report.warning(
      'W-UNUSED',
      ['routers', name, ...path, 'group'],
      `the boundary of ${name}.${link} keeps this group back`,
      'take the group out of `multicast-boundary`, or remove it here',
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

const isWithin = (inner: Prefix, outer: Prefix): boolean =>
  inner.length >= outer.length && contains(outer, inner.network);

const checkFilters = (router: RouterDraft | undefined, name: string, report: Report): void => {
  for (const [at, filter] of (router?.filters ?? []).entries()) {
    if (filter?.with === undefined || filter.action === undefined || filter.action === 'reject') continue;
    report.errorAtKey(
      'E-KEY',
      ['routers', name, 'filters', at, 'with'],
      `\`with\` is for \`action: reject\`, and this one is \`${filter.action}\``,
      'remove it, or write `action: reject`',
    );
  }
};
