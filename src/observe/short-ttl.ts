import { formatAddress } from '../address.js';
import type { Lab } from '../lab/lab.js';
import type { Router } from '../router/router.js';

/** How often to look, in milliseconds. */
const INTERVAL = 2000;

/**
 * Warns once for each interface on which a stream arrives whose TTL is used up here, or would be but for `multicast-ttl`.
 *
 * Looks at the counters now and then, so it costs the datagrams nothing. The default TTL of multicast is 1,
 * which gets no further than its own link. Source: RFC 1112 §6.1.
 */
export const watchForShortTtl = (lab: Lab, warn: (warning: string) => void): { end(): void } => {
  const told = new Set<string>();
  const tellRaised = (router: Router): void => {
    for (;;) {
      const raised = router.multicast.find(
        ({ route, isTtlRaised }) => isTtlRaised && !told.has(route.incoming.name),
      );
      if (raised === undefined) return;
      const { incoming, source, group } = raised.route;
      told.add(incoming.name);
      warn(
        `${incoming.name}: what ${formatAddress(source)} sends to ${formatAddress(group)} goes on although its TTL is used up, for the interface has \`multicast-ttl: ${incoming.scope.ttl}\``,
      );
    }
  };
  const look = (): void => {
    for (const router of lab.routers.values()) {
      if (router.interfaces.some(({ scope }) => scope.ttl !== undefined)) tellRaised(router);
      // With a threshold, the drop is as configured.
      if (router.interfaces.some(({ scope }) => scope.ttlThreshold > 1)) continue;
      for (const each of router.interfaces) {
        if (told.has(each.name) || !each.drops.has('multicast-ttl')) continue;
        told.add(each.name);
        warn(
          `${each.name}: ${streamThere(router, each.name)} arrives with TTL 1 and goes no further; set a larger TTL in the sender (IP_MULTICAST_TTL), whose default is 1, or set \`multicast-ttl: pass\` on the interface`,
        );
      }
    }
  };
  const timer = setInterval(look, INTERVAL);
  timer.unref();
  return { end: () => clearInterval(timer) };
};

/** The stream in question, which may be forgotten already. */
const streamThere = (router: Router, ingress: string): string => {
  const stream = router.multicast.find(
    ({ route, lastReason }) => route.incoming.name === ingress && lastReason === 'multicast-ttl',
  );
  if (stream === undefined) return 'a multicast stream';
  return `the stream from ${formatAddress(stream.route.source)} to ${formatAddress(stream.route.group)}`;
};
