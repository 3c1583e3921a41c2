import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { fromHex, hex, ip } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { testInterface, testRouter } from '../support/router.js';

const settings = { icmp: { addressMaskReply: true } };
const request = message(17, 0, fromHex('1234 0001 00000000'));
const redWith = (...addresses: string[]) => testInterface('red', addresses);

describe('the answer to an address mask request', () => {
  it('QU6 has the mask of the subnet in which the host stands', () => {
    const { red, receive } = testRouter({ red: redWith('192.0.2.1/24', '10.0.0.1/29'), settings });
    receive(icmp(request, { source: '10.0.0.2', destination: '10.0.0.1' }));
    const reply = red.sent[0]!.datagram;
    expect(hex(messageOf(reply).subarray(4))).toBe('12340001fffffff8');
    expect([...messageOf(reply).subarray(0, 2)]).toEqual([18, 0]);
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('10.0.0.1'), ip('10.0.0.2')]);
  });

  it('QU6 goes to the host alone where it asked everybody', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(request, { destination: '255.255.255.255' }));
    expect(red.sent[0]!.nextHop).toBe(ip('192.0.2.10'));
    expect(ipv4.source(red.sent[0]!.datagram)).toBe(ip('192.0.2.1'));
  });

  it('goes to everybody where the host does not know its address', () => {
    const { red, receive } = testRouter({ red: redWith('192.0.2.1/24', '10.0.0.1/24'), settings });
    receive(icmp(request, { source: '0.0.0.0', destination: '255.255.255.255' }));
    expect(red.sent[0]!.nextHop).toBe(ip('255.255.255.255'));
    const reply = red.sent[0]!.datagram;
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('192.0.2.1'), ip('255.255.255.255')]);
    expect(hex(messageOf(reply).subarray(8))).toBe('ffffff00');
  });

  it('QU7 does not come where that host may be meant by one of several masks', () => {
    const { red, receive } = testRouter({ red: redWith('192.0.2.1/24', '10.0.0.1/29'), settings });
    receive(icmp(request, { source: '0.0.0.0', destination: '255.255.255.255' }));
    expect(red.sent).toEqual([]);
  });

  it('does not come where the host stands in no subnet of the interface', () => {
    const { red, blue, receive } = testRouter({ settings });
    receive(icmp(request, { source: '198.51.100.10' }));
    expect([...red.sent, ...blue.sent]).toEqual([]);
  });

  it('does not come where the request is shorter than 12 octets', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(message(17, 0, fromHex('1234 0001'))));
    expect([...red.drops.keys()]).toEqual(['icmp-malformed']);
  });

  it('QU6 does not come unless it is switched on', () => {
    const { red, receive } = testRouter();
    receive(icmp(request));
    expect(red.sent).toEqual([]);
  });

  it('QU8 teaches nothing when it comes from somebody else', () => {
    const { router, red, receive } = testRouter({ settings });
    receive(icmp(message(18, 0, fromHex('1234 0001 ffff0000'))));
    expect([...red.drops.keys()]).toEqual(['icmp-ignored']);
    expect(router.icmp.received['address-mask-reply']).toBe(1);
    receive(icmp(request));
    expect(hex(messageOf(red.sent[0]!.datagram).subarray(8))).toBe('ffffff00');
  });
});
