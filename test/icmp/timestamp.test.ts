import { describe, expect, it } from 'vitest';
import { writeTimestampReply } from '../../src/icmp/timestamp.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { instant } from '../../src/time.js';
import { fromHex, hex, ip } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { testRouter } from '../support/router.js';

const settings = { icmp: { timestampReply: true } };
const NOON = instant(43_200_000.7);

/** Identifier 0x1234, sequence number 1, originated at 0x01020304, nothing else filled in. */
const REST = fromHex('1234 0001 01020304 00000000 00000000');
const request = (rest: Uint8Array = REST): Uint8Array => message(13, 0, rest);

describe('the answer to a timestamp request', () => {
  it('QU1 has its originate time, and ours in milliseconds since midnight UT', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(request(), { destination: '198.51.100.1', tos: 0xb8 }), red, NOON);
    const reply = red.sent[0]!.datagram;
    expect(hex(messageOf(reply).subarray(4))).toBe('123400010102030402932e0002932e00');
    expect([...messageOf(reply).subarray(0, 2)]).toEqual([14, 0]);
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('198.51.100.1'), ip('192.0.2.10')]);
    expect([ipv4.tos(reply), ipv4.ttl(reply), ipv4.isDontFragment(reply)]).toEqual([0xb8, 64, false]);
  });

  it('QU1 says a time that has come', () => {
    const addressing = { source: 1, destination: 2, identification: 3, options: new Uint8Array(0) };
    const request = icmp(message(13, 0, new Uint8Array(16)));
    const reply = writeTimestampReply(request, 1234.9, addressing, (length) => new Uint8Array(length));
    expect(hex(messageOf(reply).subarray(12))).toBe('000004d2000004d2');
  });

  it('QU1 says by its high-order bit that no clock is to be trusted', () => {
    const { red, receive } = testRouter({ settings, hasClock: false });
    receive(icmp(request()), red, NOON);
    expect(hex(messageOf(red.sent[0]!.datagram).subarray(12))).toBe('8000000080000000');
  });

  it('has 20 octets, whatever follows them in the request', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(request(fromHex(`${hex(REST)}ffff`))));
    expect(messageOf(red.sent[0]!.datagram)).toHaveLength(20);
  });

  it('QU2 does not come where the request is shorter than 20 octets', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(request(REST.subarray(0, 15))));
    expect(red.sent).toEqual([]);
    expect([...red.drops.keys()]).toEqual(['icmp-malformed']);
  });

  it.each(['255.255.255.255', '224.0.0.1', '192.0.2.255'])('QU3 does not come where %s was asked', (all) => {
    const { red, receive } = testRouter({
      settings: { icmp: { timestampReply: true, echoBroadcast: true } },
    });
    receive(icmp(request(), { destination: all }));
    expect(red.sent).toEqual([]);
  });

  it('QU4 carries the record of the round trip', () => {
    const { red, receive } = testRouter({ settings });
    receive(icmp(request(), { options: fromHex('070b04 00000000 00000000') }));
    expect(hex(red.sent[0]!.datagram.subarray(20, 32))).toBe('070b0cc0000201c000020100');
  });

  it('does not come unless it is switched on', () => {
    const { red, receive } = testRouter();
    receive(icmp(request()));
    expect(red.sent).toEqual([]);
    expect([...red.drops.keys()]).toEqual(['icmp-ignored']);
  });
});
