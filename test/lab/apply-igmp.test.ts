import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';
import { interfaceView } from '../../src/igmp/interface-view.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds, seconds } from '../../src/time.js';
import { report } from '../igmp/bench.js';
import { ip } from '../support/datagram.js';
import { type Said, saidBy, saidIn } from '../support/igmp-said.js';

const GROUP = '239.1.2.3';

const configured = (text: string) => {
  const { configuration, problems } = readConfiguration(`version: 1\n${text}`, 'lab.yaml');
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  return configuration;
};

const igmpOn = (lab: VirtualLab, link: string) =>
  [...lab.lab.routers.get('r1')!.igmp].find(([each]) => each.link === link)![1];

describe('IGMP on an interface whose place in the network has changed', () => {
  const withAddresses = (network: string, more = '') =>
    configured(`
links: { red: {} }
hosts:
  alice: { interfaces: { red: { address: ${network}.10/24 } } }
routers:
  r1: { interfaces: { red: { address: ${network}.1/24, igmp: {}${more} } } }
`);

  const joined = (lab: VirtualLab, source: string): boolean => {
    lab.host('alice', 'red').send(report([['to-ex', GROUP, []]], { source }));
    return igmpOn(lab, 'red').forwards(ip(GROUP), ip('192.0.2.77'));
  };

  it('believes the hosts of the new subnet, and no longer those of the old one', () => {
    const lab = new VirtualLab(withAddresses('198.51.100'));
    lab.apply(withAddresses('203.0.113'));
    expect(joined(lab, '198.51.100.10')).toBe(false);
    expect(joined(lab, '203.0.113.1')).toBe(false);
    expect(joined(lab, '203.0.113.10')).toBe(true);
    expect(igmpOn(lab, 'red').counters.refused).toMatchObject({ 'off-subnet': 1 });
  });

  it('is the querier by its new address', () => {
    const lab = new VirtualLab(withAddresses('198.51.100'));
    lab.advance(milliseconds(100));
    lab.apply(withAddresses('203.0.113'));
    expect(interfaceView(igmpOn(lab, 'red'), lab.now).querier).toBe(ip('203.0.113.1'));
  });

  it('has the boundary that the settings say now', () => {
    const bounded = withAddresses('198.51.100', ', multicast-boundary: [239.0.0.0/8]');
    const free = withAddresses('198.51.100');
    const lab = new VirtualLab(bounded);
    expect(joined(lab, '198.51.100.10')).toBe(false);
    lab.apply(free);
    expect(joined(lab, '198.51.100.10')).toBe(true);
    const other = new VirtualLab(free);
    other.apply(bounded);
    expect(joined(other, '198.51.100.10')).toBe(false);
  });
});

describe('a proxy whose settings change', () => {
  const proxy = (how: { readonly upstream?: string; readonly blue?: string; readonly green?: string }) =>
    configured(`
links: { red: {}, core: {}, blue: {}, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  carol: { interfaces: { core: { address: 192.0.2.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
  dave: { interfaces: { green: { address: 10.9.0.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      core: { address: 192.0.2.1/24 }
      blue: { address: 203.0.113.1/24, igmp: ${how.blue ?? '{}'} }
      ${how.green === undefined ? '' : `green: { address: 10.9.0.1/24, igmp: ${how.green} }`}
    multicast: { ${how.upstream === undefined ? '' : `upstream: ${how.upstream}`} }
`);

  /** What the proxy has said upstream about groups since the last call: the types of its records. */
  const saidTo = (lab: VirtualLab, host: string, link: string, by: string): Said[] => {
    lab.advance(seconds(3));
    return saidBy(saidIn(lab.host(host, link).take()), by);
  };

  const said = (about: string, ...whats: readonly string[]) =>
    expect.arrayContaining(whats.map((what) => expect.objectContaining({ what, group: ip(about) })));

  const joinOnBlue = (lab: VirtualLab): void =>
    lab.host('bob', 'blue').send(report([['to-ex', GROUP, []]], { source: '203.0.113.10' }));

  it('joins at its new upstream what hosts have joined already', () => {
    const lab = new VirtualLab(proxy({}));
    lab.advance(milliseconds(100));
    joinOnBlue(lab);
    lab.apply(proxy({ upstream: 'core' }));
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual(said(GROUP, '4'));
    lab.apply(proxy({ upstream: 'red' }));
    expect(saidTo(lab, 'alice', 'red', '198.51.100.1')).toEqual(said(GROUP, '4'));
  });

  it('leaves upstream what only a link that is gone asked for', () => {
    const green = '{ static-groups: [{ group: 239.9.9.9 }] }';
    const lab = new VirtualLab(proxy({ upstream: 'core', green }));
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual(said('239.9.9.9', '4'));
    lab.apply(proxy({ upstream: 'core' }));
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual(said('239.9.9.9', '3'));
  });

  it('leaves upstream what a link no longer asks for, whatever else has changed', () => {
    const lab = new VirtualLab(
      proxy({ upstream: 'core', blue: '{ static-groups: [{ group: 239.9.9.9 }, { group: 239.8.0.0/16 }] }' }),
    );
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual(said('239.9.9.9', '4'));
    lab.apply(proxy({ upstream: 'core', blue: '{ static-groups: [{ group: 239.7.0.0/16 }] }' }));
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual(said('239.9.9.9', '3'));
  });

  it('says nothing upstream where nothing has changed', () => {
    const settings = proxy({ upstream: 'core', blue: '{ static-groups: [{ group: 239.9.9.9 }] }' });
    const lab = new VirtualLab(settings);
    lab.advance(milliseconds(100));
    joinOnBlue(lab);
    saidTo(lab, 'carol', 'core', '192.0.2.1');
    lab.advance(seconds(10));
    lab.host('carol', 'core').take();
    lab.apply(settings);
    expect(saidTo(lab, 'carol', 'core', '192.0.2.1')).toEqual([]);
  });
});
