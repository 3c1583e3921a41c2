import { type Address, formatAddress, formatPrefix, isHostOf } from '../../address.js';
import type { ProblemCode } from '../../text/fault.js';
import type { Connected } from '../connected.js';
import type { Topology } from '../topology.js';

/** What surrounds one router. */
export interface Environment {
  readonly router: string;
  readonly topology: Topology;
  readonly connected: Connected;
  /** There are no errors in the router's interfaces and their links. */
  readonly isKnown: boolean;
}

/** Says something about one next hop. */
export type Say = (severity: 'error' | 'warning', code: ProblemCode, message: string, fix: string) => void;

/** Finds a next hop that is the router itself, nobody, or on none of its networks. */
export const checkNextHop = (
  via: Address,
  { router, topology, connected, isKnown }: Environment,
  say: Say,
): void => {
  const text = formatAddress(via);
  const refuse = (message: string, fix: string): void => say('error', 'E-NEXTHOP', message, fix);
  if (topology.isOwn(via, router))
    return refuse(`\`${text}\` is an address of ${router} itself`, 'write the address of a neighbor');
  if (topology.linkOfNeighbor(via, router) !== undefined) return;
  const around = [...connected.around(via)].map(({ prefix }) => prefix);
  const ends = around.find((prefix) => !isHostOf(prefix, via));
  if (ends !== undefined)
    return refuse(
      `\`${text}\` is the ${via === ends.network ? 'network' : 'broadcast'} address of ${formatPrefix(ends)}`,
      'write the address of a neighbor',
    );
  if (!isKnown) return;
  if (around.length > 0)
    return say(
      'warning',
      'W-UNUSED',
      `\`${text}\` is the address of nobody in this file: what takes this route is answered with host unreachable`,
      'write the address of a neighbor, unless a program takes this one later',
    );
  const networks = connected.prefixes.slice(0, 6).map(formatPrefix).join(', ');
  refuse(
    `\`${text}\` is not on any network of ${router}`,
    networks === '' ? 'write the address of a neighbor' : `write the address of a neighbor in ${networks}`,
  );
};
