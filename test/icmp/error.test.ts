import { describe, expect, it } from 'vitest';
import { dropReasons } from '../../src/drop-reason.js';
import { errorFor, suppressionOf } from '../../src/icmp/error.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import {
  addressOctets,
  type DatagramFields,
  datagram,
  fromHex,
  hex,
  ip,
  pattern,
} from '../support/datagram.js';
import { message, messageOf, typeAndCode } from '../support/icmp.js';
import { type PartialSettings, testInterface, testRouter, unicastRoute } from '../support/router.js';

/** 203.0.113.0/24 is behind a gateway on blue. */
const behindBlue: NonNullable<Parameters<typeof testRouter>[0]>['routes'] = (_red, blue) => [
  unicastRoute('203.0.113.0/24', '198.51.100.254', blue),
];

/** The error for a datagram that came in on red with its last hop used up. */
const errorAbout = (fields: DatagramFields, settings: PartialSettings = {}) => {
  const router = testRouter({ settings, routes: behindBlue });
  router.receive(datagram({ ttl: 1, ...fields }));
  return { ...router, error: router.red.sent[0]?.datagram ?? router.blue.sent[0]?.datagram };
};

const icmpFields = (type: number, length = 28): DatagramFields => ({
  protocol: ipv4.PROTOCOL_ICMP,
  payload: message(type, 0, new Uint8Array(length - 4)),
});

describe('an ICMP error is not sent', () => {
  it.each([3, 4, 5, 11, 12])('EG1 about an ICMP error of type %i', (type) => {
    const { error, router } = errorAbout(icmpFields(type));
    expect(error).toBeUndefined();
    expect(router.icmp.suppressed['icmp-error']).toBe(1);
  });

  it.each([1, 2, 6, 7, 19, 30, 41, 44, 99, 255])(
    'EG2 about an ICMP message of the unknown type %i',
    (type) => {
      expect(errorAbout(icmpFields(type)).error).toBeUndefined();
    },
  );

  it.each([0, 8, 13, 14, 15, 16, 17, 18, 42, 43])(
    'EG3 but it is about the query or answer of type %i',
    (type) => {
      expect(typeAndCode(errorAbout(icmpFields(type)).error!)).toEqual([11, 0]);
    },
  );

  it.each([
    ['EG4 a broadcast of this network', { destination: '255.255.255.255', protocol: 250 }],
    ['EG4 a directed broadcast of the ingress', { destination: '192.0.2.255', protocol: 250 }],
    ['EG4 a directed broadcast of another network', { destination: '198.51.100.255', protocol: 250 }],
  ])('about %s', (_title, fields) => {
    const { error, router } = errorAbout(fields, { ip: { directedBroadcast: true } });
    expect(error).toBeUndefined();
    expect(router.ledger.dropped).toBe(1);
    expect(router.icmp.suppressed['multicast-or-broadcast']).toBe(1);
  });

  const { router } = testRouter();
  const suppression = (fields: DatagramFields) =>
    suppressionOf('ttl-exceeded', datagram(fields), DEFAULT_SETTINGS, (address) =>
      router.routing.lookup(address),
    );

  it.each(['224.0.0.1', '239.1.2.3', '239.255.255.255'])(
    'EG5 about a datagram to the group %s',
    (destination) => {
      expect(suppression({ destination })).toBe('multicast-or-broadcast');
    },
  );

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.2.255',
    '198.51.100.255',
    '198.51.100.0',
    '192.0.2.1',
  ])('EG6 to %s, which is no single other host', (source) => {
    expect(suppression({ source })).toBe('bad-source');
  });

  it('EG6 but it is to a host of 240/4 where that is ordinary unicast', () => {
    const settings = { ...DEFAULT_SETTINGS, ip: { ...DEFAULT_SETTINGS.ip, classE: true } };
    const original = datagram({ source: '240.0.0.1' });
    expect(suppressionOf('ttl-exceeded', original, settings, () => undefined)).toBeUndefined();
  });

  it('EG7 about a fragment that is not the first', () => {
    const { error, router } = errorAbout({ offset: 8, protocol: 250, payload: pattern(64) });
    expect(error).toBeUndefined();
    expect(router.icmp.suppressed['not-first-fragment']).toBe(1);
    expect(errorAbout({ flags: ipv4.FLAG_MORE_FRAGMENTS, payload: pattern(64) }).error).toBeDefined();
  });

  it('EG8 for drops that mean a wrong header, a silent route, or nothing to the sender', () => {
    const answered = dropReasons().filter((reason) => errorFor(reason, {}) !== undefined);
    expect(answered.sort()).toEqual([
      'bad-option',
      'filter-reject',
      'host-unreachable',
      'no-route',
      'port-unreachable',
      'prohibit-route',
      'protocol-unreachable',
      'reassembly-timeout',
      'source-route',
      'tos-route',
      'truncated',
      'ttl-expired',
      'unreachable-route',
      'would-fragment',
    ]);
  });

  it('EG9 about an ICMP message too short for type, code and checksum', () => {
    expect(errorAbout({ protocol: 1, payload: [] }).error).toBeUndefined();
    expect(errorAbout({ protocol: 1, payload: [8, 0] }).error).toBeUndefined();
    expect(errorAbout({ protocol: 1, payload: [8, 0, 0xf7, 0xff] }).error).toBeDefined();
  });

  it.each([
    ['timeExceeded', { ttl: 1 }],
    ['unreachables', { ttl: 9, destination: '10.9.9.9' }],
    ['parameterProblems', { ttl: 9, options: [7, 2, 4, 0] }],
  ] as const)('where %s is switched off', (key, fields) => {
    expect(errorAbout(fields).error).toBeDefined();
    const { error, router } = errorAbout(fields, { icmp: { [key]: false } });
    expect(error).toBeUndefined();
    expect(router.icmp.suppressed['switched-off']).toBe(1);
  });

  it('EG22 where no route leads back', () => {
    const { router, red, blue } = errorAbout({ source: '10.1.1.1' });
    expect([...red.sent, ...blue.sent]).toEqual([]);
    expect(router.icmp.suppressed['no-route']).toBe(1);
    expect(router.ledger).toMatchObject({ received: 1, dropped: 1, originated: 0 });
  });
});

