import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';

const LAB = `
version: 1
name: lab
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 192.0.2.0/24, via: 203.0.113.10 }]
`;

const watched = () => {
  const { configuration, problems } = readConfiguration(LAB, 'lab.yaml');
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  const events: Event[] = [];
  const observer = {
    wants: (type: Event['type']) => type === 'route',
    notify: (event: Event) => void events.push(event),
  };
  const lab = new VirtualLab(configuration, { observer });
  lab.advance(milliseconds(10));
  return { lab, events };
};

describe('route events', () => {
  it('tell of the routes that go with an interface and come back with it, and of none at the start', () => {
    const { lab, events } = watched();
    expect(events).toEqual([]);
    lab.host('bob', 'blue').setUp(false);
    const told = (event: string) => [
      { type: 'route', router: 'r1', event, prefix: '203.0.113.0/24' },
      { type: 'route', router: 'r1', event, prefix: '192.0.2.0/24' },
    ];
    expect(events.splice(0)).toMatchObject(told('withdrawn'));
    lab.host('bob', 'blue').setUp(true);
    expect(events).toMatchObject(told('restored'));
  });
});
