import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { Lab } from '../../src/lab/lab.js';
import type { HostEnd } from '../../src/link/attachments.js';
import { firstDatagram } from '../../src/offload/segmentation.js';
import { MISSTATED, type Parcel } from '../../src/parcel.js';
import { seededRandom } from '../../src/random.js';
import { START } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { isTransportRight, type SuperFields, superDatagram } from '../support/super-datagram.js';

/** Two hosts on either side of a router; `more` is for the router, `blue` for the far link. */
const labOf = ({ blue = '{}', more = '' } = {}): string => `
links: { red: {}, blue: ${blue} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
${more}`;

const allocate = (length: number): Uint8Array => new Uint8Array(length);

const FROM_ALICE = { source: '198.51.100.10', destination: '203.0.113.10' } as const;

/** What each end gets when alice sends a super-datagram. */
const send = (
  text: string,
  fields: SuperFields,
  takesSuperDatagrams = true,
  changed: Partial<Parcel> = {},
) => {
  const events: Event[] = [];
  const lab = new Lab(configured(text), {
    random: seededRandom(1),
    now: START,
    observer: { wants: (type) => type === 'drop', notify: (event) => void events.push(event) },
  });
  const got: Record<'alice' | 'bob', Parcel[]> = { alice: [], bob: [] };
  const endOf = (host: 'alice' | 'bob'): HostEnd => ({
    takesSuperDatagrams,
    isUp: () => true,
    take: (parcel) => void got[host].push({ ...parcel, octets: parcel.octets.slice() }),
  });
  const input = lab.connect('alice', 'red', endOf('alice'), START);
  lab.connect('bob', 'blue', endOf('bob'), START);
  input.entrance.take({ ...superDatagram({ ...FROM_ALICE, ...fields }), ...changed }, START);
  const router = lab.routers.get('r1')!;
  const { received, forwarded, delivered, dropped, held } = router.ledger;
  expect(received).toBe(forwarded + delivered + dropped + held);
  return { lab, router, events, ...got };
};

/** Ten datagrams of UDP, the last one shorter. */
const TEN: SuperFields = { segment: 1000, length: 9500 };

