import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { REJECT_CODES, type RejectCode } from '../../src/filter.js';
import * as ipv4 from '../../src/ip/header.js';
import { uint16 } from '../../src/ip/octets.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict, type Step } from '../../src/router/verdict.js';
import { instant, START } from '../../src/time.js';
import { type DatagramFields, datagram, hex, ip, pattern } from '../support/datagram.js';
import { type FilterFields, filter } from '../support/filter.js';
import { icmp, message, messageOf, typeAndCode } from '../support/icmp.js';
import { type TestInterface, testInterface, testRouter } from '../support/router.js';

type Made = ReturnType<typeof testRouter>;
type Ends = (red: TestInterface, blue: TestInterface) => readonly FilterFields[];

/** Red is 192.0.2.0/24, blue is 198.51.100.0/24 with an MTU of 1400. */
const filtered = (fields: Ends | readonly FilterFields[], seed = 1): Made =>
  testRouter({
    blue: testInterface('blue', ['198.51.100.1/24'], { mtu: 1400 }),
    seed,
    settings: {
      icmp: { rateLimit: { perSecond: 1e6, burst: 1e6, perDestination: { perSecond: 1e6, burst: 1e6 } } },
    },
    filters: (red, blue) => (typeof fields === 'function' ? fields(red, blue) : fields).map(filter),
  });

const matchedBy = ({ router }: Made): readonly number[] =>
  router.filters.views(START).map(({ matched }) => matched);

const dropsOf = ({ red, blue }: Made): Record<string, number> =>
  Object.fromEntries([...red.drops, ...blue.drops].map(([reason, { packets }]) => [reason, packets]));

const stepsOf = (octets: Uint8Array, { router, red }: Made): string[] => {
  const steps: Step[] = [];
  decide(octets, red, router.tables, emptyVerdict(), steps);
  return steps.map(({ what, detail }) => `${what} ${detail}`);
};

const NUMBERS: Readonly<Record<RejectCode, number>> = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'protocol-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
};

describe('a filter that rejects', () => {
  it.each(REJECT_CODES)('says %s, from the address of the way back, and quotes what came', (code) => {
    const made = filtered([{ action: 'reject', with: code }]);
    const original = datagram({ payload: pattern(40) });
    made.receive(original);
    const error = made.red.sent[0]!.datagram;
    expect(typeAndCode(error)).toEqual([3, NUMBERS[code]]);
    expect([ipv4.source(error), ipv4.destination(error)]).toEqual([ip('192.0.2.1'), ip('192.0.2.10')]);
    expect(uint16(messageOf(error), 6)).toBe(code === 'frag-needed' ? 1400 : 0);
    expect(hex(messageOf(error).subarray(8))).toBe(hex(original));
    expect(made.router.icmp.sent[code]).toBe(1);
    expect(made.blue.sent).toEqual([]);
    expect(dropsOf(made)).toEqual({ 'filter-reject': 1 });
  });

  it('tells the MTU of where the datagram came in if it would go nowhere', () => {
    const made = filtered([{ action: 'reject', with: 'frag-needed' }]);
    made.receive(datagram({ destination: '192.0.2.1' }));
    expect(uint16(messageOf(made.red.sent[0]!.datagram), 6)).toBe(1500);
  });

  it('answers neither errors nor broadcasts, and keeps to the switches', () => {
    const made = filtered([{ action: 'reject' }]);
    const error = icmp(message(3, 1, [0, 0, 0, 0, ...datagram().subarray(0, 28)]), {
      destination: '198.51.100.10',
    });
    made.receive(error);
    made.receive(datagram({ destination: '198.51.100.255' }));
    made.receive(datagram({ destination: '239.1.2.3' }));
    expect(made.red.sent).toEqual([]);
    expect(dropsOf(made)).toEqual({ 'filter-reject': 3 });
    expect(made.router.icmp.suppressed).toMatchObject({ 'icmp-error': 1, 'multicast-or-broadcast': 2 });
  });

  it('keeps to the rate limit of errors', () => {
    const made = testRouter({ filters: () => [filter({ action: 'reject' })] });
    for (let count = 0; count < 20; count++) made.receive(datagram());
    expect(made.red.sent).toHaveLength(6);
    expect(made.router.icmp.suppressed['rate-limit']).toBe(14);
  });
});

