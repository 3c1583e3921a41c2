import type { Configuration, RouterConfiguration } from '../config/configuration.js';
import { isEqual, merge } from '../config/merge.js';

/**
 * The configuration for a lab to adopt when its file says `next` after `last`, with `current` in force.
 *
 * What was changed at run time stays where the two files do not differ. A link that they differ in is as the new file
 * says it: the lab knows what commands have set on it, and for how long.
 */
export const configurationInForce = (
  last: Configuration,
  next: Configuration,
  current: Configuration,
): Configuration => ({
  ...merge(last, next, current),
  links: new Map(
    [...next.links].map(([name, link]) => [
      name,
      isEqual(last.links.get(name), link) ? (current.links.get(name) ?? link) : link,
    ]),
  ),
  routers: new Map(
    [...merge(last.routers, next.routers, current.routers)].map(([name, router]) => [
      name,
      withPossibleSource(router, next.routers.get(name)),
    ]),
  ),
});

/** A router whose errors carry its loopback address has one: where the file takes it away, the file says the source, too. */
const withPossibleSource = (
  router: RouterConfiguration,
  wanted: RouterConfiguration | undefined,
): RouterConfiguration => {
  const { icmp, ip } = router.settings;
  if (icmp.source !== 'loopback' || ip.loopback !== undefined || wanted === undefined) return router;
  const { source } = wanted.settings.icmp;
  return { ...router, settings: { ...router.settings, icmp: { ...icmp, source } } };
};
