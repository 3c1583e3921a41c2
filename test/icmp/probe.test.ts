import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { checksum, isChecksumRight, writeUint16 } from '../../src/ip/octets.js';
import { addressOctets, type DatagramFields, datagram, hex, ip } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { type TestInterface, testInterface, testRouter, unicastRoute } from '../support/router.js';

const settings = { icmp: { probe: true } };

const byName = (name: string): number[] => {
  const octets = [...Buffer.from(name)];
  while (octets.length % 4 !== 0) octets.push(0);
  return object(1, octets);
};
const byIndex = (index: number): number[] => object(2, [0, 0, 0, index]);
const byAddress = (address: string): number[] => object(3, [0, 1, 4, 0, ...addressOctets(address)]);

const object = (type: number, payload: readonly number[], of = 3): number[] => {
  const length = 4 + payload.length;
  return [length >>> 8, length & 255, of, type, ...payload];
};

/** An extension structure around objects, its checksum right. */
const structure = (objects: readonly number[], first = 0x20): Uint8Array => {
  const octets = Uint8Array.from([first, 0, 0, 0, ...objects]);
  writeUint16(octets, 2, checksum(octets, 0, octets.length));
  return octets;
};

const LOCAL = 1;

/** Identifier 0x1234, sequence number 7. */
const request = (extension: Iterable<number>, flags = LOCAL, fields: DatagramFields = {}): Uint8Array =>
  icmp(message(42, 0, [0x12, 0x34, 7, flags, ...extension]), fields);

/** Code and status octet of the reply to one request, or undefined where there is none. */
const asked = (octets: Uint8Array, router = testRouter({ settings })): number[] | undefined => {
  router.receive(octets);
  const reply = router.red.sent[0]?.datagram;
  return reply === undefined ? undefined : [messageOf(reply)[1]!, messageOf(reply)[7]!];
};

const withOthers = (...others: TestInterface[]) => testRouter({ others, settings });

