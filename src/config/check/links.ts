import { isMulticast } from '../../address.js';
import type { FileDraft, LinkDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { DraftAttachment, Topology } from '../topology.js';
import { listed } from './listed.js';

/** The length of datagrams that every internet host accepts. Source: RFC 791 §3.1. */
const SAFE_MTU = 576;

/** Finds links that lack a gateway or connect nothing. */
export const checkLinks = (draft: FileDraft, topology: Topology, report: Report): void => {
  if (draft.hosts === undefined && draft.routers === undefined && !report.hasErrors)
    report.warning(
      'W-UNUSED',
      ['links'],
      'the file has no hosts and no routers, so nothing would run',
      'add hosts and routers, or create a configuration with `tunpike init`',
    );
  for (const [name, link] of draft.links ?? []) {
    const here = topology.on(name);
    if (link?.mtu !== undefined && link.mtu < SAFE_MTU)
      report.warning(
        'W-MTU',
        ['links', name, 'mtu'],
        `an MTU of ${link.mtu} is below ${SAFE_MTU}, which every host must accept; many programs fail with less`,
        `write ${SAFE_MTU} or more, unless this is what you are testing`,
        'value',
      );
    checkGateway(name, link, here, draft, report);
    checkSenders(name, link, here, report);
    checkUse(name, here, draft, report);
  }
  for (const kind of ['hosts', 'routers'] as const)
    for (const [name, each] of draft[kind] ?? [])
      if (each?.interfaces?.size === 0)
        report.warning(
          'W-UNUSED',
          [kind, name],
          `\`${name}\` is on no link`,
          'give it an interface, or remove it',
        );
};

const checkGateway = (
  name: string,
  link: LinkDraft | undefined,
  here: readonly DraftAttachment[],
  draft: FileDraft,
  report: Report,
): void => {
  const path = ['links', name, 'gateway'];
  const routers = here.filter(({ kind }) => kind === 'router').map(({ owner }) => owner);
  const gateway = link?.gateway;
  if (gateway === undefined) {
    const needing = here.find((each) => each.kind === 'host' && hasRoutes(each, draft, report));
    if (routers.length < 2 || needing === undefined || report.isFaulty(...path)) return;
    report.errorAtKey(
      'E-GATEWAY',
      ['links', name],
      `link \`${name}\` has ${routers.length} routers, and \`${needing.owner}\` has routes, but no gateway is set`,
      `set \`gateway: ${routers[0]}\``,
    );
    return;
  }
  if (routers.includes(gateway)) return;
  if (draft.routers?.has(gateway) === true) {
    if (draft.routers?.get(gateway)?.interfaces === undefined) return;
    const fix =
      routers.length === 0
        ? `give ${gateway} an interface on ${name}`
        : `choose a router on the link: ${listed(routers)}`;
    report.error('E-GATEWAY', path, `\`${gateway}\` is not on link \`${name}\``, fix);
    return;
  }
  if (draft.hosts?.has(gateway) === true) {
    if (draft.hosts.get(gateway)?.interfaces === undefined) return;
    if (!here.some(({ owner }) => owner === gateway))
      report.error(
        'E-GATEWAY',
        path,
        `\`${gateway}\` is not on link \`${name}\``,
        `give ${gateway} an interface on ${name}`,
      );
    return;
  }
  const meant = report.nearest(gateway, routers) ?? report.nearest(gateway, draft.routers?.keys() ?? []);
  const fix =
    meant === undefined ? `choose a router on the link: ${listed(routers)}` : `did you mean \`${meant}\`?`;
  if (draft.routers !== undefined || !report.isFaulty('routers'))
    report.error('E-REF', path, `there is no router \`${gateway}\``, fix);
};

/** Refuses impairments of what nobody on the link sends. */
const checkSenders = (
  name: string,
  link: LinkDraft | undefined,
  here: readonly DraftAttachment[],
  report: Report,
): void => {
  if (report.isFaulty('hosts') || report.isFaulty('routers')) return;
  const owners = [...new Set(here.map(({ owner }) => owner))];
  for (const sender of link?.from?.keys() ?? []) {
    const path = ['links', name, 'from', sender];
    if (owners.includes(sender) || report.isFaulty(...path)) continue;
    const meant = report.nearest(sender, owners);
    report.errorAtKey(
      'E-REF',
      path,
      `there is no host or router \`${sender}\` on link \`${name}\``,
      meant !== undefined
        ? `did you mean \`${meant}\`?`
        : owners.length === 0
          ? 'remove it'
          : `name one that is on the link: ${listed(owners)}`,
    );
  }
};

/** Whether routes of a host lead to its link's gateway. */
const hasRoutes = ({ owner, link, path }: DraftAttachment, draft: FileDraft, report: Report): boolean =>
  draft.hosts
    ?.get(owner)
    ?.interfaces?.get(link)
    ?.routes?.some(
      ({ to, via } = {}, at) =>
        to !== undefined &&
        via === undefined &&
        !isMulticast(to.network) &&
        !report.isFaulty(...path, 'routes', at, 'via'),
    ) === true;

const checkUse = (name: string, here: readonly DraftAttachment[], draft: FileDraft, report: Report): void => {
  if (report.isFaulty('hosts') || report.isFaulty('routers')) return;
  if (here.length < 2)
    report.warning(
      'W-UNUSED',
      ['links', name],
      here.length === 0
        ? `nothing is on link \`${name}\``
        : `only \`${here[0]!.owner}\` is on link \`${name}\`, so the link stays down`,
      'attach another host or router, or remove the link',
    );
  if (here.some(({ kind, owner }) => kind === 'router' || owner === draft.links?.get(name)?.gateway)) return;
  for (const each of here)
    if (hasRoutes(each, draft, report))
      report.warning(
        'W-UNUSED',
        [...each.path, 'routes'],
        `the routes of \`${each.owner}\` lead nowhere: link \`${name}\` has no router`,
        'attach a router to the link, or remove the routes',
      );
};
