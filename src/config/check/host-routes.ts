import { type Address, contains, formatAddress, formatPrefix, isMulticast } from '../../address.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import { addressesOf, type Topology } from '../topology.js';
import type { Path } from '../tree.js';

/** How many neighbors a fix names. */
const MOST_NAMED = 4;

/** Finds next hops of hosts that are not somebody else on their link. */
export const checkHostRoutes = (draft: FileDraft, topology: Topology, report: Report): void => {
  const links = new Map<string, LinkFacts>();
  const factsOf = (link: string): LinkFacts => {
    const facts = links.get(link) ?? linkFacts(link, topology);
    links.set(link, facts);
    return facts;
  };
  for (const [host, { interfaces } = {}] of draft.hosts ?? [])
    for (const [link, { address, routes } = {}] of interfaces ?? [])
      for (const [at, { to, via } = {}] of (routes ?? []).entries()) {
        if (via === undefined) continue;
        const path = ['hosts', host, 'interfaces', link, 'routes', at, 'via'];
        if (to !== undefined && isMulticast(to.network)) {
          refuseForGroups(formatPrefix(to), path, report);
          continue;
        }
        const owner = topology.ownerOn(link, via)?.owner;
        if (owner !== undefined && owner !== host) continue;
        const { isKnown, neighbors } = factsOf(link);
        const text = `\`${formatAddress(via)}\``;
        const fix = fixFrom(neighbors.filter((each) => each.owner !== host));
        if (owner === host) report.error('E-NEXTHOP', path, `${text} is an address of ${host} itself`, fix);
        // Whoever has a mistake in it may be the one that is meant.
        else if (isKnown) {
          const isOnLink = addressesOf(address, []).some(({ own }) => contains(own.prefix, via));
          const what = isOnLink
            ? `is the address of nobody on link \`${link}\``
            : `is not on link \`${link}\``;
          report.error('E-NEXTHOP', path, `${text} ${what}`, fix);
        }
      }
};

/** What the checks of all hosts on a link need to know of it. */
interface LinkFacts {
  /** Nothing is wrong with anybody there. */
  readonly isKnown: boolean;
  /** A few that could be next hops: routers first, as a host would choose. */
  readonly neighbors: readonly Neighbor[];
}

interface Neighbor {
  readonly owner: string;
  readonly address: Address;
}

const linkFacts = (link: string, topology: Topology): LinkFacts => {
  const here = topology.on(link);
  const neighbors = (['router', 'host'] as const).flatMap((wanted) =>
    here
      .filter(({ kind }) => kind === wanted)
      .slice(0, MOST_NAMED)
      .flatMap(({ owner, addresses: [first] }) =>
        first === undefined ? [] : [{ owner, address: first.own.address }],
      ),
  );
  return { isKnown: here.every(({ isKnown }) => isKnown), neighbors };
};

const fixFrom = (neighbors: readonly Neighbor[]): string =>
  neighbors.length === 0
    ? 'remove it'
    : `write ${neighbors
        .slice(0, MOST_NAMED)
        .map(({ address }) => `\`${formatAddress(address)}\``)
        .join(' or ')}`;

const refuseForGroups = (groups: string, path: Path, report: Report): void =>
  report.errorAtKey(
    'E-MCAST',
    path,
    `${groups} is a range of multicast groups, which have no next hop`,
    'remove it',
  );
