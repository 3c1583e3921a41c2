import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as igmp from '../../src/igmp/message.js';
import {
  advertisementDatagram,
  leaveDatagram,
  queriesIn,
  queryDatagram,
  type ReportRecord,
  reportDatagrams,
  sourcesIn,
  terminationDatagram,
} from '../../src/igmp/write.js';
import * as ipv4 from '../../src/ip/header.js';
import { seconds } from '../../src/time.js';
import { fromHex, hex, ip } from '../support/datagram.js';
import { Bench, G, igmpDatagram, S1 } from './bench.js';

/**
 * Captured by tcpdump from Linux 6.18 in a namespace: the querier of a bridge, and a host 192.0.2.10 that joins
 * 239.1.1.1 and (203.0.113.1, 232.1.1.1) on two sockets at once, and then closes both.
 */
const LINUX_QUERY = '46c000240000400001024211c0000201e0000001940400001164ec1e00000000027d0000';
const LINUX_JOIN =
  '46c0003400004000010241e3c000020ae0000016940400002200bff40000000205000001e8010101cb00710104000000ef010101';
const LINUX_LEAVE =
  '46c0003400004000010241e3c000020ae0000016940400002200bff40000000206000001e8010101cb00710103000000ef010101';

const messageOf = (d: Uint8Array): Uint8Array => d.subarray(ipv4.headerLength(d));
const own = { address: ip('192.0.2.1'), hasRouterAlert: true };
const general = { group: 0, sources: [], maxResponse: seconds(10), isSuppressed: false };
const variables = { robustness: 2, queryInterval: seconds(125) };

