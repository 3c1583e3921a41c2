import { describe, expect, it } from 'vitest';
import { watchedLab } from '../support/configured.js';
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
});
