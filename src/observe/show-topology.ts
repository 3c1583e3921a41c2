import { formatPrefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { Lab } from '../lab/lab.js';
import { formatInterfaceAddress } from '../text/addresses.js';
import type { TopologyEnd, TopologyRow } from './shown.js';

/** Every link, and who is on it: routers first, as on the wire. */
export const showTopology = (lab: Lab): readonly TopologyRow[] =>
  [...lab.links.values()].map((link): TopologyRow => {
    const { hosts, routers, links } = lab.configuration;
    const ends: TopologyEnd[] = [];
    for (const { name, interfaces } of routers.values())
      for (const each of interfaces)
        if (each.link === link.name)
          ends.push({
            kind: 'router',
            name,
            addresses: textsOf(each.addresses),
            device: null,
            namespace: null,
          });
    for (const { name, namespace, interfaces } of hosts.values())
      for (const each of interfaces)
        if (each.link === link.name)
          ends.push({
            kind: 'host',
            name,
            addresses: textsOf(each.addresses),
            device: each.device,
            namespace,
          });
    return {
      link: link.name,
      subnets: link.prefixes.map(formatPrefix),
      mtu: link.mtu,
      gateway: links.get(link.name)?.gateway ?? null,
      ends,
    };
  });

const textsOf = (addresses: readonly InterfaceAddress[]): readonly string[] =>
  addresses.map(formatInterfaceAddress);
