import type {
  Configuration,
  HostConfiguration,
  LinkConfiguration,
  RouteConfiguration,
  RouterConfiguration,
} from '../../src/config/configuration.js';
import { UNIMPAIRED } from '../../src/impairments.js';
import type { InterfaceAddress } from '../../src/interface.js';
import { ip } from '../support/datagram.js';
import type { Setup } from './case.js';
import { igmpSettings, multicastConfiguration, prefix, scopeOf } from './igmp/settings-words.js';
import { settingsOf } from './settings-change.js';
import {
  addressesOf,
  DUT,
  hostOf,
  linkOf,
  mtuOf,
  PORTS,
  type PortNumber,
  portOf,
  type RouteWords,
  routesOf,
} from './topology.js';

/** The lab of a case, as the program is given it: the router `dut`, four links and a host on each that is only octets in and out. */
export const configurationOf = (setup: Setup = {}): Configuration => ({
  name: 'conformance',
  links: new Map(PORTS.map((port) => [linkOf(port), linkConfiguration(setup, port)])),
  hosts: new Map(PORTS.map((port) => [hostOf(port), hostConfiguration(port)])),
  routers: new Map([[DUT, routerConfiguration(setup)]]),
  log: { level: 'silent', format: 'json' },
  control: { socket: undefined, mode: 0o600, group: undefined, readOnlySocket: undefined },
  http: undefined,
  capture: [],
  poll: 'interrupt',
  schedule: [],
});

const linkConfiguration = ({ topology }: Setup, port: PortNumber): LinkConfiguration => ({
  name: linkOf(port),
  mtu: mtuOf(topology, port),
  gateway: DUT,
  ...UNIMPAIRED,
  from: new Map(),
});

/** Its configured address is none that any case sends from, so that nothing but the case speaks. */
const hostConfiguration = (port: PortNumber): HostConfiguration => ({
  name: hostOf(port),
  namespace: hostOf(port),
  interfaces: [
    {
      link: linkOf(port),
      address: interfaceAddress(`10.0.${port + 1}.200/24`),
      addresses: [interfaceAddress(`10.0.${port + 1}.200/24`)],
      routes: [],
      device: linkOf(port),
      persistent: false,
    },
  ],
});

const routerConfiguration = (setup: Setup): RouterConfiguration => {
  const { topology, igmpOn } = setup;
  return {
    name: DUT,
    interfaces: PORTS.map((port) => ({
      link: linkOf(port),
      addresses: addressesOf(topology, port).map(interfaceAddress),
      forwarding: !(topology?.forwardingOff ?? []).includes(port),
      scope: scopeOf(setup.scopeOn?.[port]),
      igmp: igmpOn?.[port] && igmpSettings(igmpOn[port]),
    })),
    routes: routesOf(topology).map(routeConfiguration),
    tables: [],
    settings: settingsOf(setup.settings),
    multicast: multicastConfiguration(setup.multicast),
    filters: [],
  };
};

const interfaceAddress = (text: string): InterfaceAddress => ({
  address: ip(text.split('/')[0]!),
  prefix: prefix(text),
});

const routeConfiguration = (route: RouteWords): RouteConfiguration => {
  const common = { to: prefix(route.to), metric: route.metric ?? 0, tos: route.tos };
  if (route.type !== undefined) return { ...common, type: route.type };
  const nexthops = (route.via ?? []).map((via, at) => ({
    via: ip(via),
    link: linkOf(route.on ?? portOf(via)),
    weight: route.weights?.[at] ?? 1,
  }));
  return { ...common, type: 'unicast', nexthops };
};
