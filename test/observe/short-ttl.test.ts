import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { watchForShortTtl } from '../../src/observe/short-ttl.js';
import { milliseconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } }
`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('names a stream whose TTL is used up, once for an interface', () => {
  const lab = new VirtualLab(configured(LAB));
  lab.advance(milliseconds(100));
  const warnings: string[] = [];
  const watch = watchForShortTtl(lab.lab, (warning) => warnings.push(warning));
  const send = (ttl: number): void => {
    lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '239.1.2.3', ttl }));
    vi.advanceTimersByTime(2000);
  };
  send(2);
  expect(warnings).toEqual([]);
  send(1);
  send(1);
  expect(warnings).toEqual([
    expect.stringMatching(/^r1\.red: the stream from 198\.51\.100\.10 to 239\.1\.2\.3 arrives with TTL 1 /),
  ]);
  watch.end();
});

it('names a stream that goes on because the interface lets it', () => {
  const text = LAB.replace('198.51.100.1/24,', '198.51.100.1/24, multicast-ttl: pass,');
  const lab = new VirtualLab(configured(text));
  lab.advance(milliseconds(100));
  const warnings: string[] = [];
  const watch = watchForShortTtl(lab.lab, (warning) => warnings.push(warning));
  for (const ttl of [2, 1, 1]) {
    lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '239.1.2.3', ttl }));
    vi.advanceTimersByTime(2000);
    if (ttl === 2) expect(warnings).toEqual([]);
  }
  expect(warnings).toEqual([
    'r1.red: what 198.51.100.10 sends to 239.1.2.3 goes on although its TTL is used up, for the interface has `multicast-ttl: pass`',
  ]);
  watch.end();
});