/** A view that complains about each read outside of it. */
const guarded = (octets: Uint8Array): Uint8Array =>
  new Proxy(octets, {
    get: (target, key) => {
      if (typeof key === 'string' && /^-?\d+$/.test(key) && !(Number(key) < target.length))
        throw new Error(`reads octet ${key} of ${target.length}`);
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

describe('a query that we write', () => {
  it('A01 A07 A13 A14 A16 A22 is octet for octet what the bridge of Linux 6.18 sends', () => {
    expect(hex(queryDatagram(3, general, variables, own))).toBe(LINUX_QUERY);
  });

  it('A02 A03 is 8 octets in versions 1 and 2, with a linear code that is never 0 in version 2', () => {
    expect(hex(messageOf(queryDatagram(2, general, variables, own)))).toBe('1164ee9b00000000');
    expect(hex(messageOf(queryDatagram(1, general, variables, own)))).toBe('1100eeff00000000');
    const quick = { ...general, maxResponse: seconds(0.04) };
    expect(messageOf(queryDatagram(2, quick, variables, own))[1]).toBe(1);
    expect(messageOf(queryDatagram(2, { ...general, maxResponse: seconds(300) }, variables, own))[1]).toBe(
      255,
    );
  });

  it('A04 A05 A06 about a group goes to that group', () => {
    const about = { ...general, group: ip(G), maxResponse: seconds(1) };
    const q = queryDatagram(3, { ...about, sources: [ip(S1)], isSuppressed: true }, variables, own);
    expect(ipv4.destination(q)).toBe(ip(G));
    expect(hex(messageOf(q))).toBe('110ab872ef0101010a7d0001cb007101');
    expect(hex(messageOf(queryDatagram(2, about, variables, own)))).toBe('110afef2ef010101');
  });

  it('A08 A09 A12 A17 codes long intervals, and no robustness above 7', () => {
    const m = messageOf(
      queryDatagram(
        3,
        { ...general, maxResponse: seconds(20) },
        { robustness: 8, queryInterval: seconds(300) },
        own,
      ),
    );
    expect([m[1], m[8], m[9]]).toEqual([0x89, 0, 0x92]);
    const least = messageOf(
      queryDatagram(
        3,
        { ...general, maxResponse: seconds(0) },
        { robustness: 7, queryInterval: seconds(0.2) },
        own,
      ),
    );
    expect([least[1], least[8], least[9]]).toEqual([1, 7, 1]);
  });

  it('A23 has a header of 20 octets where the Router Alert option is left out', () => {
    const q = queryDatagram(3, general, variables, { ...own, hasRouterAlert: false });
    expect(hex(q)).toBe('45c00020000040000102d719c0000201e00000011164ec1e00000000027d0000');
  });

  it('A20 holds 366 sources at an MTU of 1500, and 135 at 576', () => {
    expect([1500, 1503, 1504, 576, 40, 36].map(sourcesIn)).toEqual([366, 366, 367, 135, 1, 1]);
  });

  it('A20 becomes as many as its sources need, and no more', () => {
    const counts = (count: number, mtu = 1500) => {
      const sources = Array.from({ length: count }, (_, at) => at + 1);
      const pieces = queriesIn({ ...general, group: ip(G), sources }, mtu);
      expect(pieces.flatMap((each) => each.sources)).toEqual(sources);
      for (const each of pieces)
        expect(queryDatagram(3, each, variables, own).length).toBeLessThanOrEqual(mtu);
      return pieces.map((each) => each.sources.length);
    };
    expect([counts(0), counts(366), counts(367)]).toEqual([[0], [366], [366, 1]]);
    expect([counts(732), counts(2, 40)]).toEqual([
      [366, 366],
      [1, 1],
    ]);
  });

  it('A03 rounds what the octet of version 2 cannot say down', () => {
    const code = (maxResponse: number) =>
      messageOf(queryDatagram(2, { ...general, maxResponse: seconds(maxResponse) }, variables, own))[1];
    expect([code(0.15), code(0.2), code(25.4), code(25.59)]).toEqual([1, 2, 254, 255]);
  });
});

describe('a message that came in', () => {
  it('is read as Linux writes it', () => {
    const records = (digits: string): unknown[] => {
      const m = messageOf(fromHex(digits));
      expect(igmp.validate(m)).toBeUndefined();
      return [...igmp.recordOffsets(m)].map((at) => [
        igmp.recordType(m, at),
        igmp.recordGroup(m, at),
        igmp.recordSources(m, at),
      ]);
    };
    expect(records(LINUX_JOIN)).toEqual([
      ['allow', ip('232.1.1.1'), [ip(S1)]],
      ['to-ex', ip(G), []],
    ]);
    expect(records(LINUX_LEAVE)).toEqual([
      ['block', ip('232.1.1.1'), [ip(S1)]],
      ['to-in', ip(G), []],
    ]);
    expect(igmp.validate(messageOf(fromHex(LINUX_QUERY)))).toBeUndefined();
  });

  it.each([
    ['too-short', '11000000000000'],
    ['bad-checksum', '1164ee9a00000000'],
    ['bad-query-length', '1164ee9b000000000000'],
    ['sources-cut', '1164eb1f0000000002000001' + '00'],
    ['records-cut', '2200ddfe00000001'],
    ['records-cut', '2200000000000002' + '04000000ef010101'],
    ['records-cut', '2200000000000003' + '04000000ef01010104000000ef020202'],
    ['unknown-type', '1300ecff00000000'],
    ['unknown-type', '3000cfff00000000'],
    [undefined, '1600e9ff00000000' + '00000000'],
    [undefined, '2200ddff00000000'],
  ])('C17 C20 C22 D01 D08 D09 D10 D16: %s', (refusal, digits) => {
    const octets = fromHex(digits);
    if (refusal === 'bad-checksum') expect(igmp.validate(octets)).toBe(refusal);
    else expect(igmp.validate(messageOf(igmpDatagram([...octets])))).toBe(refusal);
  });

  it('C17 A11 is of version 1, 2 or 3 by length and code, its time coded as that version does', () => {
    const of = (payload: number[]): unknown[] => {
      const m = messageOf(igmpDatagram(payload));
      return [igmp.validate(m), igmp.queryVersion(m), igmp.maxResponse(m)];
    };
    expect(of([0x11, 0, 0, 0, 0, 0, 0, 0])).toEqual([undefined, 1, 10_000]);
    expect(of([0x11, 200, 0, 0, 0, 0, 0, 0])).toEqual([undefined, 2, 20_000]);
    expect(of([0x11, 200, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0])).toEqual([undefined, 3, 307_200]);
    expect(of([0x11, 200, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0, 1, 2, 3])).toEqual([undefined, 3, 307_200]);
  });

  it('is refused or wholly readable, whatever the octets are', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const typed = fc.tuple(fc.constantFrom(0x11, 0x12, 0x16, 0x17, 0x22), fc.array(octet, { maxLength: 60 }));
    const counted = typed.map(([type, rest]) => {
      const payload = [type, ...rest];
      // Small counts, so that some messages hold what they promise.
      for (const at of [6, 10, 8 + 2, 20 + 2, 28 + 2]) if (at < payload.length) payload[at] = 0;
      for (const at of [7, 9, 11, 21, 23, 31]) if (at < payload.length) payload[at]! %= 4;
      return payload;
    });
    let valid = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          counted,
          typed.map(([type, rest]) => [type, ...rest]),
        ),
        (payload) => {
          const m = guarded(messageOf(igmpDatagram(payload)).slice());
          if (igmp.validate(m) !== undefined) return;
          valid += 1;
          igmp.nameOf(m);
          if (igmp.type(m) === 0x22)
            for (const at of igmp.recordOffsets(m)) {
              igmp.recordGroup(m, at);
              igmp.recordSources(m, at);
            }
          else igmp.group(m);
          if (igmp.type(m) === 0x11 && igmp.queryVersion(m) === 3) igmp.sources(m);
        },
      ),
      { numRuns: 2000 },
    );
    expect(valid).toBeGreaterThan(200);
  });

  it('never makes an interface throw, nor hold more than it may', () => {
    const octets = fc.uint8Array({ maxLength: 80 });
    const bench = new Bench({ maxGroups: 8, maxSources: 4, fastLeave: 'tracked' });
    fc.assert(
      fc.property(octets, fc.constantFrom(0x11, 0x12, 0x16, 0x17, 0x22), fc.nat(5000), (rest, type, wait) => {
        const payload = [type, ...rest];
        for (const at of [4, 12, 20]) if (at < payload.length) payload[at] = 239;
        for (const at of [6, 10]) if (at < payload.length) payload[at] = 0;
        bench.hear(igmpDatagram(payload, { destination: type === 0x22 ? '224.0.0.22' : '224.0.0.1' }));
        bench.after(wait);
        expect(bench.igmp.memberships.groups.size).toBeLessThanOrEqual(8);
        for (const each of bench.igmp.memberships.groups.values())
          expect(each.requested.size + each.excluded.size).toBeLessThanOrEqual(4);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a report that we write', () => {
  it('is octet for octet what a Linux host sends', () => {
    const records = [
      { type: 'allow', group: ip('232.1.1.1'), sources: [ip(S1)] },
      { type: 'to-ex', group: ip(G), sources: [] },
    ] as const;
    expect(reportDatagrams(records, { ...own, address: ip('192.0.2.10') }, 1500).map(hex)).toEqual([
      LINUX_JOIN,
    ]);
  });

  it('is split to fit the MTU, a long list of excluded sources is cut', () => {
    const sources = Array.from({ length: 500 }, (_, at) => ip('203.0.0.0') + at);
    const lengths = (type: 'to-in' | 'to-ex'): [number, string[]][] =>
      reportDatagrams([{ type, group: ip(G), sources }], own, 1500).map((each) => {
        const m = messageOf(each);
        expect(igmp.validate(m)).toBeUndefined();
        return [
          each.length,
          [...igmp.recordOffsets(m)].map(
            (at) => `${igmp.recordType(m, at)} ${igmp.recordSources(m, at).length}`,
          ),
        ];
      });
    expect(lengths('to-ex')).toEqual([[1500, ['to-ex 365']]]);
    expect(lengths('to-in')).toEqual([
      [1500, ['to-in 365']],
      [580, ['allow 135']],
    ]);
  });

  it('fills its datagrams, and leaves nothing out of them, whatever the MTU', () => {
    const record = fc.record({
      type: fc.constantFrom('is-in', 'allow', 'block', 'to-in'),
      group: fc.constantFrom(ip(G), ip('239.2.2.2')),
      sources: fc.array(fc.integer({ min: 1, max: 9999 }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fc.integer({ min: 44, max: 120 }), (records, mtu) => {
        const written = reportDatagrams(records as ReportRecord[], own, mtu).map((each) => {
          expect(each.length).toBeLessThanOrEqual(mtu);
          const m = messageOf(each);
          return [...igmp.recordOffsets(m)].map((at) => igmp.recordSources(m, at));
        });
        expect(written.flat(2)).toEqual(records.flatMap(({ sources }) => sources));
        const lengths = written.map((each) => each.reduce((sum, sources) => sum + 8 + 4 * sources.length, 0));
        for (const [at, length] of lengths.slice(0, -1).entries()) {
          const next = 8 + 4 * written[at + 1]![0]!.length;
          expect(32 + length + next).toBeGreaterThan(mtu);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is split where it must be, and its second piece does not take back the first', () => {
    const written = (type: ReportRecord['type'], count: number, mtu: number): string[] => {
      const sources = Array.from({ length: count }, (_, at) => at + 1);
      return reportDatagrams([{ type, group: ip(G), sources }], own, mtu).map((each) => {
        const m = messageOf(each);
        return [...igmp.recordOffsets(m)]
          .map((at) => `${igmp.recordType(m, at)}{${igmp.recordSources(m, at)}}`)
          .join(' ');
      });
    };
    expect(written('to-in', 2, 44)).toEqual(['to-in{1}', 'allow{2}']);
    expect(written('is-in', 4, 48)).toEqual(['is-in{1,2}', 'is-in{3,4}']);
    expect(written('is-ex', 3, 48)).toEqual(['is-ex{1,2}']);
    expect(written('is-ex', 2, 48)).toEqual(['is-ex{1,2}']);
  });
});

describe('what else we write', () => {
  it('is a leave of version 2, to all routers', () => {
    const leave = leaveDatagram(ip(G), own);
    expect(ipv4.destination(leave)).toBe(ip('224.0.0.2'));
    expect(hex(messageOf(leave))).toBe('1700f8fcef010101');
  });

  it('is an advertisement to all snoopers, in plain seconds rounded up, and what takes it back', () => {
    const octets = (queryInterval: number) => {
      const made = advertisementDatagram(
        seconds(20),
        { robustness: 2, queryInterval: seconds(queryInterval) },
        own,
      );
      expect(ipv4.destination(made)).toBe(ip('224.0.0.106'));
      return hex(messageOf(made)).replace(/^(....)..../, '$1 ');
    };
    expect([octets(125), octets(31_744), octets(0.1)]).toEqual([
      ...['3014 007d0002', '3014 7c000002', '3014 00010002'],
    ]);
    const over = terminationDatagram(own);
    expect([ipv4.destination(over), hex(messageOf(over))]).toEqual([ip('224.0.0.106'), '3200cdff']);
  });
});
