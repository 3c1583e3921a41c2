import { describe, expect, it } from 'vitest';
import { writeError } from '../../src/icmp/error.js';
import { writeExtension } from '../../src/icmp/extension.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import type { RouterSettings } from '../../src/settings.js';
import { addressOctets, datagram, fromHex, hex, ip, pattern } from '../support/datagram.js';
import { messageOf, typeAndCode } from '../support/icmp.js';
import { type TestInterface, testInterface, testRouter, unicastRoute } from '../support/router.js';

type Icmp = Partial<RouterSettings['icmp']>;

/** The error for a datagram of this length whose TTL runs out. */
const expired = (length: number, icmp: Icmp, red?: TestInterface): Uint8Array => {
  const router = testRouter({ ...(red === undefined ? {} : { red }), settings: { icmp } });
  router.receive(datagram({ ttl: 1, protocol: 250, payload: pattern(length - 20) }));
  return router.red.sent[0]!.datagram;
};

const EXTENSION_AT = 8 + 128;
const extensionOf = (d: Uint8Array): Uint8Array => messageOf(d).subarray(EXTENSION_AT);

/** The objects of an extension in hex, each with its header. */
const objectsOf = (d: Uint8Array): string[] => {
  const extension = extensionOf(d);
  const objects: string[] = [];
  for (let at = 4; at < extension.length; ) {
    const length = (extension[at]! << 8) | extension[at + 1]!;
    objects.push(hex(extension.subarray(at, at + length)));
    at += length;
  }
  return objects;
};

const INCOMING = { extensions: ['incoming'] } as const;
/** Role 0, all four parts: index 1, 192.0.2.1, r1.red, 1500. */
const RED = `001c020f${'00000001'}${'00010000c0000201'}${'0872312e72656400'}${'000005dc'}`;

