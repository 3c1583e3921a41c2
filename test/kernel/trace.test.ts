import { describe, expect, it } from 'vitest';
import type { TracedDatagram } from '../../src/control/trace.js';
import { Background } from '../support/background.js';
import { until } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';

const LAB = `
links: { red: {}, core: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 10.1.0.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 10.1.0.2 }]
  r2:
    interfaces: { core: { address: 10.1.0.2/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 10.1.0.1 }]
`;

describe('trace', () => {
  const lab = sharedLab(LAB);
  /** What a trace tells while a host runs a command, once the trace has begun and until it has seen enough. */
  const traced = async (command: string, ...words: string[]): Promise<readonly TracedDatagram[]> => {
    const trace = new Background([process.execPath, MAIN, '-n', lab().name, 'trace', '-j', ...words]);
    try {
      await until(() => trace.stderr.includes('tracing'), 10_000, 'the trace to begin');
      await lab().on('alice', command);
      expect(await trace.ended()).toBe(0);
      return trace.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TracedDatagram);
    } finally {
      await trace.stop();
    }
  };

  it('follows an echo request and its reply over all hops', async () => {
    const [request, reply, ...others] = await traced(
      'ping -c 1 -W 5 203.0.113.10',
      '--match',
      'protocol=icmp',
      '--count',
      '2',
    );
    expect(others).toEqual([]);
    expect(request).toMatchObject({ verdict: 'forwarded', icmp: null, delivered: 'bob' });
    expect(request!.datagram).toEqual({
      ...{ source: '198.51.100.10', destination: '203.0.113.10', protocol: 1, length: 84, ttl: 64 },
    });
    expect(request!.steps.filter(({ what }) => what === 'in').map(({ at }) => at)).toEqual([
      'r1.red',
      'r2.core',
    ]);
    expect(reply).toMatchObject({ verdict: 'forwarded', delivered: 'alice' });
    expect(reply!.id).toBeGreaterThan(request!.id);
    expect(Date.parse(reply!.time)).toBeGreaterThanOrEqual(Date.parse(request!.time));
  });

  it('follows what ends on the way, and the error that a router makes of it', async () => {
    const [expired, error] = await traced(
      'ping -c 1 -W 5 -t 2 203.0.113.10',
      '--match',
      'protocol=icmp',
      '--count',
      '2',
    );
    expect(expired).toMatchObject({
      verdict: 'dropped',
      reason: 'ttl-expired',
      icmp: { type: 11, code: 0, from: '10.1.0.2', to: '198.51.100.10' },
    });
    expect(error).toMatchObject({ verdict: 'forwarded', delivered: 'alice' });
    expect(error!.steps[0]).toMatchObject({ at: 'r2.core', what: 'out' });
  });

  it('tells only what matches, and ends in time', async () => {
    const told = await traced(
      'ping -c 1 -W 1 -t 2 203.0.113.10',
      '--match',
      'reason=ttl-expired',
      '--duration',
      '3s',
    );
    expect(told.map(({ reason }) => reason)).toEqual(['ttl-expired']);
    expect((await lab().tunpike('trace', '--match', 'colour=red')).code).toBe(2);
    expect((await lab().tunpike('trace', '--count', '0')).code).toBe(2);
    expect((await lab().tunpike('trace', '--duration', 'soon')).code).toBe(2);
  });
});
