import { expect, it } from 'vitest';
import { formatTopology } from '../../src/cli/show-format-topology.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { topologyRows } from '../../src/observe/show-topology.js';
import { configured } from '../support/configured.js';

const rows = [
  ...topologyRows(
    new VirtualLab(
      configured(`
links: { red: {}, core.1: { mtu: 1400 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { namespace: self, interfaces: { red: { address: [198.51.100.11/24, 198.51.100.12/24] } } }
routers:
  r-1: { interfaces: { red: { address: 198.51.100.1/24 }, core.1: { address: 192.0.2.1/30 } } }
  r2: { interfaces: { core.1: {} }, ip: { loopback: 192.0.2.9/32 } }
`),
    ).lab,
  ),
];

it('is drawn as text, link by link', () => {
  expect(formatTopology(rows)).toBe(`red  198.51.100.0/24  mtu 1500
├─ r-1    198.51.100.1/24                    router, gateway
├─ alice  198.51.100.10/24                   tp-alice-red in alice
└─ bob    198.51.100.11/24 198.51.100.12/24  tp-bob-red in this namespace
core.1  192.0.2.0/30  mtu 1400
├─ r-1    192.0.2.1/30                       router
└─ r2     unnumbered                         router`);
});

it('is drawn for Mermaid and Graphviz, with names that neither would misread', () => {
  expect(formatTopology(rows, 'mermaid')).toBe(`flowchart LR
  link_red(["red 198.51.100.0/24"])
  router_r_45_1{{"r-1"}}
  host_alice["alice"]
  host_bob["bob"]
  link_core_46_1(["core.1 192.0.2.0/30"])
  router_r2{{"r2"}}
  router_r_45_1 ---|"198.51.100.1"| link_red
  host_alice ---|"198.51.100.10"| link_red
  host_bob ---|"198.51.100.11 198.51.100.12"| link_red
  router_r_45_1 ---|"192.0.2.1"| link_core_46_1
  router_r2 ---|"unnumbered"| link_core_46_1`);
  const dot = formatTopology(rows, 'dot');
  expect(dot).toMatch(/^graph lab \{\n(?: {2}.+;\n)+\}$/);
  expect(dot).toContain('  router_r_45_1 -- link_core_46_1 [label="192.0.2.1"];');
});
