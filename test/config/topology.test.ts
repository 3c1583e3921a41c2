import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, formatPrefix } from '../../src/address.js';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { Report } from '../../src/config/problem-report.js';
import { readTree } from '../../src/config/read-tree.js';
import { type DraftAttachment, Topology } from '../../src/config/topology.js';
import { parseAddress } from '../../src/text/addresses.js';

const topologyOf = (text: string): Topology => {
  const report = new Report('lab.yaml');
  const tree = parseYaml(text, report)!;
  report.locateIn(tree);
  return new Topology(readTree(tree, report), report);
};
const at = (text: string): Address => parseAddress(text) as Address;
const nameOf = ({ owner, link }: DraftAttachment): string => `${owner}.${link}`;

describe('who is where in a lab', () => {
  const topology = topologyOf(`version: 1
links: { red: {}, blue: {}, core: {}, grey: {} }
routers:
  r1:
    interfaces: { red: { address: 10.0.0.1/24 }, core: { address: [10.0.2.1/24, 10.0.0.129/25] }, grey: }
    ip: { loopback: 192.0.2.1/32 }
  r2: { interfaces: { core: {}, blue: { address: 10.0.1.1/24 } }, ip: { loopback: 192.0.2.2/32 } }
  r3: { interfaces: { blue: { address: 10.0.1.3/24, forwarding: 5 }, core: { address: 10.1 } } }
  r4: { interfaces: { grey: { address: 10.0.9.4/24 } }, ip: { loopback: 192.0.2.1/32 } }
hosts:
  alice: { interfaces: { red: { address: [10.0.0.2/24, 10.0.0.3/24] }, blue: { address: 10.0.1.2/24 } } }
  bob: { interfaces: { blue: { address: 10.1 }, red: { address: [10.0.0.9/24, 10.1], device: 5 } } }
`);

  it('is told of hosts first, and of each with its place, its addresses, and whether all is right with it', () => {
    expect(
      topology.attachments.map(({ kind, path, isKnown, addresses, ...each }) => [
        kind,
        nameOf({ kind, path, isKnown, addresses, ...each }),
        path.join(' '),
        isKnown,
        addresses.map(({ own, path }) => `${formatAddress(own.address)} ${path.slice(4).join(' ')}`),
      ]),
    ).toEqual([
      ['host', 'alice.red', 'hosts alice interfaces red', true, ['10.0.0.2 address 0', '10.0.0.3 address 1']],
      ['host', 'alice.blue', 'hosts alice interfaces blue', true, ['10.0.1.2 address']],
      ['host', 'bob.blue', 'hosts bob interfaces blue', false, []],
      ['host', 'bob.red', 'hosts bob interfaces red', false, ['10.0.0.9 address 0']],
      ['router', 'r1.red', 'routers r1 interfaces red', true, ['10.0.0.1 address']],
      ['router', 'r1.core', 'routers r1 interfaces core', true, ['10.0.2.1 address 0', '10.0.0.129 address 1']],
      ['router', 'r1.grey', 'routers r1 interfaces grey', false, []],
      ['router', 'r2.core', 'routers r2 interfaces core', true, []],
      ['router', 'r2.blue', 'routers r2 interfaces blue', true, ['10.0.1.1 address']],
      ['router', 'r3.blue', 'routers r3 interfaces blue', true, ['10.0.1.3 address']],
      ['router', 'r3.core', 'routers r3 interfaces core', false, []],
      ['router', 'r4.grey', 'routers r4 interfaces grey', true, ['10.0.9.4 address']],
    ]);
    expect(topology.loopbacks.map(({ router, path }) => `${router} ${path.join(' ')}`)).toEqual(
      ['r1', 'r2', 'r4'].map((name) => `${name} routers ${name} ip loopback`),
    );
  }); // biome-ignore format: a table

  it('is found by link and by router', () => {
    expect(topology.on('red').map(nameOf)).toEqual(['alice.red', 'bob.red', 'r1.red']);
    expect(topology.on('none')).toEqual([]);
    expect([...topology.of('r2')].map(([link, each]) => `${link} ${nameOf(each)}`)).toEqual([
      'core r2.core',
      'blue r2.blue',
    ]);
    expect(topology.of('alice').size).toBe(0);
    expect(topology.connectedTo('r1').prefixes.map(formatPrefix)).toEqual([
      '10.0.0.0/24',
      '10.0.2.0/24',
      '10.0.0.128/25',
    ]);
    expect(topology.connectedTo('r1')).toBe(topology.connectedTo('r1'));
  });

  it.each([
    ['red', '10.0.0.3', 'alice.red'],
    ['red', '10.0.0.1', 'r1.red'],
    ['blue', '10.0.0.1', undefined],
    ['core', '192.0.2.1', 'r1.core'],
    ['core', '192.0.2.2', 'r2.core'],
    ['red', '192.0.2.2', undefined],
    ['grey', '192.0.2.1', 'r1.grey'],
    ['red', '10.9.9.9', undefined],
  ])('on %s has %s: %s', (link, address, owner) => {
    const found = topology.ownerOn(link, at(address));
    expect(found === undefined ? undefined : nameOf(found)).toBe(owner);
  });

  it.each([
    ['r1', '10.0.0.1', true],
    ['r1', '10.0.0.129', true],
    ['r1', '192.0.2.1', true],
    ['r2', '192.0.2.1', false],
    ['r2', '10.0.0.1', false],
    ['r1', '10.0.0.2', false],
    ['alice', '10.0.0.2', false],
    ['r1', '10.9.9.9', false],
  ])('is asked whether %s itself has %s: %s', (router, address, isOwn) => {
    expect(topology.isOwn(at(address), router)).toBe(isOwn);
  });

  it.each([
    ['r1', '10.0.0.2', 'red', 'red'],
    ['r1', '10.0.1.2', undefined, undefined],
    ['r2', '10.0.1.2', 'blue', 'blue'],
    ['r2', '10.0.1.3', 'blue', 'blue'],
    ['r2', '10.0.1.1', undefined, 'blue'],
    ['r1', '192.0.2.2', 'core', 'core'],
    ['r2', '192.0.2.1', 'core', 'core'],
    ['r1', '192.0.2.1', undefined, undefined],
    ['r4', '192.0.2.2', undefined, undefined],
    ['r1', '10.0.0.130', undefined, 'core'],
    ['r1', '10.0.0.100', undefined, 'red'],
    ['r1', '10.0.2.77', undefined, 'core'],
    ['r1', '10.9.9.9', undefined, undefined],
    ['none', '10.0.0.2', undefined, undefined],
  ])('is where %s finds the next hop %s: a neighbor on %s, or else a network on %s', (router, via, neighbor, link) => {
    expect(topology.linkOfNeighbor(at(via), router)).toBe(neighbor);
    expect(topology.linkOfNextHop(at(via), router)).toBe(link);
  }); // biome-ignore format: short
});

it('of an address that many have, eight are known', () => {
  const links = Array.from({ length: 9 }, (_, at) => `l${at}`);
  const topology = topologyOf(`version: 1
links: { ${links.map((link) => `${link}: {}`).join(', ')} }
hosts: { ${links.map((link) => `h-${link}: { interfaces: { ${link}: { address: 10.0.0.2/24 } } }`).join(', ')} }
`);
  const isFound = (link: string): boolean => topology.ownerOn(link, at('10.0.0.2')) !== undefined;
  expect(links.filter(isFound)).toEqual(links.slice(0, 8));
});