describe('the first filter that matches', () => {
  it('decides, and counts it', () => {
    const made = filtered([
      { match: { protocol: 6 }, action: 'reject' },
      { match: { destinationPort: 2000 }, action: 'accept' },
      { action: 'drop' },
    ]);
    made.receive(datagram());
    expect(made.blue.sent).toHaveLength(1);
    made.receive(datagram({ protocol: 1 }));
    expect([made.red.sent, made.blue.sent.length]).toEqual([[], 1]);
    expect(matchedBy(made)).toEqual([0, 1, 1]);
  });

  it('decides before the route, but where the egress matters', () => {
    const lost = datagram({ destination: '10.9.9.9' });
    const received = (fields: Ends, octets = lost): object => {
      const made = filtered(fields);
      made.receive(octets);
      return dropsOf(made);
    };
    expect(received((red) => [{ in: red }])).toEqual({ 'filter-drop': 1 });
    expect(received((_, blue) => [{ out: blue }])).toEqual({ 'no-route': 1 });
    expect(received((_, blue) => [{ out: blue, action: 'accept' }, {}])).toEqual({ 'filter-drop': 1 });
    expect(received((_, blue) => [{ out: blue, action: 'accept' }, {}], datagram())).toEqual({});
    expect(received((red) => [{ out: red, action: 'accept' }, {}], datagram())).toEqual({ 'filter-drop': 1 });
    expect(received((_, blue) => [{ out: blue }], datagram({ ttl: 1 }))).toEqual({ 'ttl-expired': 1 });
    expect(received(() => [{}], datagram({ source: '127.0.0.1' }))).toEqual({ 'martian-source': 1 });
    const tooLong = datagram({ payload: pattern(1450), flags: ipv4.FLAG_DONT_FRAGMENT });
    expect(received((_, blue) => [{ out: blue }], tooLong)).toEqual({ 'filter-drop': 1 });
    expect(received((_, blue) => [{ out: blue, action: 'accept' }], tooLong)).toEqual({
      'would-fragment': 1,
    });
  });

  it('decides about what is for the router itself, which leaves by no interface', () => {
    const ping = icmp(message(8, 0, [0, 1, 0, 1]));
    const answered = (fields: Ends): boolean => {
      const made = filtered(fields);
      made.receive(ping);
      return made.red.sent.length === 1;
    };
    expect(answered(() => [])).toBe(true);
    expect(answered((red) => [{ in: red, match: { protocol: 1 } }])).toBe(false);
    expect(answered(() => [{ match: { protocol: 1 } }])).toBe(false);
    expect(answered((red) => [{ out: red, match: { protocol: 1 } }])).toBe(true);
    expect(answered((red, blue) => [{ out: blue, action: 'accept' }, { in: red }])).toBe(false);
  });

  it('never decides about what the router itself says', () => {
    const made = filtered((red) => [{ out: red }, { action: 'reject', match: { protocol: 17 } }]);
    made.receive(datagram());
    expect(typeAndCode(made.red.sent[0]!.datagram)).toEqual([3, 13]);
    expect(matchedBy(made)).toEqual([0, 1]);
  });

  it('is told among the steps', () => {
    const made = filtered((red, blue) => [
      { in: red, match: { protocol: 6 }, action: 'reject', with: 'port-unreachable', name: 'no-tcp' },
      { out: blue, match: { protocol: 17 }, name: 'no-udp' },
    ]);
    expect(stepsOf(datagram({ protocol: 6 }), made)).toEqual([
      'in ttl 64',
      'check the source is plausible',
      'filter no-tcp: reject with port-unreachable',
      'drop filter-reject',
    ]);
    expect(stepsOf(datagram(), made)).toEqual([
      'in ttl 64',
      'check the source is plausible',
      'route 198.51.100.0/24 connected',
      'ttl 64 to 63',
      'filter no-udp: drop',
      'drop filter-drop',
    ]);
    expect(stepsOf(datagram({ protocol: 1 }), made)).toEqual([
      'in ttl 64',
      'check the source is plausible',
      'filter none matches',
      'route 198.51.100.0/24 connected',
      'ttl 64 to 63',
      'out r1.blue to 198.51.100.10',
    ]);
    expect(matchedBy(made)).toEqual([0, 0]);
  });
});

