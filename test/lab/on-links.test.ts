import { describe, expect, it } from 'vitest';
import type { Configuration, RouterConfiguration } from '../../src/config/configuration.js';
import { isSameTopology } from '../../src/lab/on-links.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { configured } from '../support/configured.js';

const LAB = configured(`
links: { red: {}, core: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, core: { address: 192.0.2.1/30 } }
    filters: [{ name: none, in: red, action: drop }]
  r2: { interfaces: { core: { address: 192.0.2.2/30 } } }
`);

/** The lab with something else in r1. */
const withRouter = (changed: Partial<RouterConfiguration>): Configuration => {
  const r1 = LAB.routers.get('r1')!;
  return { ...LAB, routers: new Map(LAB.routers).set('r1', { ...r1, ...changed }) };
};
const { interfaces, settings } = LAB.routers.get('r1')!;
const [red, core] = interfaces as [(typeof interfaces)[0], (typeof interfaces)[0]];
const r2 = LAB.routers.get('r2')!;
const [r1Entry, r2Entry] = [...LAB.routers];

describe('the topology of a configuration', () => {
  it.each<[string, Configuration]>([
    ['nothing', LAB],
    ['maps', { ...LAB, links: new Map(LAB.links), hosts: new Map(LAB.hosts), routers: new Map(LAB.routers) }],
    ['filters', withRouter({ filters: [] })],
    [
      'settings of ICMP',
      withRouter({ settings: { ...settings, icmp: { ...settings.icmp, redirects: false } } }),
    ],
    ['IGMP on an interface', withRouter({ interfaces: [{ ...red, igmp: undefined }, core] })],
  ])('is the same where another one has other: %s', (_, other) => {
    expect(isSameTopology(other, LAB)).toBe(true);
  });

  it.each<[string, Configuration]>([
    ['a link', { ...LAB, links: new Map(LAB.links).set('red', { ...LAB.links.get('red')! }) }],
    ['a host', { ...LAB, hosts: new Map(LAB.hosts).set('alice', { ...LAB.hosts.get('alice')! }) }],
    ['a router less', { ...LAB, routers: new Map([r1Entry!]) }],
    ['a router more', { ...LAB, routers: new Map(LAB.routers).set('r3', { ...r2, name: 'r3' }) }],
    ['the order of routers', { ...LAB, routers: new Map([r2Entry!, r1Entry!]) }],
    ['the name of a router', { ...LAB, routers: new Map([r1Entry!, ['r3', { ...r2, name: 'r3' }]]) }],
    ['an interface less', withRouter({ interfaces: [red] })],
    ['the order of interfaces', withRouter({ interfaces: [core, red] })],
    ['an address', withRouter({ interfaces: [{ ...red, addresses: [] }, core] })],
    [
      'a loopback address',
      withRouter({ settings: { ...settings, ip: { ...settings.ip, loopback: 0xc0000209 } } }),
    ],
  ])('is another one where it differs by %s', (_, other) => {
    expect(isSameTopology(other, LAB)).toBe(false);
  });
});

describe('a lab with another configuration of the same topology', () => {
  it('adopts it, and nobody is attached anew', () => {
    const virtual = new VirtualLab(LAB);
    const { lab } = virtual;
    const attachments = lab.links.get('core')!.attachments;
    const settingsOfR2 = lab.routers.get('r2')!.settings;
    const quiet = withRouter({ settings: { ...settings, icmp: { ...settings.icmp, redirects: false } } });
    lab.apply(quiet, virtual.now);
    expect(lab.configuration).toBe(quiet);
    expect(lab.routers.get('r1')!.settings.icmp.redirects).toBe(false);
    expect(lab.routers.get('r2')!.settings).toBe(settingsOfR2);
    expect(lab.links.get('core')!.attachments).toBe(attachments);
    lab.apply({ ...quiet, hosts: new Map() }, virtual.now);
    expect(lab.links.get('core')!.attachments).not.toBe(attachments);
  });
});
