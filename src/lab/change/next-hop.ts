import { type Address, contains, formatAddress, formatPrefix, isHostOf, prefixOf } from '../../address.js';
import type { HopWords } from '../../change/route.js';
import { Failure } from '../../failure.js';
import type { Interface } from '../../interface.js';
import { egressOf } from '../../ip/fib.js';
import type { NextHop } from '../../ip/route.js';
import type { Router } from '../../router/router.js';
import type { Lab } from '../lab.js';
import { interfaceNamed } from '../named.js';

/** A next hop of a router, from the words for it; throws a `Failure` (2) if nobody can be there. */
export const nextHopOf = (lab: Lab, router: Router, { via, dev, weight }: HopWords): NextHop => {
  const { interfaces, settings } = router;
  const text = formatAddress(via);
  const isOwn = interfaces.some(({ addresses }) => addresses.some(({ address }) => address === via));
  if (isOwn || settings.ip.loopback === via)
    throw new Failure(2, `${text} is an address of ${router.name} itself`, 'write the address of a neighbor');
  const egress =
    dev === undefined ? towards(router, via) : onLink(router, via, interfaceNamed(lab, dev, router.name));
  if (egress === undefined)
    throw new Failure(2, `${text} is not on any link of ${router.name}`, neighborIn(interfaces));
  for (const { prefix } of egress.addresses)
    if (contains(prefix, via) && !isHostOf(prefix, via))
      throw new Failure(
        2,
        `${text} is the ${via === prefix.network ? 'network' : 'broadcast'} address of ${formatPrefix(prefix)}`,
        'write the address of a neighbor',
      );
  return { via, egress: egress.index, weight };
};

/** The interface on whose network an address is, or behind which it is known to be. */
export const towards = ({ interfaces, routing }: Router, via: Address): Interface | undefined => {
  const on = interfaces.find(({ addresses }) => addresses.some(({ prefix }) => contains(prefix, via)));
  if (on !== undefined) return on;
  const known = routing.rib.routesTo(prefixOf(via, 32)).find(({ type }) => type === 'connected');
  const [hop] = known?.nexthops ?? [];
  return hop === undefined ? undefined : egressOf(hop, interfaces);
};

/** An interface without an address has any neighbor that its link has. */
const onLink = (router: Router, via: Address, egress: Interface): Interface => {
  if (egress.addresses.length === 0 || towards(router, via) === egress) return egress;
  throw new Failure(2, `${formatAddress(via)} is not on the link ${egress.link}`, neighborIn([egress]));
};

const neighborIn = (interfaces: readonly Interface[]): string => {
  const networks = interfaces.flatMap(({ addresses }) => addresses.map(({ prefix }) => formatPrefix(prefix)));
  const some = networks.slice(0, 6).join(', ');
  return some === '' ? 'write the address of a neighbor' : `write the address of a neighbor in ${some}`;
};
