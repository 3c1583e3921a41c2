import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { Topology } from '../topology.js';

/** Finds settings of routers that contradict each other. */
export const checkRouters = (draft: FileDraft, topology: Topology, report: Report): void => {
  for (const [name, router] of draft.routers ?? []) {
    const hasLoopback =
      router?.ip?.loopback !== undefined || report.isFaulty('routers', name, 'ip', 'loopback');
    for (const each of topology.of(name).values()) {
      if (hasLoopback) break;
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
  }
};
