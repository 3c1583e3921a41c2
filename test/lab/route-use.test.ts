import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../src/time.js';
import { configured, watchedLab } from '../support/configured.js';
import { ip } from '../support/datagram.js';
import { twoLinks } from '../support/topologies.js';

const LAB = twoLinks({ router: '    routes: [{ to: 192.0.2.0/24, via: 203.0.113.10 }]' });

describe('route events', () => {
  it('tell of the routes that go with an interface and come back with it, and of none at the start', () => {
    const { lab, events } = watchedLab(LAB, 'route');
    expect(events).toEqual([]);
    lab.host('bob', 'blue').setUp(false);
    const told = (event: string) => [
      { type: 'route', router: 'r1', event, prefix: '192.0.2.0/24' },
      { type: 'route', router: 'r1', event, prefix: '203.0.113.0/24' },
    ];
    expect(events.splice(0)).toMatchObject(told('withdrawn'));
    lab.host('bob', 'blue').setUp(true);
    expect(events).toMatchObject(told('restored'));
  });

  it('tell of many routes in parts, of each one in turn, however the interface flaps meanwhile', () => {
    const { lab, events } = watchedLab(LAB, 'route');
    const { routing } = lab.lab.routers.get('r1')!;
    const COUNT = 3000;
    for (let at = 0; at < COUNT; at += 1)
      routing.put({
        prefix: { network: 0x0a000000 + at * 256, length: 24 },
        type: 'unicast',
        nexthops: [{ via: ip('203.0.113.10'), egress: 2, weight: 1 }],
        metric: 0,
        tos: undefined,
        origin: 'runtime',
      });
    const bob = lab.host('bob', 'blue');
    const flaps = (times: number) => {
      for (let flap = 0; flap < times; flap += 1) {
        bob.setUp(false);
        bob.setUp(true);
      }
    };
    // The first pass takes note of the new routes.
    flaps(1);
    lab.advance(milliseconds(100));
    events.length = 0;
    bob.setUp(false);
    expect(events.length).toBeLessThan(COUNT);
    flaps(1);
    bob.setUp(false);
    lab.advance(milliseconds(100));
    const prefixes = new Map<string, string[]>();
    for (const each of events)
      if (each.type === 'route')
        prefixes.set(each.prefix, [...(prefixes.get(each.prefix) ?? []), each.event]);
    expect(prefixes.size).toBe(COUNT + 2);
    for (const told of prefixes.values()) {
      expect(told.at(-1)).toBe('withdrawn');
      expect(told.every((event, at) => event === (at % 2 === 0 ? 'withdrawn' : 'restored'))).toBe(true);
    }
  });

  describe('of many routers on a link that is cut', () => {
    const COUNT = 100;
    const MANY = `
links: { core: {} }
hosts: { far: { interfaces: { core: { address: 10.2.0.254/24 } } } }
routers:
${Array.from(
  { length: COUNT },
  (_, at) => `  r${at}:
    interfaces: { core: { address: 10.2.0.${at + 1}/24 } }
    routes: [{ to: 192.0.2.0/24, via: 10.2.0.254 }]`,
).join('\n')}
`;
    const cutLab = () => {
      const { lab, events } = watchedLab(MANY, 'route');
      lab.lab.linkChanges.make('core', { isUp: false }, undefined, lab.now);
      return { lab, events };
    };

    it('tell some at once, the others in turns', () => {
      const { lab, events } = cutLab();
      expect(events.length).toBeGreaterThan(0);
      expect(events.length).toBeLessThan(COUNT);
      lab.advance(milliseconds(10));
      expect(events.length).toBe(2 * COUNT);
    });

    it('tell nothing more of a router that is gone', () => {
      const { lab, events } = cutLab();
      const soFar = events.length;
      lab.apply(configured(LAB));
      lab.advance(milliseconds(10));
      expect(events.length).toBe(soFar);
    });
  });
});