describe('the extension of an ICMP error', () => {
  it('XT1 is not there unless it is switched on', () => {
    const error = expired(60, {});
    expect(messageOf(error)).toHaveLength(8 + 60);
    expect(hex(messageOf(error).subarray(4, 8))).toBe('00000000');
  });

  it('XT2 stands behind 128 octets of quote, filled up with zeros, of which the header tells', () => {
    const error = expired(60, INCOMING);
    const message = messageOf(error);
    expect(hex(message.subarray(4, 8))).toBe('00200000');
    expect(hex(message.subarray(8 + 20, 8 + 60))).toBe(hex(pattern(40)));
    expect(hex(message.subarray(8 + 60, EXTENSION_AT))).toBe('00'.repeat(68));
    expect(hex(message.subarray(EXTENSION_AT, EXTENSION_AT + 2))).toBe('2000');
    expect(isChecksumRight(error, 20, error.length)).toBe(true);
    expect(ipv4.totalLength(error)).toBe(error.length);
  });

  it('XT2 is there where it just fits, and not where an octet is missing', () => {
    const extended = (mtu: number): boolean => {
      const red = testInterface('red', ['192.0.2.1/24'], { mtu });
      const { receive } = testRouter({ red, settings: { icmp: INCOMING } });
      receive(datagram({ ttl: 1, payload: pattern(40) }));
      return messageOf(red.sent[0]!.datagram)[5] !== 0;
    };
    // 20 of IP, 8 of ICMP, 128 of quote, 4 of the extension's header, 28 of the object.
    expect([extended(188), extended(187)]).toEqual([true, false]);
  });

  it.each([127, 128, 129, 1400])('XT3 is found behind an original of %i octets', (length) => {
    const error = expired(length, { extensions: ['incoming', 'outgoing', 'next-hop'] });
    const quoted = Math.min(length, 128);
    expect(hex(messageOf(error).subarray(28, 8 + quoted))).toBe(hex(pattern(quoted - 20)));
    expect(objectsOf(error)).toHaveLength(3);
    expect(error.length).toBeLessThanOrEqual(576);
  });

  it('XT3 is left out where the egress has no room for it, and the quote is what fits', () => {
    const red = testInterface('red', ['192.0.2.1/24'], { mtu: 180 });
    const error = expired(170, INCOMING, red);
    expect(error).toHaveLength(180);
    expect(hex(messageOf(error).subarray(4, 8))).toBe('00000000');
    const wide = testInterface('red', ['192.0.2.1/24'], { mtu: 188 });
    expect(expired(170, INCOMING, wide)).toHaveLength(188);
  });

  it('XT4 does not follow a redirect', () => {
    const { red, receive } = testRouter({
      settings: { icmp: INCOMING },
      routes: (red) => [unicastRoute('10.0.0.0/8', '192.0.2.254', red)],
    });
    receive(datagram({ destination: '10.0.0.1' }));
    expect(typeAndCode(red.sent[0]!.datagram)).toEqual([5, 1]);
    expect(messageOf(red.sent[0]!.datagram)).toHaveLength(8 + 28);
  });

  it.each([
    ['redirect-host', false],
    ['host-unreachable', true],
    ['ttl-exceeded', true],
    ['parameter-problem', true],
  ] as const)('XT4 follows a message of the kind %s: %s', (message, isThere) => {
    const nowhere = { source: 1, destination: 2, identification: 3, options: new Uint8Array(0), mtu: 1500 };
    const make = (length: number) => new Uint8Array(length);
    const error = writeError({ message, parameter: 0 }, datagram(), nowhere, fromHex('2000dfff'), make);
    expect(error).toHaveLength(isThere ? 20 + 8 + 128 + 4 : 20 + 8 + 28);
  });

  it('XT5 leaves the MTU in place beside the length', () => {
    const blue = testInterface('blue', ['198.51.100.1/24'], { mtu: 600, index: 2 });
    const icmp = { extensions: ['outgoing'] } as const;
    const { red, receive } = testRouter({ blue, settings: { icmp } });
    receive(datagram({ flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(1000) }));
    const error = red.sent[0]!.datagram;
    expect(typeAndCode(error)).toEqual([3, 4]);
    expect(hex(messageOf(error).subarray(4, 8))).toBe('00200258');
    expect(objectsOf(error)[0]!.slice(-8)).toBe('00000258');
  });

  it('follows a parameter problem, whose pointer stays in place', () => {
    const { red, receive } = testRouter({ settings: { icmp: INCOMING } });
    receive(datagram({ options: [7, 2, 4, 0] }));
    const error = red.sent[0]!.datagram;
    expect(typeAndCode(error)).toEqual([12, 0]);
    expect(messageOf(error)[4]).toBeGreaterThanOrEqual(20);
    expect(messageOf(error)[5]).toBe(32);
    expect(objectsOf(error)).toHaveLength(1);
  });

  it('XT6 has index, address, name and MTU of the interface it came in by, in this order', () => {
    expect(objectsOf(expired(60, INCOMING))).toEqual([RED]);
  });

  it('XT7 has the interface it would have left by, and the next hop, each once', () => {
    const icmp = { extensions: ['next-hop', 'outgoing', 'incoming', 'next-hop'] } as const;
    const [incoming, outgoing, nextHop, ...others] = objectsOf(expired(60, icmp));
    expect(incoming).toBe(RED);
    expect(outgoing).toBe(`001c028f${'00000002'}${'00010000c6336401'}${'0872312e626c7565'}${'000005dc'}`);
    expect(nextHop).toBe('000c02c400010000c633640a');
    expect(others).toEqual([]);
  });

  it('XT7 says nothing of where a datagram would have left that had nowhere to go', () => {
    const { red, receive } = testRouter({ settings: { icmp: { extensions: ['outgoing', 'next-hop'] } } });
    receive(datagram({ destination: '10.9.9.9' }));
    expect(typeAndCode(red.sent[0]!.datagram)).toEqual([3, 0]);
    expect(messageOf(red.sent[0]!.datagram)).toHaveLength(8 + 28);
  });

  it.each([
    ['index', '0008020800000001'],
    ['address', '000c020400010000c0000201'],
    ['name', '000c02020872312e72656400'],
    ['mtu', '00080201000005dc'],
  ] as const)('XT8 has the %s alone where that is all that is switched on', (field, object) => {
    expect(objectsOf(expired(60, { ...INCOMING, extensionFields: [field] }))).toEqual([object]);
  });

  it('XT8 is not there where no part of it is switched on', () => {
    expect(messageOf(expired(60, { ...INCOMING, extensionFields: [] }))).toHaveLength(8 + 60);
  });

  it('XT9 names an unnumbered interface by index and name', () => {
    const green = testInterface('green', [], { index: 3 });
    const { blue, receive } = testRouter({ others: [green], settings: { icmp: INCOMING } });
    receive(datagram({ ttl: 1, source: '198.51.100.10', destination: '192.0.2.10' }), green);
    expect(objectsOf(blue.sent[0]!.datagram)).toEqual([
      `0018020b00000003${'0c72312e677265656e000000'}000005dc`,
    ]);
  });

  it('XT10 has a checksum of its own', () => {
    const extension = extensionOf(expired(60, INCOMING));
    expect(isChecksumRight(extension, 0, extension.length)).toBe(true);
    expect(hex(extension.subarray(2, 4))).not.toBe('0000');
  });
});

describe('an interface name', () => {
  const nameOf = (name: string): Uint8Array => {
    const nothing = { index: undefined, address: undefined, mtu: undefined };
    return writeExtension([{ role: 'incoming', ...nothing, name }]).subarray(8);
  };

  it.each([
    ['a', '04610000'],
    ['abc', '04616263'],
    ['abcd', '0861626364000000'],
    ['é', '04c3a900'],
  ])('XT6 is filled up to a multiple of 4 octets: %s', (name, octets) => {
    expect(hex(nameOf(name))).toBe(octets);
  });

  it('XT6 has at most 64 octets with its length, and is cut between characters', () => {
    expect(nameOf('x'.repeat(80))).toHaveLength(64);
    expect(hex(nameOf('x'.repeat(80)))).toBe(`40${'78'.repeat(63)}`);
    expect(hex(nameOf('é'.repeat(40)))).toBe(`40${'c3a9'.repeat(31)}00`);
  });

  it('has its address in front of it in the octets of an IPv4 address', () => {
    const nothing = { index: undefined, mtu: undefined };
    const octets = writeExtension([{ role: 'next-hop', ...nothing, address: ip('192.0.2.1'), name: 'a' }]);
    expect([...octets.subarray(8)]).toEqual([0, 1, 0, 0, ...addressOctets('192.0.2.1'), 4, 0x61, 0, 0]);
  });
});
