import { describe, expect, it } from 'vitest';
import { pattern } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { type PartialSettings, testInterface, testRouter } from '../support/router.js';

const settings: PartialSettings = { icmp: { echoBroadcast: true } };

describe('an ICMP message that the router receives', () => {
  it('is counted by its name, each time, where it has one', () => {
    const { router, receive } = testRouter();
    const names = Object.keys(router.icmp.received);
    for (let time = 1; time <= 3; time += 1) {
      receive(icmp(message(8, 0, pattern(4))));
      expect(router.icmp.received).toMatchObject({ 'echo-request': time, 'source-quench': 0 });
    }
    receive(icmp(message(4, 0, pattern(4))));
    receive(icmp(message(99, 0, pattern(4))));
    expect(router.icmp.received).toMatchObject({ 'echo-request': 3, 'source-quench': 1 });
    expect(Object.keys(router.icmp.received)).toEqual(names);
  });

  it('is not answered to everybody by a router that has no address', () => {
    const [red, blue] = [testInterface('red', []), testInterface('blue', [])];
    const { receive } = testRouter({ red, blue, settings });
    receive(icmp(message(8, 0, pattern(4)), { destination: '255.255.255.255' }));
    expect([red.sent, [...red.drops.keys()]]).toEqual([[], ['icmp-ignored']]);
  });
});
