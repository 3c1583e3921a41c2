import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { OnLinks } from '../../src/lab/on-links.js';
import { linkPlanOf, type PlannedRouter, plannedRouter } from '../../src/lab/plan.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { configured } from '../support/configured.js';
import { testInterface } from '../support/router.js';

const CONFIGURATION = configured(`
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { red: { address: 198.51.100.11/24 } } }
  carol: { interfaces: { red: { address: 10.9.9.9/32 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 10.1.0.0/16, via: 203.0.113.2 }]
    filters: [{ name: all, in: red, action: drop }]
  r2: { interfaces: { blue: { address: 203.0.113.2/24 } } }
`);
const INTERFACES = [testInterface('red', [], { index: 1 }), testInterface('blue', [], { index: 2 })];

const planned = (configuration: Configuration, last?: PlannedRouter): PlannedRouter =>
  plannedRouter(configuration.routers.get('r1')!, INTERFACES, new OnLinks(configuration), last);
const withRouter = (name: string, change: object): Configuration => {
  const routers = new Map(CONFIGURATION.routers);
  routers.set(name, { ...routers.get(name)!, ...change });
  return { ...CONFIGURATION, routers };
};

describe('the plan of a router', () => {
  it('is the very same while nothing of it is another, whatever becomes of others', () => {
    const last = planned(CONFIGURATION);
    expect(planned({ ...CONFIGURATION }, last)).toBe(last);
    expect(planned(withRouter('r2', { routes: [] }), last)).toBe(last);
    const hosts = new Map(CONFIGURATION.hosts);
    hosts.delete('bob');
    expect(planned({ ...CONFIGURATION, hosts }, last)).toBe(last);
    hosts.delete('carol');
    const without = planned({ ...CONFIGURATION, hosts }, last).plan;
    expect([[...last.plan.routes].length, [...without.routes].length]).toEqual([2, 1]);
  });

  it('has the very routes and filters of the one before where only settings are others', () => {
    const { settings } = CONFIGURATION.routers.get('r1')!;
    const last = planned(CONFIGURATION);
    const { plan } = planned(withRouter('r1', { settings: { ...settings } }), last);
    expect(plan).not.toBe(last.plan);
    expect(plan.routes).toBe(last.plan.routes);
    expect(plan.tables).toBe(last.plan.tables);
    expect(plan.filters).toBe(last.plan.filters);
    const other = planned(withRouter('r1', { filters: [] }), last).plan;
    expect(other.routes).toBe(last.plan.routes);
    expect(other.filters).toEqual([]);
  });

  it('is not applied where it is the same', () => {
    const lab = new VirtualLab(CONFIGURATION);
    const r2 = lab.lab.routers.get('r2')!;
    let applied = 0;
    r2.apply = () => {
      applied += 1;
    };
    lab.lab.apply(withRouter('r1', { routes: [] }), lab.now);
    expect(applied).toBe(0);
    lab.lab.apply(withRouter('r2', { routes: [] }), lab.now);
    expect(applied).toBe(1);
  });
});

describe('the plan of a link', () => {
  it('has each subnet of those on it once, hosts first', () => {
    const { prefixes } = linkPlanOf(CONFIGURATION.links.get('red')!, new OnLinks(CONFIGURATION));
    expect(prefixes.map(({ network, length }) => [network, length])).toEqual([
      [0xc6336400, 24],
      [0x0a090909, 32],
    ]);
    expect(
      linkPlanOf(CONFIGURATION.links.get('red')!, new OnLinks({ hosts: new Map(), routers: new Map() }))
        .prefixes,
    ).toEqual([]);
  });
});

describe('a lab that is prepared for another configuration', () => {
  it('then makes no filter of it again, and is as if it had not been prepared', () => {
    const filters = Array.from({ length: 1500 }, (_, at) => ({
      ...CONFIGURATION.routers.get('r1')!.filters[0]!,
      name: `f${at}`,
    }));
    let looked = 0;
    const counted = new Proxy(filters, {
      get: (target, key, receiver) => {
        looked += 1;
        return Reflect.get(target, key, receiver);
      },
    });
    const { lab, now } = new VirtualLab(CONFIGURATION);
    const next = withRouter('r1', { filters: counted });
    let steps = 0;
    for (const _ of lab.prepare(next, now)) steps += 1;
    expect(steps).toBeGreaterThan(5);
    expect(lab.routers.get('r1')!.filters.names).toEqual(['all']);
    looked = 0;
    lab.apply(next, now);
    expect(looked).toBe(0);
    expect(lab.routers.get('r1')!.filters.names).toEqual(filters.map(({ name }) => name));
  });
});
