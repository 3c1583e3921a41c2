import { describe, expect, it } from 'vitest';
import { formatIgmp, formatMroutes } from '../../src/cli/show-format-igmp.js';
import type { MrouteRow } from '../../src/observe/shown-multicast.js';

const row = (fields: Partial<MrouteRow>): MrouteRow => ({
  router: 'r1',
  source: '203.0.113.10',
  group: '239.1.2.3',
  incoming: 'r1.blue',
  outgoing: [],
  packets: 0,
  octets: 0,
  reason: 'multicast-no-member',
  blocked: [{ interface: 'r1.blue', why: 'it is where they arrive' }],
  ...fields,
});

const hints = (...rows: Partial<MrouteRow>[]): string[] =>
  formatMroutes(rows.map(row))
    .split('\n')
    .filter((line) => line.startsWith('hint: '));

describe('the multicast routes as a person reads them', () => {
  it('need no hint where a link has no member', () => {
    expect(hints({ blocked: [{ interface: 'r1.red', why: 'no host there has joined the group' }] })).toEqual(
      [],
    );
  });

  it('say what keeps a stream from a link, each thing once', () => {
    const blocked = [{ interface: 'r1.red', why: 'it runs no IGMP' }];
    expect(hints({ outgoing: ['r1.green'], reason: null, blocked })).toEqual([]);
    expect(hints({ blocked }, { blocked })).toEqual([
      'hint: the stream from 203.0.113.10 to 239.1.2.3 does not leave by r1.red: it runs no IGMP',
    ]);
  });

  it('name what keeps a part of a stream from a link that it goes to', () => {
    const why = 'would-fragment: some datagrams are longer than its MTU of 1400, and have DF set';
    const shown = formatMroutes([
      row({ outgoing: ['r1.red', 'r1.green'], reason: null, blocked: [{ interface: 'r1.red', why }] }),
    ]);
    const [, first, hint] = shown.split('\n');
    expect(first!.split(/ {2,}/)).toEqual([
      ...['r1', '203.0.113.10', '239.1.2.3', 'r1.blue', 'r1.red, r1.green', '0', 'would-fragment'],
    ]);
    expect(hint).toContain('MTU of 1400');
  });

  it('blame a short TTL only where no threshold is the cause', () => {
    const why = 'TTL 16 is below its threshold of 32 (multicast-ttl-threshold)';
    expect(hints({ reason: 'multicast-ttl', blocked: [{ interface: 'r1.red', why }] })).toEqual([
      `hint: the stream from 203.0.113.10 to 239.1.2.3 does not leave by r1.red: ${why}`,
    ]);
    expect(hints({ reason: 'multicast-ttl' })[0]).toContain('TTL 1');
  });

  it('tell of a source that the routes look for elsewhere', () => {
    expect(hints({ reason: 'multicast-reverse-path' })[0]).toContain('no route to 203.0.113.10 leaves by it');
  });
});

describe('IGMP as a person reads it', () => {
  it('counts what was refused, and names why', () => {
    const shown = formatIgmp([
      {
        interface: 'r1.red',
        role: 'querier',
        version: 3,
        querier: '198.51.100.1',
        otherQuerierExpiresSeconds: null,
        nextQuerySeconds: 47.1,
        groups: 2,
        robustness: 2,
        queryIntervalSeconds: 125,
        queryResponseIntervalSeconds: 10,
        lastMemberQueryIntervalSeconds: 1,
        groupMembershipIntervalSeconds: 260,
        otherQuerierPresentIntervalSeconds: 255,
        olderHostPresentIntervalSeconds: 260,
        lastMemberQueryTimeSeconds: 2,
        received: {},
        sent: {},
        refused: { denied: 3, 'group-limit': 1, 'bad-checksum': 0 },
      },
    ]);
    expect(shown.split('\n')[1]!.trim().split(/ {2,}/).at(-1)).toBe('4');
    expect(shown).toContain('r1.red refused: denied 3, group-limit 1\n');
  });
});
