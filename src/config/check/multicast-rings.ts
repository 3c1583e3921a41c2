import type { FileDraft, RouterDraft } from '../draft.js';
import type { Report } from '../problem-report.js';

/** Finds rings in which multicast would go round without end: nobody asks where it came from, and its TTL is renewed. */
export const checkMulticastRings = (draft: FileDraft, report: Report): void => {
  const routers = [...(draft.routers ?? [])].filter(([, router]) => isOpen(router));
  const around = new Map<string, Set<string>>();
  for (const [name, router] of routers)
    for (const link of router?.interfaces?.keys() ?? []) {
      const routersOn = around.get(link) ?? new Set();
      around.set(link, routersOn.add(name));
    }
  const linksOf = new Map(routers.map(([name, router]) => [name, [...(router?.interfaces?.keys() ?? [])]]));
  for (const [name, router] of routers)
    for (const [link, each] of router?.interfaces ?? []) {
      if (each?.['multicast-ttl'] === undefined || !isInRing(name, link, around, linksOf)) continue;
      report.warning(
        'W-RANGE',
        ['routers', name, 'interfaces', link, 'multicast-ttl'],
        `${link} is in a ring of routers with \`reverse-path: off\`: multicast that comes in here may go round without end`,
        `remove \`multicast-ttl\` here, or set \`multicast: { reverse-path: strict }\` on ${name}`,
      );
    }
};

/** Whether a router forwards multicast wherever it comes from. */
const isOpen = (router: RouterDraft | undefined): boolean =>
  router?.multicast?.['reverse-path'] === 'off' && router.multicast.routing !== false;

/** Whether what a router sends elsewhere can come back by a link. */
const isInRing = (
  router: string,
  link: string,
  around: ReadonlyMap<string, ReadonlySet<string>>,
  linksOf: ReadonlyMap<string, readonly string[]>,
): boolean => {
  const isSeen = new Set([link]);
  const toSee = [link];
  for (let at = toSee.pop(); at !== undefined; at = toSee.pop())
    for (const other of around.get(at) ?? []) {
      if (other === router && at === link) continue;
      if (other === router) return true;
      for (const next of linksOf.get(other) ?? [])
        if (!isSeen.has(next)) {
          isSeen.add(next);
          toSee.push(next);
        }
    }
  return false;
};