describe('an ICMP error', () => {
  it.each([
    ['EG10', 1428, 548],
    ['EG10', 549, 548],
    ['EG11', 548, 548],
    ['EG11', 23, 23],
  ])('%s quotes of %i octets %i', (_row, length, quoted) => {
    const { error } = errorAbout({ protocol: 250, payload: pattern(length - 20) });
    expect(error!).toHaveLength(28 + quoted);
    expect(hex(error!.subarray(48))).toBe(hex(pattern(length - 20).subarray(0, quoted - 20)));
  });

  it('EG12 fits an egress of 68 octets, and still quotes the header and 8 octets more', () => {
    const red = testInterface('red', ['192.0.2.1/24'], { mtu: 68 });
    const { receive } = testRouter({ red });
    receive(datagram({ ttl: 1, payload: pattern(100) }));
    expect(red.sent[0]!.datagram).toHaveLength(68);
    receive(datagram({ ttl: 1, options: new Uint8Array(40).fill(1), payload: pattern(100) }));
    const pieces = red.sent.slice(1).map((each) => each.datagram);
    expect(pieces.map(ipv4.payloadLength)).toEqual([48, 28]);
  });

  it('EG13 quotes the datagram as it came', () => {
    const options = [7, 7, 4, 0, 0, 0, 0];
    const original = datagram({ ttl: 1, options, payload: pattern(40), tos: 0x1b });
    const { red, receive } = testRouter();
    receive(original);
    expect(hex(messageOf(red.sent[0]!.datagram).subarray(8))).toBe(hex(original));
    expect(isChecksumRight(red.sent[0]!.datagram, 28, 28 + 28)).toBe(true);
  });

  it('EG14 points at the octet that is wrong, as it came', () => {
    const original = datagram({ options: [1, 1, 7, 2, 4, 0, 0, 0] });
    const { red, receive } = testRouter();
    receive(original);
    const error = messageOf(red.sent[0]!.datagram);
    expect([...error.subarray(0, 2)]).toEqual([12, 0]);
    expect(hex(error.subarray(8))).toBe(hex(original));
    expect([error[4], ...error.subarray(5, 8)]).toEqual([23, 0, 0, 0]);
  });

  it.each([
    ['egress', '198.51.100.1'],
    ['ingress', '192.0.2.1'],
    ['loopback', '10.255.0.1'],
  ] as const)(
    'EG15 has the address of the %s where that is the setting; EG23 leaves by its route',
    (source, own) => {
      const { red, blue } = errorAbout(
        { source: '203.0.113.5', destination: '192.0.2.20' },
        { icmp: { source }, ip: { loopback: ip('10.255.0.1') } },
      );
      expect(red.sent).toEqual([]);
      expect(blue.sent[0]!.nextHop).toBe(ip('198.51.100.254'));
      expect(ipv4.source(blue.sent[0]!.datagram)).toBe(ip(own));
    },
  );

  it('EG15 has the egress address unless told', () => {
    const { blue } = errorAbout({ source: '203.0.113.5', destination: '192.0.2.20' });
    expect(ipv4.source(blue.sent[0]!.datagram)).toBe(ip('198.51.100.1'));
  });

  it('EG16 about a datagram to us has the address to which that was sent', () => {
    const { error } = errorAbout({ destination: '198.51.100.1' }, { icmp: { source: 'ingress' } });
    expect(typeAndCode(error!)).toEqual([3, 3]);
    expect(ipv4.source(error!)).toBe(ip('198.51.100.1'));
  });

  it('EG17 has a TTL of its own', () => {
    expect(ipv4.ttl(errorAbout({ ttl: 1 }).error!)).toBe(64);
    expect(ipv4.ttl(errorAbout({ ttl: 9, destination: '10.9.9.9' }).error!)).toBe(64);
  });

  it.each([
    ['EG18', 0x58, 0xd8],
    ['EG18', 0x08, 0xc8],
    ['EG18', 0x10, 0xd0],
    ['EG19', 0x01, 0xc0],
    ['EG19', 0x02, 0xc0],
    ['EG19', 0x03, 0xc0],
    ['EG19', 0xff, 0xdc],
  ])('%s about TOS %i has TOS %i: precedence 6, no ECN', (_row, tos, own) => {
    expect(ipv4.tos(errorAbout({ tos }).error!)).toBe(own);
  });

  it('EG20 has an identification of its own and may be fragmented', () => {
    const { red, receive } = testRouter();
    receive(datagram({ ttl: 1, id: 7, flags: ipv4.FLAG_DONT_FRAGMENT }));
    receive(datagram({ ttl: 1, id: 7, flags: ipv4.FLAG_DONT_FRAGMENT }));
    const [first, second] = red.sent.map((each) => each.datagram);
    expect(ipv4.identification(first!)).not.toBe(ipv4.identification(second!));
    expect(ipv4.flagsAndOffset(first!)).toBe(0);
  });

  it.each([0, 1, 7, 28, 1400])(
    'EG21 has right checksums and unused fields of zero, about %i octets',
    (length) => {
      const { error } = errorAbout({ protocol: 250, payload: pattern(length) });
      expect(isChecksumRight(error!, 0, 20)).toBe(true);
      expect(isChecksumRight(error!, 20, error!.length)).toBe(true);
      expect(hex(error!.subarray(24, 28))).toBe('00000000');
      expect(ipv4.totalLength(error!)).toBe(error!.length);
    },
  );

  it('EG24 carries no record of route or time', () => {
    const { error } = errorAbout({ options: fromHex('070b0400000000000000004408050000000000') });
    expect(ipv4.headerLength(error!)).toBe(20);
  });

  const options = { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'process' as const };

  it('EG24 goes back along the source route, out by the interface of its first stop', () => {
    const route = [131, 11, 8, ...addressOctets('192.0.2.77'), ...addressOctets('10.9.9.9')];
    const fields = { source: '203.0.113.5', destination: '192.0.2.1', options: route, ttl: 9 };
    const { red, blue } = errorAbout(fields, { ip: { options } });
    expect(red.sent.map(({ nextHop }) => nextHop)).toEqual([ip('192.0.2.77')]);
    expect(blue.sent).toEqual([]);
  });

  it('EG24 goes back along the source route', () => {
    const route = [131, 11, 8, ...addressOctets('192.0.2.77'), ...addressOctets('10.9.9.9')];
    const { error } = errorAbout({ options: route, ttl: 9, destination: '192.0.2.1' }, { ip: { options } });
    expect(typeAndCode(error!)).toEqual([3, 5]);
    expect(ipv4.destination(error!)).toBe(ip('192.0.2.77'));
    expect(hex(error!.subarray(20, 28))).toBe(
      hex(Uint8Array.of(131, 7, 4, ...addressOctets('192.0.2.10'), 0)),
    );
  });
});

