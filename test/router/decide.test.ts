import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { parcelOf } from '../../src/parcel.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict, type Step } from '../../src/router/verdict.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { START } from '../../src/time.js';
import { addressOctets, type DatagramFields, datagram, hex, ip } from '../support/datagram.js';
import { typeAndCode } from '../support/icmp.js';
import { type TestInterface, testInterface, testRouter, unicastRoute } from '../support/router.js';

const FOLLOWING = {
  ip: { options: { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'process' as const } },
};

/** 203.0.113.0/24 and 203.0.114.0/24 are behind gateways on blue and red. */
const wired = (settings: Parameters<typeof testRouter>[0] = {}) =>
  testRouter({
    routes: (red, blue) => [
      unicastRoute('203.0.113.0/24', '198.51.100.254', blue),
      unicastRoute('203.0.114.0/24', '192.0.2.254', red),
    ],
    ...settings,
  });

/** A verdict on a datagram from red, and the steps that led to it. */
const decided = (octets: Uint8Array, { router, red }: ReturnType<typeof wired> = wired()) => {
  const verdict = emptyVerdict();
  const steps: Step[] = [];
  decide(octets, red, router.tables, verdict, steps);
  return { verdict, steps };
};

describe('a verdict', () => {
  it('says where a datagram leaves, to whom, and what takes it there', () => {
    const made = wired();
    const { verdict } = decided(datagram({ destination: '203.0.113.9' }), made);
    expect(verdict).toMatchObject({ fate: 'forward', egress: made.blue, nextHop: ip('198.51.100.254') });
    verdict.hop!.take(parcelOf(datagram()), START);
    expect(made.blue.sent).toHaveLength(1);
  });

  it.each<[string, DatagramFields, object]>([
    ['for one of our addresses', { destination: '198.51.100.1' }, { fate: 'deliver' }],
    ['for nobody', { destination: '10.9.9.9' }, { fate: 'drop', reason: 'no-route' }],
    ['on its last hop', { destination: '203.0.113.9', ttl: 1 }, { fate: 'drop', reason: 'ttl-expired' }],
    ['from ourselves', { source: '198.51.100.1' }, { fate: 'drop', reason: 'martian-source' }],
    ['to a group that nobody wants', { destination: '239.1.2.3' }, { reason: 'multicast-no-member' }],
  ])('on a datagram %s', (_, fields, expected) => {
    expect(decided(datagram(fields)).verdict).toMatchObject(expected);
  });

  it('on a link-local neighbor lets it talk to the router, and keeps it on its link', () => {
    const made = (linkLocal = false) =>
      wired({
        red: testInterface('red', ['169.254.10.1/16', '192.0.2.1/24']),
        settings: { ip: { linkLocal } },
      });
    const from = (fields: DatagramFields, router = made()) =>
      decided(datagram({ source: '169.254.1.2', ...fields }), router).verdict;
    const drop = { fate: 'drop', reason: 'martian-source' };
    expect(from({ destination: '169.254.10.1' })).toMatchObject({ fate: 'deliver' });
    expect(from({ destination: '224.0.0.22', protocol: 2, ttl: 1 })).toMatchObject({ fate: 'deliver' });
    expect(from({ destination: '203.0.113.9' })).toMatchObject(drop);
    expect(from({ destination: '239.1.2.3' })).toMatchObject(drop);
    expect(from({ destination: '198.51.100.255' })).toMatchObject({ fate: 'drop' });
    expect(from({ destination: '203.0.113.9' }, made(true))).toMatchObject({ fate: 'forward' });
    expect(from({ destination: '192.0.2.1', source: '169.254.0.0' })).toMatchObject(drop);
    expect(from({ destination: '192.0.2.1' }, wired())).toMatchObject(drop);
  });

  it('is given with the steps that led to it, each with its rule', () => {
    const { steps } = decided(datagram({ destination: '203.0.113.9', ttl: 7 }));
    expect(steps.map(({ what, detail }) => `${what} ${detail}`)).toEqual([
      'in ttl 7',
      'check the source is plausible',
      'route 203.0.113.0/24 unicast',
      'ttl 7 to 6',
      'out r1.blue to 198.51.100.254',
    ]);
    for (const { source } of steps) expect(source).toMatch(/^RFC \d+ §[\d.]+$/);
  });

  it('ends its steps with the drop and its rule', () => {
    const { steps } = decided(datagram({ destination: '10.9.9.9' }));
    expect(steps.at(-1)).toEqual({ what: 'drop', detail: 'no-route', source: 'RFC 1812 §5.2.7.1' });
  });

  it('keeps nothing of the one before', () => {
    const { router, red } = wired();
    const verdict = emptyVerdict();
    const addresses = fc.constantFrom(
      '203.0.113.9',
      '203.0.114.9',
      '10.1.1.1',
      '239.1.2.3',
      '198.51.100.255',
    );
    const fields = fc.record({
      destination: addresses,
      ttl: fc.constantFrom(1, 64),
      protocol: fc.constantFrom(1, 2, 17),
      options: fc.constantFrom([], [131, 7, 4, 203, 0, 113, 9], [7, 3]),
    });
    fc.assert(
      fc.property(fields, (each) => {
        const octets = datagram(each);
        const fresh = emptyVerdict();
        decide(octets, red, router.tables, fresh);
        decide(octets, red, router.tables, verdict);
        // What does not concern a fate may be left over.
        const { outgoing: _, ...rest } = verdict;
        const { outgoing: __, ...expected } = fresh;
        expect({ ...rest, hop: rest.hop !== undefined }).toEqual({
          ...expected,
          hop: expected.hop !== undefined,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('deciding', () => {
  const everything = (red: TestInterface, blue: TestInterface) =>
    JSON.stringify(
      [red, blue].map(({ counters, drops, refusals, totals }) => [
        [...counters.values],
        [...drops],
        [...refusals],
        [...totals],
      ]),
    );

  it('changes no octet, counts nothing, and remembers nothing', () => {
    const made = wired({ settings: FOLLOWING });
    const { router, red, blue } = made;
    const before = everything(red, blue);
    const octets = fc.record({
      destination: fc.constantFrom('203.0.113.9', '192.0.2.1', '239.1.2.3', '224.0.0.1', '10.1.1.1'),
      protocol: fc.constantFrom(1, 2, 17),
      flags: fc.constantFrom(0, ipv4.FLAG_MORE_FRAGMENTS),
      options: fc.constantFrom([], [131, 7, 4, ...addressOctets('203.0.113.9')], [7, 7, 4, 0, 0, 0, 0]),
    });
    fc.assert(
      fc.property(octets, (fields) => {
        const original = datagram(fields);
        const came = original.slice();
        decide(came, red, router.tables, emptyVerdict(), []);
        expect(hex(came)).toBe(hex(original));
      }),
      { numRuns: 300 },
    );
    expect(everything(red, blue)).toBe(before);
    expect([...router.multicast.views()]).toEqual([]);
    expect([...red.sent, ...blue.sent]).toEqual([]);
  });
});

describe('the quote of a datagram whose source route ends here', () => {
  it('is the datagram as it came', () => {
    const { red, receive } = testRouter({ settings: FOLLOWING });
    const original = datagram({
      destination: '192.0.2.1',
      options: [131, 7, 4, ...addressOctets('198.51.100.1')],
      payload: [0, 9, 0, 9, 0, 8, 0, 0],
    });
    receive(original);
    const { datagram: error } = red.sent[0]!;
    expect(typeAndCode(error)).toEqual([3, 3]);
    expect(hex(error.subarray(28))).toBe(hex(original));
  });

  it('is the datagram as it came, where the protocol is not spoken', () => {
    const { red, receive } = testRouter({ settings: FOLLOWING });
    const original = datagram({
      destination: '192.0.2.1',
      options: [131, 7, 4, ...addressOctets('198.51.100.1')],
      protocol: 253,
    });
    receive(original);
    expect(typeAndCode(red.sent[0]!.datagram)).toEqual([3, 2]);
    expect(hex(red.sent[0]!.datagram.subarray(28))).toBe(hex(original));
  });
});

describe('an interface', () => {
  it('is one of those that a router has numbered', () => {
    const { router } = testRouter({ others: [testInterface('green', ['10.0.0.1/8'])] });
    expect(router.interfaces.map(({ index }) => index)).toEqual([1, 2, 3]);
  });
});
