import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { addressOctets, fromHex, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { type PartialSettings, testInterface, testRouter } from '../support/router.js';

/** Identifier 0x1234, sequence number 1. */
const request = (data: Uint8Array = pattern(8), code = 0): Uint8Array =>
  message(8, code, [0x12, 0x34, 0, 1, ...data]);

const replyTo = (octets: Uint8Array, settings: PartialSettings = {}): Uint8Array | undefined => {
  const { red, receive } = testRouter({ settings });
  receive(octets);
  return red.sent[0]?.datagram;
};

/** Why there was no reply. */
const silence = (octets: Uint8Array, settings: PartialSettings = {}): string[] => {
  const { red, blue, receive } = testRouter({ settings });
  receive(octets);
  expect([...red.sent, ...blue.sent]).toEqual([]);
  return [...red.drops.keys()];
};

describe('the answer to an echo request', () => {
  it('EC1 has its identifier, sequence number and data, from the address that was asked', () => {
    const reply = replyTo(icmp(request(), { destination: '198.51.100.1', ttl: 3 }))!;
    expect(hex(messageOf(reply).subarray(0, 2))).toBe('0000');
    expect(hex(messageOf(reply).subarray(4))).toBe(hex(request().subarray(4)));
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('198.51.100.1'), ip('192.0.2.10')]);
    expect(ipv4.ttl(reply)).toBe(64);
  });

  it('EC2 has its TOS and precedence', () => {
    expect(ipv4.tos(replyTo(icmp(request(), { tos: 0xb8 }))!)).toBe(0xb8);
  });

  it.each([0, 1, 3, 1472])('EC3 has all of %i octets of data', (length) => {
    const reply = replyTo(icmp(request(pattern(length))))!;
    expect(hex(messageOf(reply).subarray(8))).toBe(hex(pattern(length)));
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
  });

  it('EC4 may be fragmented though the request may not', () => {
    const red = testInterface('red', ['192.0.2.1/24'], { mtu: 600 });
    const { receive } = testRouter({ red });
    receive(icmp(request(pattern(972)), { flags: ipv4.FLAG_DONT_FRAGMENT }));
    expect(red.sent).toHaveLength(2);
    expect(red.sent.some((each) => ipv4.isDontFragment(each.datagram))).toBe(false);
  });

  it('EC5 has its code, whatever that is', () => {
    expect(hex(messageOf(replyTo(icmp(request(pattern(8), 7)))!).subarray(0, 2))).toBe('0007');
  });

  it('EC6 does not come where the checksum is wrong', () => {
    const wrong = icmp(request());
    wrong[30]! ^= 1;
    expect(silence(wrong)).toEqual(['icmp-bad-checksum']);
  });

  it.each([0, 1, 4, 7])('EC7 does not come where the message has %i octets', (length) => {
    expect(silence(icmp(request().subarray(0, length)))).toEqual(['icmp-malformed']);
  });

  it.each([
    '192.0.2.255',
    '255.255.255.255',
    '224.0.0.1',
    '0.0.0.0',
    '127.0.0.1',
    '192.0.2.1',
    '198.51.100.1',
  ])('EC8 does not go to %s', (source) => {
    expect(silence(icmp(request(), { source }), { icmp: { echoBroadcast: true } })).toEqual([
      'martian-source',
    ]);
  });

  it('EC8 does not go to a host without an address', () => {
    const all = icmp(request(), { source: '0.0.0.0', destination: '255.255.255.255' });
    expect(silence(all, { icmp: { echoBroadcast: true } })).toEqual(['icmp-ignored']);
  });

  it.each(['255.255.255.255', '192.0.2.255', '224.0.0.1'])(
    'EC9 does not come where %s was asked, unless that is switched on',
    (all) => {
      silence(icmp(request(), { destination: all }));
      const reply = replyTo(icmp(request(), { destination: all }), { icmp: { echoBroadcast: true } })!;
      expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('192.0.2.1'), ip('192.0.2.10')]);
    },
  );

  it('EC10 does not come where it is switched off', () => {
    expect(silence(icmp(request()), { icmp: { echoReply: false } })).toEqual(['icmp-ignored']);
  });

  it('EC11 carries the record of the whole round trip', () => {
    const options = [7, 15, 8, ...addressOctets('10.0.0.1'), ...new Uint8Array(8)];
    const reply = replyTo(icmp(request(), { options, destination: '198.51.100.1' }))!;
    expect(hex(reply.subarray(20, 36))).toBe('070f10' + '0a000001' + 'c6336401' + 'c0000201' + '00');
  });

  it('EC12 carries the time', () => {
    const reply = replyTo(icmp(request(), { options: fromHex('440c0500 ffffffff ffffffff') }))!;
    expect(hex(reply.subarray(20, 32))).toBe('440c0d000000000000000000');
  });

  it('EC14 leaves an unknown option behind', () => {
    expect(ipv4.headerLength(replyTo(icmp(request(), { options: [0x5e, 4, 0, 0] }))!)).toBe(20);
  });

  it('EC15 has an identification of its own each time', () => {
    const { red, receive } = testRouter();
    receive(icmp(request(), { id: 7 }));
    receive(icmp(request(), { id: 7 }));
    const [first, second] = red.sent.map((each) => ipv4.identification(each.datagram));
    expect(second).toBe((first! + 1) & 0xffff);
  });

  it.each([0, 1, 2, 3, 6, 7, 9, 11, 12, 14, 15, 16, 18, 30, 37, 40, 43, 200])(
    'EC16 QU5 QU11 there is none to a message of type %i',
    (type) => {
      expect(silence(icmp(message(type, 0, pattern(40))))).toEqual(['icmp-ignored']);
    },
  );

  it('is counted with the request', () => {
    const { router, receive } = testRouter();
    receive(icmp(request()));
    expect(router.icmp.received['echo-request']).toBe(1);
    expect(router.icmp.sent['echo-reply']).toBe(1);
    expect(router.ledger).toMatchObject({ received: 1, delivered: 1, originated: 1 });
  });
});