describe('the second word of an ICMP error', () => {
  it('EG14 is the MTU where that is too small, the place of what is wrong, or zero', () => {
    const egress = testInterface('blue', ['198.51.100.1/24'], { mtu: 1280 });
    const parameter = (...[reason, detail]: Parameters<typeof errorFor>) =>
      errorFor(reason, detail)?.parameter;
    expect([parameter('would-fragment', { egress }), parameter('would-fragment', {})]).toEqual([1280, 0]);
    expect(parameter('filter-reject', { code: 'frag-needed', egress })).toBe(1280);
    expect(parameter('filter-reject', { code: 'frag-needed' })).toBe(0);
    expect([
      parameter('filter-reject', { code: 'net-prohibited', egress }),
      parameter('filter-reject', {}),
    ]).toEqual([0, 0]);
    expect([parameter('bad-option', { pointer: 21 }), parameter('bad-option', {})]).toEqual([21 << 24, 0]);
    expect(parameter('truncated', {})).toBe(2 << 24);
  });
});

describe('an ICMP error of a router without any address', () => {
  it('EG22 is not sent', () => {
    const red = testInterface('red', []);
    const routes = () => [unicastRoute('192.0.2.0/24', '192.0.2.254', red)];
    const { router, receive } = testRouter({ red, blue: testInterface('blue', []), routes });
    receive(datagram({ ttl: 1 }));
    expect([red.sent, router.icmp.suppressed['no-route']]).toEqual([[], 1]);
  });
});
