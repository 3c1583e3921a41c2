import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { DraftAttachment, Topology } from '../topology.js';
import type { Path } from '../tree.js';
import { listed } from './listed.js';

/** Finds names that are ambiguous, and names that refer to nothing. */
export const checkNames = (draft: FileDraft, { attachments }: Topology, report: Report): void => {
  checkOwners(draft, attachments, report);
  if (draft.links !== undefined) {
    for (const { link, path } of attachments)
      if (!draft.links.has(link)) refuseName(report, path, 'link', link, draft.links, 'key');
  }
  for (const [name, router] of draft.routers ?? []) {
    const own = router?.interfaces;
    if (router === undefined || own === undefined) continue;
    const check = (link: string | undefined, ...rest: Path): void => {
      if (link !== undefined && !own.has(link))
        refuseName(report, ['routers', name, ...rest], `interface of ${name}`, link, own, 'value');
    };
    // A multicast route may name links that the router is not on: it waits for them.
    const { links } = draft;
    const checkLink = (link: string | undefined, ...rest: Path): void => {
      if (link !== undefined && links?.has(link) === false)
        refuseName(report, ['routers', name, ...rest], 'link', link, links, 'value');
    };
    check(router.multicast?.upstream, 'multicast', 'upstream');
    for (const [at, route] of (router.multicast?.routes ?? []).entries()) {
      checkLink(route?.in, 'multicast', 'routes', at, 'in');
      for (const [i, out] of (route?.out ?? []).entries())
        checkLink(out, 'multicast', 'routes', at, 'out', i);
    }
    for (const [at, reflection] of (router.multicast?.reflect ?? []).entries())
      for (const [i, between] of (reflection?.between ?? []).entries())
        checkLink(between, 'multicast', 'reflect', at, 'between', i);
    for (const [at, filter] of (router.filters ?? []).entries()) {
      check(filter?.in, 'filters', at, 'in');
      check(filter?.out, 'filters', at, 'out');
    }
    refuseTwice(router.filters, ['routers', name, 'filters'], 'filter', report);
  }
  refuseTwice(draft.capture, ['capture'], 'capture', report);
};

const refuseTwice = (
  list: readonly ({ readonly name?: string | undefined } | undefined)[] | undefined,
  path: Path,
  what: string,
  report: Report,
): void => {
  const seen = new Set<string>();
  for (const [at, each] of (list ?? []).entries()) {
    if (each?.name === undefined) continue;
    if (seen.has(each.name))
      report.error(
        'E-DUPLICATE',
        [...path, at, 'name'],
        `a second ${what} \`${each.name}\``,
        'give it another name',
      );
    seen.add(each.name);
  }
};

const checkOwners = (draft: FileDraft, attachments: readonly DraftAttachment[], report: Report): void => {
  const hosts = draft.hosts ?? new Map();
  for (const name of draft.routers?.keys() ?? [])
    if (hosts.has(name))
      report.errorAtKey(
        'E-DUPLICATE',
        ['routers', name],
        `\`${name}\` is also the name of a host`,
        'rename one of them',
      );
  for (const [name, host] of draft.hosts ?? [])
    if (name === 'self' && host?.namespace === undefined && !report.isFaulty('hosts', name, 'namespace'))
      report.errorAtKey(
        'E-KEY',
        ['hosts', name],
        '`self` is reserved for the namespace in which tunpike runs',
        'rename the host; add `namespace: self` if that namespace is meant',
      );
  // Dots in names: `a.b` on `c` and `a` on `b.c` would both be `a.b.c`.
  const seen = new Set<string>();
  for (const { owner, link, path } of attachments) {
    const name = `${owner}.${link}`;
    const isTold = draft.routers?.has(owner) === true && hosts.has(owner);
    if (seen.has(name) && !isTold)
      report.errorAtKey(
        'E-DUPLICATE',
        path,
        `there are two interfaces named \`${name}\``,
        'use names without dots',
      );
    seen.add(name);
  }
};

const refuseName = (
  report: Report,
  path: Path,
  what: string,
  name: string,
  known: ReadonlyMap<string, unknown>,
  at: 'key' | 'value',
): void => {
  const meant = report.nearest(name, known.keys());
  const fix =
    meant === undefined ? `use an existing one: ${listed(known.keys())}` : `did you mean \`${meant}\`?`;
  const message = `there is no ${what} \`${name}\``;
  if (at === 'key') report.errorAtKey('E-REF', path, message, fix);
  else report.error('E-REF', path, message, fix);
};
