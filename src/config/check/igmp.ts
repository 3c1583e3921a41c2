import { isWithin } from '../../address.js';
import { DEFAULT_IGMP_SETTINGS, IGMP_KEYS } from '../../igmp/settings.js';
import { parseVariables } from '../../igmp/variables.js';
import { camelCase, type DraftOf, settingsOf } from '../../section.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { Path } from '../tree.js';

type IgmpDraft = DraftOf<typeof IGMP_KEYS>;

const MORE = `use more than the query response interval, ${DEFAULT_IGMP_SETTINGS.queryResponseInterval / 1000} s`;

/** Finds settings of IGMP that contradict each other, or that the version on the link does not allow. */
export const checkIgmp = (draft: FileDraft, report: Report): void => {
  const queriers = queriersOf(draft);
  for (const [name, router] of draft.routers ?? [])
    for (const [link, { igmp } = {}] of router?.interfaces ?? []) {
      const path = ['routers', name, 'interfaces', link, 'igmp'];
      if (igmp === undefined) continue;
      checkVariables(igmp, path, report);
      checkSources(igmp, path, report);
      checkTracking(igmp, path, report);
      checkAccess(igmp, path, report);
      if (igmp.querier === 'never' && !queriers.has(link) && !report.isFaulty('routers'))
        report.warning(
          'W-UNUSED',
          [...path, 'querier'],
          `nobody on link \`${link}\` sends queries, so memberships expire`,
          'write `elect`, unless a querier of your own runs on the link',
          'value',
        );
    }
};

/** The links on which some router sends queries. */
const queriersOf = (draft: FileDraft): ReadonlySet<string> =>
  new Set(
    [...(draft.routers?.values() ?? [])].flatMap((router) =>
      [...(router?.interfaces ?? [])].flatMap(([link, each]) => {
        const isHost = router?.multicast?.upstream === link;
        return each?.igmp === undefined || each.igmp.querier === 'never' || isHost ? [] : [link];
      }),
    ),
  );

/** Source: RFC 9776 §8. */
const checkVariables = (igmp: IgmpDraft, path: Path, report: Report): void => {
  if (report.isFaulty(...path)) return;
  for (const { setting, severity, message, fix } of parseVariables({
    ...DEFAULT_IGMP_SETTINGS,
    ...settingsOf(IGMP_KEYS, igmp),
  }).faults) {
    const key = Object.keys(igmp).find((name) => camelCase(name) === setting);
    // Of what is not set only the response interval can be wrong: because of the query interval that is.
    if (key === undefined) report.error('E-RANGE', [...path, 'query-interval'], message, MORE);
    else if (severity === 'warning') report.warning('W-RANGE', [...path, key], message, fix, 'value');
    else report.error('E-RANGE', [...path, key], message, fix);
  }
};

/** Before version 3, no message names a source. Source: RFC 2236 §2. */
const checkSources = ({ version, ...igmp }: IgmpDraft, path: Path, report: Report): void => {
  if (version !== 1 && version !== 2) return;
  for (const key of ['static-groups', 'join-groups'] as const)
    for (const [at, each] of (igmp[key] ?? []).entries())
      if (each?.source !== undefined)
        report.errorAtKey(
          'E-KEY',
          [...path, key, at, 'source'],
          `\`source\` requires IGMP version 3, but this interface uses version ${version}`,
          'remove it, or change the version to 3',
        );
};

/** Hosts of older versions do not report what another host has just reported. Source: RFC 2236 §3. */
const checkTracking = (igmp: IgmpDraft, path: Path, report: Report): void => {
  if (igmp['fast-leave'] !== 'tracked' || igmp.version === undefined || igmp.version === 3) return;
  report.warning(
    'W-UNUSED',
    [...path, 'fast-leave'],
    `version ${igmp.version} hosts may suppress each other’s reports, so \`tracked\` may end a group that others still want`,
    'write `never` or `always`, or change the version to 3',
    'value',
  );
};

/** Groups that are accepted and denied are denied. */
const checkAccess = (igmp: IgmpDraft, path: Path, report: Report): void => {
  const denied = igmp['deny-groups'] ?? [];
  for (const [at, accepted] of (igmp['accept-groups'] ?? []).entries()) {
    const { group } = accepted ?? {};
    if (group === undefined) continue;
    const isDenied = denied.some(
      (each) =>
        each?.group !== undefined &&
        isWithin(group, each.group) &&
        (each.source === undefined ||
          (accepted?.source !== undefined && isWithin(accepted.source, each.source))),
    );
    if (isDenied)
      report.warning(
        'W-UNUSED',
        [...path, 'accept-groups', at],
        'everything that this entry accepts is denied by `deny-groups`',
        'remove it, or the entry that denies it',
        'value',
      );
  }
};