describe('a super-datagram that a host sends', () => {
  it('crosses a router as it came, one hop less, and counts as what it stands for', () => {
    const { bob, router } = send(labOf(), TEN);
    expect(bob).toMatchObject([{ segment: 1000, datagrams: 10, headers: 28, isPartial: true }]);
    expect(bob[0]!.octets[8]).toBe(63);
    const [red, blue] = router.interfaces;
    const octets = 9500 + 10 * 28;
    expect(red!.counters).toMatchObject({ inPackets: 10, inOctets: octets });
    expect(blue!.counters).toMatchObject({ handedPackets: 10, handedOctets: octets });
    expect(router.ledger).toMatchObject({ received: 10, forwarded: 10 });
  });

  it('reaches an end that takes complete datagrams only as those', () => {
    const { bob } = send(labOf(), TEN, false);
    expect(bob.length).toBe(10);
    expect(bob.every(({ octets, isPartial }) => !isPartial && isTransportRight(octets))).toBe(true);
  });

  it('is too long where its segments are: one error for all, which quotes the first', () => {
    const { alice, bob, router, events } = send(labOf({ blue: '{ mtu: 900 }' }), {
      ...TEN,
      flags: 0x4000,
      id: 7,
    });
    expect(bob).toEqual([]);
    expect(router.ledger).toMatchObject({ received: 10, dropped: 10 });
    expect(events.length).toBe(10);
    expect(alice.length).toBe(1);
    const error = alice[0]!.octets;
    expect([error[20], error[21], error[26]! * 256 + error[27]!]).toEqual([3, 4, 900]);
    // Its total length, identification and checksum are those of the first datagram.
    expect([...error.subarray(30, 34)]).toEqual([1028 >> 8, 1028 & 255, 0, 7]);
  });

  it.each<[string, SuperFields, string | undefined, number, number]>([
    ['its last hop', { ...TEN, ttl: 1 }, undefined, 11, 0],
    ['no route', { ...TEN, destination: '10.9.9.9' }, undefined, 3, 0],
    ['a filter that rejects', TEN, 'match: { protocol: udp }, action: reject', 3, 13],
  ])(
    'is one error, which quotes the first, complete, and a drop for each: %s',
    (_, fields, words, type, code) => {
      const filters = `    filters: [{ name: f, in: red, ${words} }]\n`;
      const { alice, bob, router, events } = send(labOf({ more: words === undefined ? '' : filters }), {
        ...fields,
        id: 7,
      });
      expect(bob).toEqual([]);
      expect(router.ledger).toMatchObject({ received: 10, dropped: 10 });
      expect(events.length).toBe(10);
      expect(alice.length).toBe(1);
      const { octets, isPartial } = alice[0]!;
      expect(isPartial).toBe(false);
      expect([octets[20], octets[21]]).toEqual([type, code]);
      const quote = octets.subarray(28);
      const first = firstDatagram(superDatagram({ ...FROM_ALICE, ...fields, id: 7 }), allocate);
      expect(quote).toEqual(first.subarray(0, quote.length));
    },
  );

  it('to a group is one for each who wants it, also behind another router, and datagrams where a link asks for those', () => {
    const got: Record<string, Parcel[]> = { alice: [], bob: [], carol: [], dave: [], erin: [] };
    const group = 'igmp: { static-groups: [{ group: 239.1.2.3 }] }';
    const lab = new Lab(
      configured(`
links: { red: {}, blue: { gateway: r1 }, green: {}, gray: { loss: 50%, seed: 1 }, far: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
  carol: { interfaces: { green: { address: 203.0.114.10/24 } } }
  dave: { interfaces: { gray: { address: 203.0.115.10/24 } } }
  erin: { interfaces: { far: { address: 203.0.116.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24, ${group} }
      green: { address: 203.0.114.1/24, ${group} }
      gray: { address: 203.0.115.1/24, ${group} }
  r2:
    interfaces:
      blue: { address: 203.0.113.2/24 }
      far: { address: 203.0.116.1/24, ${group} }
    routes: [{ to: default, via: 203.0.113.1 }]
`),
      { random: seededRandom(1), now: START },
    );
    const places = { alice: 'red', bob: 'blue', carol: 'green', dave: 'gray', erin: 'far' };
    const ends = Object.entries(places).map(([host, link]) => {
      // As a device does it: octets are read when the burst is over.
      const take = (parcel: Parcel): void => {
        if (parcel.octets[9] === 17) got[host]!.push({ ...parcel });
      };
      return lab.connect(host, link, { takesSuperDatagrams: true, isUp: () => true, take }, START);
    });
    lab.poll(START);
    const sent = superDatagram({ source: '198.51.100.10', destination: '239.1.2.3', ...TEN, ttl: 8 });
    ends[0]!.entrance.take({ ...sent, octets: sent.octets.slice() }, START);
    for (const [host, ttl] of [
      ['bob', 7],
      ['carol', 7],
      ['erin', 6],
    ] as const) {
      expect(got[host]).toMatchObject([{ segment: 1000, datagrams: 10, headers: 28, isPartial: true }]);
      expect(got[host]![0]!.octets[8]).toBe(ttl);
      expect(got[host]![0]!.octets.subarray(20)).toEqual(sent.octets.subarray(20));
    }
    expect(got.alice).toEqual([]);
    expect(got.dave!.length).toBeGreaterThan(0);
    expect(got.dave!.length).toBeLessThan(10);
    expect(got.dave!.every(({ octets, isPartial }) => !isPartial && isTransportRight(octets))).toBe(true);
    const { received, forwarded, dropped, delivered, held } = lab.routers.get('r1')!.ledger;
    expect([received, forwarded + dropped + delivered + held]).toEqual([10, 10]);
    const [, blue, green, gray] = lab.routers.get('r1')!.interfaces;
    for (const each of [blue!, green!, gray!]) expect(each.counters).toMatchObject({ handedPackets: 10 });
  });

  it('is not too long only because it is long', () => {
    expect(send(labOf({ blue: '{ mtu: 1028 }' }), { ...TEN, flags: 0x4000 }).bob.length).toBe(1);
  });

  it('leaves in fragments of each of its datagrams where these are too long, and may', () => {
    const { bob, router } = send(labOf({ blue: '{ mtu: 900 }' }), TEN);
    expect(bob.length).toBe(19);
    expect(bob.every(({ octets, isPartial }) => !isPartial && octets.length <= 900)).toBe(true);
    expect(router.ledger).toMatchObject({ received: 10, forwarded: 10 });
  });

  it('is several on an impaired link, each with its own draw and place', () => {
    const { bob, lab } = send(labOf({ blue: '{ loss: 50%, seed: 1 }' }), TEN);
    const { counts } = lab.links.get('blue')!.directions.of('r1').direction;
    expect(bob.length + counts.lost).toBe(10);
    expect(counts.lost).toBeGreaterThan(0);
    expect(counts.lost).toBeLessThan(10);
    expect(bob.every(({ octets, isPartial }) => !isPartial && isTransportRight(octets))).toBe(true);
  });

  const filter = (words: string): string => `    filters: [{ name: f, in: red, action: drop, ${words} }]\n`;

  it.each([
    ['a limit', 'limit: 3', 7],
    ['a size', 'match: { size-over: 1000B }', 1],
    ['ports, for all of them at once', 'match: { protocol: udp, destination-port: 2000 }', 0],
    ['other ports', 'match: { protocol: udp, destination-port: 2001 }', 10],
  ])('meets a filter as what it stands for: %s', (_, words, passed) => {
    const { bob, router } = send(labOf({ more: filter(words) }), TEN);
    expect(bob.reduce((sum, { datagrams }) => sum + datagrams, 0)).toBe(passed);
    expect(router.ledger).toMatchObject({ forwarded: passed, dropped: 10 - passed });
  });

  it('to the router itself is taken datagram by datagram', () => {
    const { router, alice } = send(labOf(), { ...TEN, destination: '198.51.100.1' });
    expect(router.ledger).toMatchObject({ received: 10, dropped: 10 });
    expect(alice.length).toBeGreaterThan(0);
    expect([alice[0]!.octets[20], alice[0]!.octets[21]]).toEqual([3, 3]);
  });

  it('about which the device says what cannot be is a drop of the link', () => {
    const { bob, lab } = send(labOf(), TEN, true, {
      segment: MISSTATED,
      isPartial: false,
      datagrams: 1,
      headers: 0,
    });
    expect(bob).toEqual([]);
    expect(lab.links.get('red')!.drops.get('bad-offload')?.packets).toBe(1);
  });
});
