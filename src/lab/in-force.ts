import type { Configuration } from '../config/configuration.js';
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
});
