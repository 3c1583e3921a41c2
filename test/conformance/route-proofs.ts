import { readConfiguration } from '../../src/config/read.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { START } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { kase } from './case.js';
import { query, transit } from './stimulus.js';
import { configurationOf, DUT, GATEWAY, hostOf, linkOf, prefix, ROUTER } from './topology.js';

/** Changes a route between two datagrams, and says whether one was lost. */
export const replacementFault = (): string | undefined => {
  const lab = new VirtualLab(configurationOf(kase('replace', { steps: [] })));
  const router = lab.lab.routers.get(DUT)!;
  const host = lab.host(hostOf(0), linkOf(0));
  for (const port of [1, 2] as const)
    lab.host(hostOf(port), linkOf(port)).send(query(0, { source: GATEWAY[port], destination: ROUTER[port] }));
  const old = [...router.routing.rib].find(
    (route) => route.prefix.network === prefix('10.10.0.0/16').network,
  )!;
  for (let round = 0; round < 100; round += 1) {
    const port = round % 2 === 0 ? 2 : 1;
    const nexthops = [{ via: ip(GATEWAY[port]), egress: router.interfaces[port]!.index, weight: 1 }];
    router.routing.rib.replace({ ...old, nexthops });
    host.send(transit());
    router.routesChanged(START);
    host.send(transit());
    const arrived = ([1, 2] as const).map((each) => lab.host(hostOf(each), linkOf(each)).take().length);
    if (arrived[0] !== 1 || arrived[1] !== 1)
      return `round ${round}: ${arrived[0]} by the one way, ${arrived[1]} by the other`;
  }
  return undefined;
};

/** Says what is wrong unless a file whose route leads through a gateway off every link is refused. */
export const gatewayFault = (): string | undefined => {
  const fileWith = (via: string): string =>
    [
      'version: 1',
      'links: { red: {} }',
      'hosts: { alice: { interfaces: { red: { address: 10.0.1.10/24 } } } }',
      'routers:',
      '  r1:',
      '    interfaces: { red: { address: 10.0.1.1/24 } }',
      `    routes: [{ to: 10.9.0.0/16, via: ${via} }]`,
    ].join('\n');
  const good = readConfiguration(fileWith('10.0.1.254'), 'good.yaml');
  if (good.configuration === undefined) return `refused a good file: ${good.problems[0]?.message}`;
  const { configuration, problems } = readConfiguration(fileWith('10.7.7.7'), 'bad.yaml');
  if (configuration !== undefined) return 'accepted a gateway that is on no link';
  return problems[0]?.code === 'E-NEXTHOP' ? undefined : `refused with ${problems[0]?.code}`;
};
