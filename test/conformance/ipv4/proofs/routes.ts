import { readConfiguration } from '../../../../src/config/read.js';
import { ip } from '../../../support/datagram.js';
import { configurationOf } from '../../configuration.js';
import { prefix } from '../../igmp/settings-words.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { GATEWAY, ROUTER } from '../../topology.js';
import { query, transit } from '../sends.js';

/** Changes a route between two datagrams, and says whether one was lost. */
export const replacementFault = (): string | undefined => {
  const virtual = new VirtualRouter(configurationOf());
  const { router } = virtual;
  const host = virtual.host(0);
  for (const port of [1, 2] as const)
    virtual.host(port).send(query(0, { source: GATEWAY[port], destination: ROUTER[port] }));
  const old = [...router.routing.rib].find(
    (route) => route.prefix.network === prefix('10.10.0.0/16').network,
  )!;
  for (let round = 0; round < 100; round += 1) {
    const port = round % 2 === 0 ? 2 : 1;
    const nexthops = [{ via: ip(GATEWAY[port]), egress: router.interfaces[port]!.index, weight: 1 }];
    host.send(transit());
    router.routing.put({ ...old, nexthops });
    host.send(transit());
    const arrived = ([1, 2] as const).map((each) => virtual.host(each).take().length);
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
