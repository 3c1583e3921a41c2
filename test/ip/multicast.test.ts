import { describe, expect, it } from 'vitest';
import { MulticastForwarding } from '../../src/ip/multicast.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { parcelOf } from '../../src/parcel.js';
import { datagram, ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';

const G = ip('239.1.1.1');
const SENDER = ip('198.51.100.10');
/** 100 octets. */
const DATAGRAM = datagram({ payload: new Uint8Array(80) });

/** Forwards G from red to blue, whoever sends it; nobody wants anything else. */
const forwarding = () => {
  const red = testInterface('red', ['192.0.2.1/24'], { index: 1 });
  const blue = testInterface('blue', ['198.51.100.1/24'], { index: 2 });
  const multicast = new MulticastForwarding({
    settings: { ...DEFAULT_MULTICAST, reversePath: 'off' },
    interfaces: [red, blue],
    interest: { wants: (egress, group) => egress === blue && group === G, hindrance: () => 'nobody asks' },
    leadsTo: () => true,
  });
  return {
    take: (source: number, group: number): void => {
      const route = multicast.routeFor(source, group, red);
      multicast.record(route, parcelOf(DATAGRAM), { reason: route.reason, withheld: [], ttl: 1 });
    },
    views: () => multicast.views(),
  };
};

describe('the multicast routes that are remembered', () => {
  it.each([
    ['many groups that nobody wants', (number: number) => [SENDER + number, 0xef10_0000 + number] as const],
    ['one group that nobody wants', (number: number) => [SENDER + number, 0xef10_0000] as const],
    ['a group that is wanted', (number: number) => [SENDER + 1 + number, G] as const],
  ])('H10 are at most 16,384, and a flow keeps its counters under a flood of %s', (_, pair) => {
    const { take, views } = forwarding();
    for (let number = 0; number < 100_000; number += 1) {
      take(...pair(number));
      if (number % 1000 === 0) take(SENDER, G);
    }
    expect(views().length).toBe(16_384);
    const flow = views().find(({ source, group }) => source === SENDER && group === G);
    expect(flow).toMatchObject({ packets: 100, octets: 10_000, reason: undefined });
  });
});
