import { describe, expect, it } from 'vitest';
import { linkChangeOf } from '../../src/tun/ip-monitor.js';
import { type LinkChange, messagesIn } from '../../src/tun/rtnetlink.js';
import { ip } from '../support/datagram.js';

/** RTM_NEWLINK of a TUN device that is up; its name and MTU, and an attribute that nobody asked for. */
const message = (type = 16): Uint8Array => {
  const octets = new Uint8Array(16 + 16 + 8 + 8 + 8);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, true);
  view.setUint16(4, type, true);
  view.setInt32(20, 7, true);
  view.setUint32(24, 0x10d1, true);
  octets.set([8, 0, 3, 0, ...Buffer.from('tp0\0')], 32);
  octets.set([8, 0, 4, 0, 0x78, 0x05, 0, 0], 40);
  octets.set([5, 0, 16, 0, 6, 0, 0, 0], 48);
  return octets;
};

/** What is said of links, without what it is about. */
const linkChanges = (octets: Uint8Array): LinkChange[] =>
  messagesIn(octets).flatMap((each) => {
    if (each.about !== 'link') return [];
    const { about: _about, ...change } = each;
    return [change];
  });

/** RTM_NEWADDR of 192.0.2.7 on link 7; the peer of a point-to-point link is another address. */
const addressMessage = (
  type = 20,
  family = 2,
  attributes = [
    [1, 9],
    [2, 7],
  ],
): Uint8Array => {
  const octets = new Uint8Array(16 + 8 + 8 * attributes.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, true);
  view.setUint16(4, type, true);
  octets[16] = family;
  view.setUint32(20, 7, true);
  for (const [at, [attribute, last]] of attributes.entries())
    octets.set([8, 0, attribute!, 0, 192, 0, 2, last!], 24 + 8 * at);
  return octets;
};

describe('messages about addresses', () => {
  it('say link and own address', () => {
    const change = { about: 'address', index: 7, address: ip('192.0.2.7') };
    expect(messagesIn(addressMessage())).toEqual([{ ...change, deleted: false }]);
    expect(messagesIn(addressMessage(21))).toEqual([{ ...change, deleted: true }]);
    expect(messagesIn(addressMessage(20, 2, [[1, 9]]))).toMatchObject([{ address: ip('192.0.2.9') }]);
  });

  it('are left out for another family, or without an address, or cut short', () => {
    expect(messagesIn(addressMessage(20, 10))).toEqual([]);
    expect(messagesIn(addressMessage(20, 2, []))).toEqual([]);
    for (let length = 0; length < 40; length++)
      expect(messagesIn(addressMessage().subarray(0, length))).toEqual([]);
  });
});

describe('messages about links', () => {
  it('say name, index, state and MTU', () => {
    expect(linkChanges(message())).toEqual([
      { index: 7, name: 'tp0', isUp: true, mtu: 1400, deleted: false },
    ]);
    expect(linkChanges(message(17))[0]?.deleted).toBe(true);
  });

  it('come several at once, among others', () => {
    const octets = Buffer.concat([message(), message(3), message(17)]);
    expect(linkChanges(octets).map((change) => change.deleted)).toEqual([false, true]);
  });

  it('may be cut short anywhere', () => {
    for (let length = 0; length < 56; length++)
      expect(linkChanges(message().subarray(0, length))).toEqual([]);
    const lying = message();
    lying[32] = 255;
    expect(linkChanges(lying)[0]?.name).toBe('');
    lying[32] = 0;
    expect(linkChanges(lying)[0]?.name).toBe('');
  });

  it('are read from lines of ip monitor, too', () => {
    const line =
      '5: tp0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1400 qdisc pfifo_fast state UNKNOWN \\    link/none ';
    expect(linkChangeOf(line)).toEqual({ index: 5, name: 'tp0', isUp: true, mtu: 1400, deleted: false });
    expect(linkChangeOf(`Deleted ${line}`)?.deleted).toBe(true);
    expect(linkChangeOf('6: v0@if7: <BROADCAST,LOWER_UP> mtu 1500')).toMatchObject({
      name: 'v0',
      isUp: false,
    });
    expect(linkChangeOf('    link/none')).toBeUndefined();
  });
});
