import { replaced } from '../../change/flatten.js';
import type { ChangeBy } from '../../change/grammar.js';
import type { ICMP_SET } from '../../change/icmp.js';
import { Failure } from '../../failure.js';
import { ICMP_KEYS } from '../../settings.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { routerNamed } from '../named.js';
import { type Outcome, outcome } from './outcome.js';

/** Changes what a running router sends by ICMP. */
export const setIcmp = (lab: Lab, { options }: ChangeBy<typeof ICMP_SET>, now: Instant): Outcome => {
  const { router: wanted, ...given } = options as Readonly<Record<string, unknown>>;
  const { name } = routerNamed(lab, wanted as string | undefined);
  const { configuration } = lab;
  const before = configuration.routers.get(name)!;
  const icmp = replaced(before.settings.icmp, ICMP_KEYS, given);
  if (icmp.source === 'loopback' && before.settings.ip.loopback === undefined)
    throw new Failure(
      7,
      `${name} has no loopback address`,
      'use `egress` or `ingress`, or give the router a loopback address (`ip.loopback`)',
    );
  const routers = new Map(configuration.routers);
  routers.set(name, { ...before, settings: { ...before.settings, icmp } });
  lab.apply({ ...configuration, routers }, now);
  return outcome({ router: name, ...given });
};
