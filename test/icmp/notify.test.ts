import { describe, expect, it } from 'vitest';
import { watchedLab } from '../support/configured.js';
import { datagram } from '../support/datagram.js';
import { twoLinks } from '../support/topologies.js';

const LAB = twoLinks({
  router:
    '    icmp: { rate-limit: { per-second: 1000, burst: 50, per-destination: { per-second: 1, burst: 1 } } }',
});

const lost = datagram({ source: '198.51.100.10', destination: '10.1.1.1' });

describe('ICMP events', () => {
  it('name each message by type and code', () => {
    const { lab, events } = watchedLab(twoLinks(), 'icmp');
    lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '198.51.100.77' }));
    expect(events).toMatchObject([{ direction: 'sent', message: 'host-unreachable' }]);
  });

  it('are told to nobody who does not want them', () => {
    const { lab, events } = watchedLab(LAB, 'drop');
    for (let time = 0; time < 2; time += 1) lab.host('alice', 'red').send(lost);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['drop']));
  });

  it('tell of the error that is sent, and of the one that the rate limit holds back', () => {
    const { lab, events } = watchedLab(LAB, 'icmp');
    lab.host('alice', 'red').send(lost);
    lab.host('alice', 'red').send(lost);
    const place = { router: 'r1', interface: 'r1.red', message: 'net-unreachable', to: 0xc633640a };
    expect(events).toMatchObject([
      { ...place, direction: 'sent', from: 0xc6336401 },
      { ...place, direction: 'suppressed', from: 0xc6336401, why: 'rate-limit' },
    ]);
  });
});