describe('a limit', () => {
  it('ends what a filter does after so many datagrams, and the filter stays', () => {
    const made = filtered([{ limit: 3, name: 'three' }, { match: { protocol: 1 } }]);
    for (let count = 0; count < 5; count++) made.receive(datagram());
    expect(made.blue.sent).toHaveLength(2);
    expect(matchedBy(made)).toEqual([3, 0]);
    expect(made.router.filters.names).toContain('three');
    const other = filter({ name: 'other', match: { protocol: 6 } });
    made.router.filters.add(other, START);
    made.receive(datagram());
    expect(made.blue.sent).toHaveLength(3);
  });

  it('counts the fragments of a datagram as one', () => {
    const made = filtered([{ limit: 1 }]);
    const piece = (id: number, offset: number) =>
      datagram({ id, offset, flags: offset < 16 ? ipv4.FLAG_MORE_FRAGMENTS : 0, payload: pattern(8) });
    for (const id of [1, 2]) for (const offset of [0, 8, 16]) made.receive(piece(id, offset));
    expect(made.blue.sent).toHaveLength(3);
    expect(matchedBy(made)).toEqual([3]);
  });
});

describe('chance', () => {
  it.each([0.01, 0.3, 0.999])('takes its share: %s', (probability) => {
    const made = filtered([{ probability }], 11);
    const count = 100_000;
    for (let each = 0; each < count; each++) made.receive(datagram());
    const sigma = Math.sqrt(count * probability * (1 - probability));
    expect(Math.abs(matchedBy(made)[0]! - count * probability)).toBeLessThan(4 * sigma);
  });

  it('is another one for every filter', () => {
    const made = filtered([{ probability: 0.5 }, { probability: 0.5 }, { probability: 0.5 }], 12);
    const count = 20_000;
    for (let each = 0; each < count; each++) made.receive(datagram());
    for (const [at, matched] of matchedBy(made).entries()) {
      const expected = count / 2 ** (at + 1);
      expect(Math.abs(matched - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it('never takes none, and always takes all', () => {
    const made = filtered([{ probability: 0 }, { probability: 1 }]);
    for (let each = 0; each < 1000; each++) made.receive(datagram());
    expect(matchedBy(made)).toEqual([0, 1000]);
  });

  it('is told with what it says, and comes true', () => {
    const made = filtered([{ probability: 0.3, name: 'lossy' }], 5);
    const told = Array.from({ length: 200 }, () => {
      const steps = stepsOf(datagram(), made);
      expect(stepsOf(datagram(), made)).toEqual(steps);
      const before = made.blue.sent.length;
      made.receive(datagram());
      const isLost = made.blue.sent.length === before;
      expect(steps).toContain(
        isLost
          ? 'filter lossy: drop, by a chance of 30%'
          : 'filter lossy: matches, but not this time, by a chance of 30%',
      );
      return isLost;
    });
    expect(new Set(told).size).toBe(2);
  });
});

describe('a copy of a datagram to a group', () => {
  const GROUP = ip('239.1.2.3');
  const spread = (
    fields: (red: TestInterface, blue: TestInterface, green: TestInterface) => readonly FilterFields[],
  ) => {
    const [red, blue, green] = [
      testInterface('red', ['192.0.2.1/24']),
      testInterface('blue', ['198.51.100.1/24']),
      testInterface('green', ['203.0.113.1/24']),
    ];
    const made = testRouter({
      red,
      blue,
      others: [green],
      multicast: [{ group: prefixOf(GROUP, 32), source: undefined, incoming: red, outgoing: [blue, green] }],
      filters: () => fields(red, blue, green).map(filter),
    });
    const send = (other: DatagramFields = {}) => made.receive(datagram({ destination: GROUP, ...other }));
    return { ...made, green, send };
  };

  it('is not sent where a filter is against it', () => {
    const { blue, green, red, send, router } = spread((_, out) => [{ out, action: 'reject' }]);
    send();
    expect([blue.sent.length, green.sent.length, red.sent.length]).toEqual([0, 1, 0]);
    expect([...blue.drops.keys()]).toEqual(['filter-reject']);
    expect(router.ledger).toMatchObject({ received: 1, forwarded: 1, dropped: 0 });
    expect(router.filters.views(START)[0]!.matched).toBe(1);
  });

  it('is dropped with the datagram if none of them is sent, or a filter is against it where it comes in', () => {
    for (const made of [
      spread((_, blue, green) => [{ out: blue }, { out: green }]),
      spread((red) => [{ in: red }]),
    ]) {
      made.send();
      expect([made.blue.sent, made.green.sent]).toEqual([[], []]);
      expect([...made.red.drops.keys()]).toEqual(['filter-drop']);
      expect(made.router.ledger).toMatchObject({ received: 1, forwarded: 0, dropped: 1 });
    }
  });

  it('is decided about by itself, also against a limit', () => {
    const { blue, green, send, router } = spread((_, out) => [{ out, action: 'accept' }, { limit: 1 }]);
    send();
    send();
    expect([blue.sent.length, green.sent.length]).toEqual([2, 1]);
    expect(router.filters.views(START).map(({ matched }) => matched)).toEqual([2, 1]);
    const both = spread((red) => [{ out: red }, { limit: 1 }]);
    both.send();
    expect([both.blue.sent.length, both.green.sent.length]).toEqual([0, 1]);
  });

  it('follows the decision about its first fragment, each by its egress', () => {
    const { blue, green, send } = spread((_, out) => [{ out, match: { destinationPort: 2000 } }]);
    send({ flags: ipv4.FLAG_MORE_FRAGMENTS });
    send({ offset: 8 });
    expect([blue.sent.length, green.sent.length]).toEqual([0, 2]);
  });
});

describe('fragments', () => {
  const piece = (id: number, offset: number, isLast = false, port = 2000) =>
    datagram({
      id,
      offset,
      flags: isLast ? 0 : ipv4.FLAG_MORE_FRAGMENTS,
      payload: [3, 232, port >>> 8, port & 255, 0, 24, 0, 0],
    });

  it('follow the decision about their first one, and match no port before it', () => {
    const shuffled = fc.shuffledSubarray(
      [1, 2, 3].flatMap((id) => [0, 8, 16].map((offset) => [id, offset] as const)),
      { minLength: 9 },
    );
    for (const out of [false, true])
      fc.assert(
        fc.property(shuffled, (pieces) => {
          const made = filtered((_, blue) => [
            { match: { destinationPort: 2001 }, action: 'accept' },
            { match: { destinationPort: 2002 }, ...(out ? { out: blue } : {}) },
            { match: { protocol: 6 } },
          ]);
          const seen = new Set<number>();
          for (const [id, offset] of pieces) {
            if (offset === 0) seen.add(id);
            const before = made.blue.sent.length;
            made.receive(piece(id, offset, offset === 16, 2000 + id));
            expect(made.blue.sent.length - before).toBe(id === 2 && seen.has(2) ? 0 : 1);
          }
          const since = (id: number) =>
            pieces
              .slice(pieces.findIndex(([each, offset]) => each === id && offset === 0))
              .filter(([each]) => each === id);
          expect(matchedBy(made)).toEqual([since(1).length, since(2).length, 0]);
        }),
        { numRuns: 100 },
      );
  });

  it('follow a decision that filters no longer make', () => {
    const made = filtered([{ match: { destinationPort: 2000 }, name: 'one', limit: 1 }]);
    made.receive(piece(1, 0));
    made.router.filters.remove('one');
    made.receive(piece(1, 8, true));
    expect(made.blue.sent).toEqual([]);
  });

  it('are remembered for a minute, and forgotten', () => {
    const made = filtered([{ match: { destinationPort: 2000 } }]);
    made.receive(piece(1, 0));
    expect(made.router.nextDeadline()).toBe(instant(60_000));
    made.router.poll(instant(59_999));
    made.receive(piece(1, 8), made.red, instant(59_999));
    expect(made.blue.sent).toHaveLength(0);
    made.router.poll(instant(60_000));
    made.receive(piece(1, 16, true), made.red, instant(60_000));
    expect(made.blue.sent).toHaveLength(1);
  });

  it('are remembered up to a number of datagrams, and the oldest is forgotten first', () => {
    const made = filtered([{ match: { destinationPort: 2000 } }]);
    for (let id = 0; id < 1025; id++) made.receive(piece(id, 0));
    made.receive(piece(1, 8, true));
    expect(made.blue.sent).toHaveLength(0);
    made.receive(piece(0, 8, true));
    expect(made.blue.sent).toHaveLength(1);
  });
});

describe('filters in force', () => {
  it('never unbalance the book, and tell what then happens', () => {
    const some = fc.array(
      fc.record({
        in: fc.boolean(),
        out: fc.boolean(),
        protocol: fc.constantFrom(undefined, 1, 2, 17),
        destinationPort: fc.constantFrom(undefined, undefined, 2000),
        probability: fc.constantFrom(1, 1, 0.5),
        limit: fc.constantFrom(undefined, undefined, 2),
        action: fc.constantFrom('accept' as const, 'drop' as const, 'reject' as const),
      }),
      { maxLength: 6 },
    );
    const arriving = fc.array(
      fc.record({
        destination: fc.constantFrom(
          '198.51.100.10',
          '192.0.2.1',
          '10.9.9.9',
          '239.1.2.3',
          '255.255.255.255',
          '198.51.100.255',
        ),
        protocol: fc.constantFrom(1, 2, 17),
        id: fc.constantFrom(1, 2),
        offset: fc.constantFrom(0, 0, 8),
        flags: fc.constantFrom(0, ipv4.FLAG_MORE_FRAGMENTS),
        ttl: fc.constantFrom(1, 64),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(some, arriving, fc.nat(), (fields, octets, seed) => {
        const made = filtered(
          (red, blue) =>
            fields.map(({ protocol, destinationPort, ...each }) => ({
              ...each,
              in: each.in ? red : undefined,
              out: each.out ? blue : undefined,
              match: { protocol, destinationPort },
              with: each.action === 'reject' ? 'admin-prohibited' : undefined,
            })),
          seed,
        );
        const { router, red } = made;
        for (const [at, each] of octets.entries()) {
          const original = datagram(each);
          const verdict = emptyVerdict();
          const steps: Step[] = [];
          decide(original, red, router.tables, verdict, steps);
          const silent = emptyVerdict();
          decide(original, red, router.tables, silent);
          expect({ ...silent, hop: undefined }).toEqual({ ...verdict, hop: undefined });
          expect(steps.at(-1)?.what === 'drop').toBe(verdict.fate === 'drop');
          const before = { ...router.ledger };
          made.receive(original, red, instant(at));
          const { received, forwarded, delivered, dropped, held } = router.ledger;
          expect(forwarded + delivered + dropped + held).toBe(received);
          expect(forwarded - before.forwarded).toBe(verdict.fate === 'forward' ? 1 : 0);
          if (verdict.fate === 'drop') expect(red.drops.has(verdict.reason!)).toBe(true);
        }
        const decided = router.filters
          .views(START)
          .reduce((sum, { filter: { action }, matched }) => sum + (action === 'accept' ? 0 : matched), 0);
        const drops = dropsOf(made);
        expect((drops['filter-drop'] ?? 0) + (drops['filter-reject'] ?? 0)).toBe(decided);
      }),
      { numRuns: 300 },
    );
  });
});
