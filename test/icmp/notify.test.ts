import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';
import { datagram } from '../support/datagram.js';

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
    icmp: { rate-limit: { per-second: 1000, burst: 50, per-destination: { per-second: 1, burst: 1 } } }
`;

const watched = () => {
  const { configuration, problems } = readConfiguration(LAB, 'lab.yaml');
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  const events: Event[] = [];
  const observer = {
    wants: (type: Event['type']) => type === 'icmp',
    notify: (event: Event) => void events.push(event),
  };
  const lab = new VirtualLab(configuration, { observer });
  lab.advance(milliseconds(10));
  return { lab, events };
};

const lost = datagram({ source: '198.51.100.10', destination: '10.1.1.1' });

describe('ICMP events', () => {
  it('tell of the error that is sent, and of the one that the rate limit holds back', () => {
    const { lab, events } = watched();
    lab.host('alice', 'red').send(lost);
    lab.host('alice', 'red').send(lost);
    const place = { router: 'r1', interface: 'r1.red', message: 'net-unreachable', to: 0xc633640a };
    expect(events).toMatchObject([
      { ...place, direction: 'sent', from: 0xc6336401 },
      { ...place, direction: 'suppressed', why: 'rate-limit' },
    ]);
  });
});
