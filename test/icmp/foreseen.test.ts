import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import type { DropDetail } from '../../src/interface.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict } from '../../src/router/verdict.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { type Instant, instant, START } from '../../src/time.js';
import { type DatagramFields, datagram, ip, pattern } from '../support/datagram.js';
import { message, typeAndCode } from '../support/icmp.js';
import { type PartialSettings, testInterface, testRouter, unicastRoute } from '../support/router.js';

const HOST = ip('192.0.2.10');
const US = ip('192.0.2.1');

/** A router whose way to 10/8 is 192.0.2.254, on red like the hosts. */
const made = (settings: PartialSettings = {}, red = testInterface('red', ['192.0.2.1/24'])) => {
  const all = testRouter({ red, settings, routes: () => [unicastRoute('10.0.0.0/8', '192.0.2.254', red)] });
  return {
    ...all,
    errorAbout: (fields: DatagramFields, reason: DropReason = 'ttl-expired', detail: DropDetail = {}) =>
      all.router.forecast.errorAbout(reason, detail, datagram(fields), red, START),
    redirectAbout: (fields: DatagramFields, now: Instant = START) => {
      const octets = datagram({ destination: '10.1.1.1', ...fields });
      const verdict = emptyVerdict();
      decide(octets, red, all.router.tables, verdict);
      return all.router.forecast.redirectAbout(octets, verdict, red, now);
    },
  };
};
const limited = (perSecond: number, burst: number) => ({
  icmp: { rateLimit: { ...DEFAULT_SETTINGS.icmp.rateLimit, perDestination: { perSecond, burst } } },
});

describe('the error that a router foresees', () => {
  it('is the one that it would send, from where and to whom', () => {
    const { errorAbout } = made();
    expect(errorAbout({ ttl: 1 })).toEqual({ message: 'ttl-exceeded', from: US, to: HOST, why: undefined });
    expect(errorAbout({}, 'would-fragment')).toMatchObject({ message: 'frag-needed', why: undefined });
  });

  it('is none where the reason calls for none', () => {
    expect(made().errorAbout({}, 'blackhole')).toBeUndefined();
  });

  it.each<[string, DatagramFields, PartialSettings, string]>([
    ['switched-off', {}, { icmp: { timeExceeded: false } }, 'it is switched off'],
    ['icmp-error', { protocol: 1, payload: message(3, 1, pattern(24)) }, {}, 'it would be about an error'],
    ['no-route', { source: '203.0.113.7' }, {}, 'no route leads back'],
    ['bad-source', { source: '192.0.2.255' }, {}, 'the sender is everybody'],
  ])('says %s of one that it would not send, for %s', (why, fields, settings) => {
    expect(made(settings).errorAbout(fields)).toMatchObject({ message: 'ttl-exceeded', why });
  });

  it('says that its rate would be exceeded, of all but those that path MTU discovery needs', () => {
    const { receive, errorAbout, red, router } = made(limited(0.001, 2));
    for (let time = 0; time < 3; time += 1) {
      // Asking spends nothing.
      for (let asked = 0; asked < 5; asked += 1)
        expect(errorAbout({ ttl: 1 })?.why).toBe(time < 2 ? undefined : 'rate-limit');
      receive(datagram({ ttl: 1, destination: '10.9.9.9' }));
      expect(red.sent).toHaveLength(Math.min(time + 1, 2));
    }
    expect(errorAbout({ ttl: 1 })).toEqual({ message: 'ttl-exceeded', to: HOST, why: 'rate-limit' });
    expect(errorAbout({}, 'would-fragment')?.why).toBeUndefined();
    expect(router.icmp.sent['ttl-exceeded']).toBe(2);
    expect(router.icmp.suppressed['rate-limit']).toBe(1);
  });

  it('keeps to a rate that is set while it runs', () => {
    const { router, receive, red, errorAbout } = made();
    const settings = { ...DEFAULT_SETTINGS, ...limitedSettings(1) };
    const rest = { igmp: new Map(), multicast: DEFAULT_MULTICAST, filters: [] };
    const routes = [unicastRoute('10.0.0.0/8', '192.0.2.254', red)];
    router.apply({ name: 'r1', interfaces: router.interfaces, routes, settings, ...rest }, START);
    receive(datagram({ ttl: 1, destination: '10.9.9.9' }));
    receive(datagram({ ttl: 1, destination: '10.9.9.9' }));
    expect(red.sent).toHaveLength(1);
    expect(errorAbout({ ttl: 1 })?.why).toBe('rate-limit');
  });
});

const limitedSettings = (burst: number) => ({
  icmp: { ...DEFAULT_SETTINGS.icmp, ...limited(0.001, burst).icmp },
});

describe('the redirect that a router foresees', () => {
  it('is the one that it would send, and none to whoever is not better served', () => {
    const { redirectAbout } = made();
    expect(redirectAbout({})).toEqual({ message: 'redirect-host', from: US, to: HOST, why: undefined });
    expect(redirectAbout({ source: '203.0.113.7' })).toBeUndefined();
    expect(redirectAbout({ destination: '198.51.100.10' })).toBeUndefined();
  });

  it('says why it would not send it: because that is switched off, or the host was told just now', () => {
    expect(made({ icmp: { redirects: false } }).redirectAbout({})).toEqual({
      ...{ message: 'redirect-host', to: HOST, why: 'switched-off' },
    });
    const { receive, redirectAbout, router, red } = made();
    receive(datagram({ destination: '10.1.1.1' }));
    expect(typeAndCode(red.sent[0]!.datagram)).toEqual([5, 1]);
    for (let asked = 0; asked < 3; asked += 1)
      expect(redirectAbout({})).toEqual({ message: 'redirect-host', to: HOST, why: 'rate-limit' });
    expect(redirectAbout({}, instant(20))?.why).toBeUndefined();
    expect(redirectAbout({ destination: '10.1.1.2' })?.why).toBeUndefined();
    expect(router.icmp.sent['redirect-host']).toBe(1);
    expect(router.icmp.suppressed).toMatchObject({ 'rate-limit': 0 });
  });
});
