import { DEFAULT_PREFIX, type Prefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import { parseAddress, parseInterfaceAddress, parsePrefix } from '../text/addresses.js';
import { type Fault, isFault } from '../text/fault.js';
import type { HostRoute } from '../tun/rtnetlink-request.js';

const ROUTE = /^(default|[\d./]+)(?: via ([\d.]+))? dev ([A-Za-z0-9_.-]+)( onlink)?$/;

/** A route as the plan writes it, with the device that it is on. */
export interface ReadRoute extends HostRoute {
  readonly device: string;
}

/** Reads what `formatRoute` wrote; undefined where it is anything else. */
export function readRoute(text: string): ReadRoute | undefined {
  const [, target = '', next, device = '', onlink] = ROUTE.exec(text) ?? [];
  const to: Prefix | undefined = target === 'default' ? DEFAULT_PREFIX : accepted(parsePrefix(target));
  const via = next === undefined ? undefined : accepted(parseAddress(next));
  if (to === undefined || (next !== undefined && via === undefined)) return undefined;
  return { to, via, device, onlink: onlink !== undefined };
}

/** Reads an address with its length; undefined where it is anything else. */
export const readAddress = (text: string): InterfaceAddress | undefined =>
  accepted(parseInterfaceAddress(text));

const accepted = <Value>(parsed: Value | Fault): Value | undefined => (isFault(parsed) ? undefined : parsed);
