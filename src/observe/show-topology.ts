import { formatPrefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { Lab } from '../lab/lab.js';
import { formatInterfaceAddress } from '../text/addresses.js';
import type { TopologyEnd, TopologyRow } from './shown.js';

/** Every link, and who is on it: routers first, as on the wire. */
export function* topologyRows(lab: Lab): Generator<TopologyRow> {
  const { links } = lab.configuration;
  const ends = endsOf(lab);
  for (const link of lab.links.values())
    yield {
      link: link.name,
      subnets: link.prefixes.map(formatPrefix),
      mtu: link.mtu,
      gateway: links.get(link.name)?.gateway ?? null,
      ends: (ends.get(link.name) ?? []).map((end) => end()),
    };
}

/** Who is on each link. */
const endsOf = ({ configuration: { hosts, routers } }: Lab): ReadonlyMap<string, (() => TopologyEnd)[]> => {
  const ends = new Map<string, (() => TopologyEnd)[]>();
  const add = (link: string, end: () => TopologyEnd): void => {
    const known = ends.get(link);
    if (known === undefined) ends.set(link, [end]);
    else known.push(end);
  };
  for (const { name, interfaces } of routers.values())
    for (const { link, addresses } of interfaces)
      add(link, () => ({
        kind: 'router',
        name,
        addresses: textsOf(addresses),
        device: null,
        namespace: null,
      }));
  for (const { name, namespace, interfaces } of hosts.values())
    for (const { link, addresses, device } of interfaces)
      add(link, () => ({ kind: 'host', name, addresses: textsOf(addresses), device, namespace }));
  return ends;
};

const textsOf = (addresses: readonly InterfaceAddress[]): readonly string[] =>
  addresses.map(formatInterfaceAddress);
