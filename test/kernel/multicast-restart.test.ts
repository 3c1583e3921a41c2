import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { labText, leftovers, startLab, tunpike } from '../support/lab.js';
import { PROXY_AND_QUERIER, Receiver, whileSending } from '../support/multicast.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], persistent: true } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24, igmp: { query-interval: 20s, query-response-interval: 1s } }
`;

/** The same where the proxy must tell the querier anew, too. */
const PROXY_LAB = PROXY_AND_QUERIER.replace(/bob: .*/, (bob) =>
  bob.replace('[default]', '[default], persistent: true'),
);

const RESPONSE_INTERVAL_MS = 1000;

describeKernel('a router that is started anew', ['python3'], () => {
  it.each([
    ['SIGTERM', 'SIGTERM', LAB, false],
    ['SIGKILL', 'SIGKILL', LAB, false],
    ['SIGKILL and a clean-up', 'SIGKILL', LAB, true],
    ['SIGKILL of a proxy and its querier', 'SIGKILL', PROXY_LAB, false],
  ] as const)(
    'asks, and a program on a persistent device that joined before goes on receiving, after %s',
    async (what, signal, configuration, cleansUp) => {
      const text = labText(configuration);
      const group = '239.5.1.1';
      const first = await startLab(text);
      const bob = new Receiver(first, 'bob', 'tp-bob-blue', { group });
      let second = first;
      try {
        await bob.joined();
        await whileSending(first, 'alice', { group }, () => bob.has(20));
        first.process.signal(signal);
        await first.process.ended();
        if (cleansUp) expect((await tunpike(['down', first.name, '--force'])).code).toBe(0);
        second = await startLab(text);
        const readyAt = Date.now();
        const before = bob.received.length;
        await whileSending(second, 'alice', { group }, () => bob.has(before + 20));
        const waited = bob.received[before]!.receivedAt * 1000 - readyAt;
        console.log(`after ${what}: ${Math.round(waited)} ms from the ready line to the first datagram`);
        expect(waited).toBeLessThan(RESPONSE_INTERVAL_MS + 500);
      } finally {
        await bob.stop();
        await second.stop();
        await tunpike(['down', '--purge', text.name]);
        await first.abandon();
        await second.abandon();
      }
      expect(leftovers(text.name)).toEqual([]);
    },
  );
});
