import { describe, expect, it } from 'vitest';
import { START, seconds } from '../../src/time.js';
import { datagram, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { testInterface, testRouter } from '../support/router.js';

const settings = {
  icmp: {
    ...{ addressMaskReply: true, timestampReply: true, probe: true, routerDiscovery: true },
    extensions: ['incoming', 'outgoing', 'next-hop'],
  },
} as const;

/** All that a router says about what it receives, and by itself, in memory that holds something. */
const said = (memory: number): string[] => {
  const red = testInterface('red', ['192.0.2.1/24', '172.16.0.1/16']);
  const { router, receive, blue } = testRouter({ red, settings, memory });
  router.poll(START);
  for (const octets of [
    datagram({ ttl: 1 }),
    datagram({ ttl: 1, payload: pattern(300) }),
    datagram({ destination: '10.9.9.9', options: [7, 7, 4, 0, 0, 0, 0] }),
    datagram({ options: [1, 1, 7, 2, 4, 0, 0, 0] }),
    datagram({ destination: '192.0.2.20', payload: pattern(20) }),
    icmp(message(8, 0, pattern(20))),
    icmp(message(13, 0, pattern(16))),
    icmp(message(17, 0, new Uint8Array(8))),
    icmp(message(42, 0, [0, 1, 2, 1, 0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 1])),
  ])
    receive(octets);
  const request = { destination: ip('192.0.2.10'), identifier: 1, sequence: 2, length: 9, ttl: 64, tos: 0 };
  router.ping(
    { ...request, isDontFragment: true, hasRecordRoute: true, timeout: seconds(1) },
    START,
    () => {},
  );
  return [...red.sent, ...blue.sent].map((each) => hex(each.datagram));
};

describe('what a router says by ICMP', () => {
  it('says nothing of what was in its memory before', () => {
    const [clean, used] = [said(0), said(0xa5)];
    expect(clean.length).toBeGreaterThan(12);
    expect(used).toEqual(clean);
  });
});
