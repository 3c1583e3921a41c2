import { formatAddress } from '../../address.js';
import { egressOf } from '../../ip/fib.js';
import type { NextHop, Route } from '../../ip/route.js';
import type { Router } from '../../router/router.js';
import { formatTarget } from '../../text/addresses.js';

/** A route in the words that `route add` takes. */
export const formatRoute = (route: Route, router: Router): string => {
  const { prefix, type, nexthops, metric, tos } = route;
  const to = formatTarget(prefix);
  const isSilent = type === 'blackhole' || type === 'unreachable' || type === 'prohibit';
  const hops = nexthops.map((hop) => formatHop(hop, router));
  return [
    ...(isSilent ? [type, to] : [to]),
    ...(hops.length > 1 ? hops.map((hop) => `nexthop ${hop}`) : hops),
    ...(metric === 0 ? [] : [`metric ${metric}`]),
    ...(tos === undefined ? [] : [`tos 0x${tos.toString(16).padStart(2, '0')}`]),
  ].join(' ');
};

const formatHop = ({ via, egress, weight }: NextHop, { interfaces }: Router): string => {
  const dev = `dev ${egressOf({ via, egress, weight }, interfaces).link}`;
  return `${via === 0 ? dev : `via ${formatAddress(via)} ${dev}`}${weight === 1 ? '' : ` weight ${weight}`}`;
};
