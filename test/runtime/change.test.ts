import { expect, it } from 'vitest';
import { change } from '../../src/runtime/services/change.js';
import type { Instant } from '../../src/time.js';
import { watchedLab } from '../support/configured.js';

it('a change of settings by hand is an event, as one by the file or the schedule is; a refused one is none', () => {
  const { lab, events } = watchedLab(
    `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`,
    'config',
  );
  const loop = { lab: lab.lab, perform: <Result>(work: (now: Instant) => Result) => work(lab.now) };
  const type = (line: string) => change(loop, line.split(' '));
  type('filter add --in r1.red --action drop --name none');
  expect(() => type('filter add --in r1.red --action drop --name none')).toThrow('already');
  type('icmp set --redirects false');
  type('filter del none');
  // They have events of their own types.
  type('link set red --delay 5ms');
  type('route add blackhole 10.0.0.0/8');
  expect(events).toMatchObject(
    ['filter add --in r1.red --action drop --name none', 'icmp set --redirects false', 'filter del none'].map(
      (message) => ({ type: 'config', event: 'applied', message }),
    ),
  );
});