describe('the answer to an extended echo request', () => {
  it('PB1 does not come unless it is switched on', () => {
    const router = testRouter();
    expect(asked(request(structure(byName('r1.blue'))), router)).toBeUndefined();
    expect([...router.red.drops.keys()]).toEqual(['icmp-ignored']);
  });

  it.each([
    ['name', byName('r1.blue')],
    ['index', byIndex(2)],
    ['address', byAddress('198.51.100.1')],
  ])('PB2 says that an interface given by its %s is active and runs IPv4', (_title, objects) => {
    expect(asked(request(structure(objects)))).toEqual([0, 0x06]);
  });

  it('PB2 has a TTL of 255, may not be fragmented, and no TOS; PB9 repeats no extension', () => {
    const { red, receive } = testRouter({ settings });
    receive(request(structure(byIndex(1)), LOCAL, { destination: '198.51.100.1', tos: 0xb9 }));
    const reply = red.sent[0]!.datagram;
    expect(hex(reply.subarray(0, 4))).toBe('4500001c');
    expect([ipv4.ttl(reply), ipv4.flagsAndOffset(reply)]).toEqual([255, 0x4000]);
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('198.51.100.1'), ip('192.0.2.10')]);
    expect([messageOf(reply)[0], hex(messageOf(reply).subarray(4))]).toEqual([43, '12340706']);
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
  });

  it('does not look at the code of the request', () => {
    const octets = icmp(message(42, 9, [0, 0, 0, LOCAL, ...structure(byIndex(1))]));
    expect(asked(octets)).toEqual([0, 0x06]);
  });

  it('PB3 sets no bit for an interface that is down', () => {
    const down = testInterface('green', ['10.0.0.1/8'], { index: 3, up: false });
    expect(asked(request(structure(byIndex(3))), withOthers(down))).toEqual([0, 0]);
  });

  it.each([
    ['name', byName('r1.green')],
    ['the beginning of a name', byName('r1.re')],
    ['index', byIndex(3)],
    ['address', byAddress('192.0.2.10')],
    ['IPv6 address', object(3, [0, 2, 16, 0, ...new Array<number>(16).fill(1)])],
    ['Ethernet address', object(3, [0x40, 0x05, 6, 0, 2, 0, 0, 0, 0, 1, 0, 0])],
  ])('PB4 says that no interface has this %s', (_title, objects) => {
    expect(asked(request(structure(objects)))).toEqual([2, 0]);
  });

  it('an unnumbered interface goes by the loopback address; PB7 several by none', () => {
    const first = testInterface('green', [], { index: 3 });
    const second = testInterface('grey', [], { index: 4 });
    const loopback = { icmp: { probe: true }, ip: { loopback: ip('10.255.0.1') } };
    const query = request(structure(byAddress('10.255.0.1')));
    expect(asked(query, testRouter({ settings: loopback }))).toEqual([2, 0]);
    expect(asked(query, testRouter({ settings: loopback, others: [first] }))).toEqual([0, 0x06]);
    expect(asked(query, testRouter({ settings: loopback, others: [first, second] }))).toEqual([4, 0]);
  });

  it('is known by each of its addresses, and an unnumbered one by none that nobody here speaks', () => {
    const twice = testInterface('green', ['10.0.0.1/8', '172.16.0.1/16'], { index: 3 });
    for (const address of ['10.0.0.1', '172.16.0.1'])
      expect(asked(request(structure(byAddress(address))), withOthers(twice))).toEqual([0, 0x06]);
    const ipv6 = object(3, [0, 2, 16, 0, ...new Array<number>(16).fill(1)]);
    expect(asked(request(structure(ipv6)), withOthers(testInterface('green', [])))).toEqual([2, 0]);
  });

  it('PB7 says that several interfaces are meant', () => {
    const twin = testInterface('green', ['198.51.100.1/32'], { index: 2 });
    const router = withOthers(twin);
    twin.index = 2;
    expect(asked(request(structure(byIndex(2))), router)).toEqual([4, 0]);
    expect(asked(request(structure(byAddress('198.51.100.1'))), withOthers(twin))).toEqual([4, 0]);
  });

  const wrongChecksum = structure(byIndex(1));
  wrongChecksum[2]! ^= 1;

  it.each([
    ['no extension', []],
    ['half an extension header', [0x20, 0]],
    ['an extension without an object', structure([])],
    ['an object without a payload', structure(object(1, []))],
    ['an empty name', structure(object(1, [0, 0, 0, 0]))],
    ['a name that is not filled up', structure(object(1, [...Buffer.from('r1.blu')]))],
    ['an index of 8 octets', structure(object(2, [0, 0, 0, 1, 0, 0, 0, 1]))],
    ['an address of 5 octets', structure(object(3, [0, 1, 5, 0, 192, 0, 2, 1, 0, 0, 0, 0]))],
    ['an address without its family', structure(object(3, [0, 1, 4, 0]))],
    ['an IPv6 address of 4 octets', structure(object(3, [0, 2, 4, 0, 192, 0, 2, 1]))],
    ['an unknown way to name an interface', structure(object(4, [0, 0, 0, 1]))],
    ['an object of another class', structure(object(2, [0, 0, 0, 1], 9))],
    ['another version of the extension', structure(byIndex(1), 0x10)],
    ['a wrong checksum of the extension', wrongChecksum],
    ['one that is wrong in its first octet alone', Uint8Array.from([0x20, 0, 1, 0, ...byIndex(1)])],
    ['an address of no octets', structure(object(3, [0, 9, 0, 0]))],
    ['two objects', structure([...byIndex(2), ...byIndex(1)])],
    ['an object that is longer than the message', structure([0, 12, ...byIndex(1).slice(2)])],
    ['an object that is shorter than its header', structure([0, 3, ...byIndex(1).slice(2)])],
  ])('PB5 says that the query is malformed: %s', (_title, extension) => {
    expect(asked(request(extension))).toEqual([1, 0]);
  });

  it('takes an extension without a checksum', () => {
    const extension = structure(byIndex(1));
    extension.fill(0, 2, 4);
    expect(asked(request(extension))).toEqual([0, 0x06]);
  });

  describe('about a neighbor', () => {
    it.each([
      ['name', byName('r1.blue')],
      ['index', byIndex(2)],
    ])('PB6 says that it cannot be given by %s', (_title, objects) => {
      expect(asked(request(structure(objects), 0))).toEqual([1, 0]);
    });

    it('PB6 says that it is reachable', () => {
      const { router, red, blue, receive } = testRouter({ settings });
      red.dead.add(ip('198.51.100.10'));
      const { sent } = red;
      receive(request(structure(byAddress('198.51.100.10')), 0));
      expect([...messageOf(sent[0]!.datagram).subarray(0, 2), messageOf(sent[0]!.datagram)[7]]).toEqual([
        43, 0, 0x40,
      ]);
      expect(blue.sent).toEqual([]);
      expect(router.icmp.sent['extended-echo-reply']).toBe(1);
    });

    it.each(['198.51.100.10', '198.51.100.1', '198.51.100.255', '224.0.0.5', '255.255.255.255', '10.9.9.9'])(
      'PB6 says that nobody is known as %s',
      (address) => {
        const routes = (_red: TestInterface, blue: TestInterface) => [
          unicastRoute('0.0.0.0/0', '198.51.100.254', blue),
        ];
        const router = testRouter({ settings, ...(address === '10.9.9.9' ? {} : { routes }) });
        for (const each of [router.red, router.blue]) each.dead.add(ip('198.51.100.10'));
        expect(asked(request(structure(byAddress(address)), 0), router)).toEqual([3, 0]);
      },
    );

    it('PB7 says that several are known', () => {
      expect(asked(request(structure(byAddress('198.51.100.10')), 0))).toEqual([4, 0]);
    });
  });

  it.each([
    ['everybody was asked', { destination: '255.255.255.255' }],
    ['all systems were asked', { destination: '224.0.0.1' }],
    ['a group asks', { source: '224.0.0.9' }],
    ['a broadcast asks', { source: '192.0.2.255' }],
    ['nobody asks', { source: '0.0.0.0', destination: '255.255.255.255' }],
  ])('PB8 does not come where %s', (_title, fields) => {
    const router = testRouter({ settings: { icmp: { probe: true, echoBroadcast: true } } });
    expect(asked(request(structure(byIndex(1)), LOCAL, fields), router)).toBeUndefined();
  });

  it('a transit datagram that looks like one is none', () => {
    const router = testRouter({ settings });
    const payload = message(42, 0, [0, 0, 0, LOCAL, ...structure(byIndex(1))]);
    router.receive(datagram({ protocol: 1, payload }));
    expect(router.blue.sent).toHaveLength(1);
    expect(router.red.sent).toEqual([]);
  });
});
