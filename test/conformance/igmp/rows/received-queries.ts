import { seconds } from '../../../../src/time.js';
import { type Case, type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { G, HIGHER, LOWER, ROUTER, S1 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { igmpDatagram, isEx, query, report } from '../sends.js';
import type { IgmpWords } from '../settings-words.js';
import { ALONE, KEPT, LOST } from './election.js';

const STRICT = { 'require-router-alert': 'queries' } as const;

/** That a query which would take the office is not heeded. */
const unheeded = (
  title: string,
  send: Uint8Array,
  drop: NonNullable<Step['drop']>,
  refusals: readonly string[],
  received: readonly string[] = [],
  igmp: IgmpWords = {},
): Case =>
  kase(title, {
    ...ALONE,
    igmp,
    send,
    drop,
    wait: seconds(2),
    querier: KEPT,
    events: refusals.map((each) => each.replace('refused ', 'warning: ')),
    counted: [...received, ...refusals],
  });

const heeded = (
  title: string,
  send: Uint8Array,
  counted = ['received query-v3'],
  igmp: IgmpWords = {},
): Case => kase(title, { ...ALONE, igmp, send, wait: seconds(2), querier: LOST, counted });

/** So many octets of a version 3 query, with a right checksum. */
const cutQuery = (length: number): Uint8Array =>
  igmpDatagram([0x11, 100, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0].slice(0, length), {
    from: LOWER[0],
    to: '224.0.0.1',
  });

/** What is asked next on port 0, at its time. */
const next = (fields: Parameters<typeof asks>[0]) => [at(30.25, asks(fields))];

const differs = (title: string, igmp: IgmpWords, from: string, version: 1 | 2 | 3): Case =>
  kase(title, {
    ...ALONE,
    igmp,
    send: [query({ version, from }), query({ version, from })],
    querier: from === LOWER[0] ? LOST : KEPT,
    events: ['warning: version-differs', ...(from === LOWER[0] ? [`querier-elected ${from}`] : [])],
  });

export const receivedQueries: readonly Row[] = [
  row(
    'C17',
    'MUST',
    'RFC 9776 §7.1',
    'the length and the code of a query tell its version, and other lengths are none',
    [
      heeded('8 octets, code 0: version 1', query({ version: 1 }), ['received query-v1']),
      heeded('8 octets and a code: version 2', query({ version: 2 }), ['received query-v2']),
      heeded('12 octets: version 3', query()),
      heeded('more: version 3', query({ trailing: [1, 2, 3, 4, 5] })),
      ...[9, 10, 11].map((length) =>
        unheeded(`${length} octets`, cutQuery(length), 'igmp-malformed', ['refused bad-query-length']),
      ),
      ...[4, 7].map((length) =>
        unheeded(`${length} octets`, cutQuery(length), 'igmp-malformed', ['refused too-short']),
      ),
    ],
  ),
  row(
    'C18',
    'MUST',
    'RFC 9776 §6.6.2, §7.3.1',
    'where an older version is asked in, it is spoken, until that has not been heard for long',
    [
      kase('version 2, by a querier that lost: 8 octets for 350 s', {
        ...ALONE,
        steps: [
          { send: query({ version: 2, from: HIGHER[0] }), wait: seconds(31), expect: next({ version: 2 }) },
          { wait: seconds(318), expect: [124.25, 249.25].map((moment) => at(moment, asks({ version: 2 }))) },
          { wait: seconds(60), expect: [at(56.25, asks())] },
        ],
      }),
      kase('version 1: a code of 0', {
        ...ALONE,
        send: query({ version: 1, from: HIGHER[0] }),
        wait: seconds(31),
        expect: next({ version: 1 }),
      }),
      differs('it is warned about, but not every time', {}, HIGHER[0], 2),
      differs('an older querier is elected as any other', {}, LOWER[0], 2),
      kase('a query of version 2 about a group changes no version', {
        ...ALONE,
        send: query({ version: 2, from: HIGHER[0], group: G }),
        wait: seconds(31),
        expect: next({}),
      }),
    ],
  ),
  row(
    'C19',
    'SHOULD',
    'RFC 9776 §7.3.1',
    'a version 3 query on a version 2 interface is warned about, and elects',
    [
      differs('of a lower address', { version: 2 }, LOWER[0], 3),
      kase('and what is spoken stays version 2', {
        ...ALONE,
        igmp: { version: 2 },
        send: query({ from: HIGHER[0] }),
        wait: seconds(31),
        expect: next({ version: 2 }),
      }),
    ],
  ),
  row('C20', '—', 'RFC 9776 §4.1.8', 'a query that names more sources than it holds is dropped', [
    unheeded('two of them, and one there', query({ sources: [S1], claims: 2 }), 'igmp-malformed', [
      'refused sources-cut',
    ]),
    unheeded('65535 of them', query({ claims: 65535 }), 'igmp-malformed', ['refused sources-cut']),
  ]),
  row(
    'C21',
    'MUST',
    'RFC 9776 §4.1.10',
    'octets behind the last source are part of the checksum and otherwise nothing',
    [
      heeded('four of them', query({ trailing: [0xde, 0xad, 0xbe, 0xef] })),
      heeded('an odd number', query({ trailing: [0xde, 0xad, 0xbe] })),
      unheeded(
        'a checksum that leaves them out',
        query({ trailing: [0xde, 0xad, 0xbe, 0xef], checksum: 0xec1e }),
        'igmp-bad-checksum',
        ['refused bad-checksum'],
      ),
    ],
  ),
  row('C22', 'MUST', 'RFC 9776 §4.1.2', 'a wrong checksum is dropped', [
    unheeded('version 3', query({ checksum: 0x1234 }), 'igmp-bad-checksum', ['refused bad-checksum']),
    unheeded('version 2', query({ version: 2, checksum: 0 }), 'igmp-bad-checksum', ['refused bad-checksum']),
  ]),
  row(
    'C23',
    'SHOULD',
    'RFC 9776 §9.1',
    'a query with another TTL than 1 is ignored, and, where the setting says so, one without Router Alert',
    [
      ...([2, 3] as const).flatMap((version) => {
        const send = query({ version, routerAlert: false });
        const refused = ['refused no-router-alert'];
        return [
          heeded(`version ${version} without Router Alert`, send, [`received query-v${version}`]),
          unheeded(`version ${version}, where it is required`, send, 'igmp-ignored', refused, [], STRICT),
        ];
      }),
      heeded(
        'version 1 has no Router Alert, wherever',
        query({ version: 1, routerAlert: false }),
        ['received query-v1'],
        STRICT,
      ),
      heeded('version 3 with it, where it is required', query(), ['received query-v3'], STRICT),
      ...[2, 64, 255].map((ttl) =>
        unheeded(`TTL ${ttl}`, query({ ttl }), 'igmp-ignored', ['refused wrong-ttl']),
      ),
    ],
  ),
  row('C24', 'SHOULD', 'RFC 3376 §9', 'a query from outside the subnet is ignored', [
    unheeded('10.0.0.5, which would take the office', query({ from: '10.0.0.5' }), 'igmp-ignored', [
      'refused off-subnet',
    ]),
    unheeded('192.0.2.1', query({ from: '192.0.2.1' }), 'igmp-ignored', ['refused off-subnet']),
    unheeded('an address of the next link', query({ from: LOWER[1] }), 'igmp-ignored', [
      'refused off-subnet',
    ]),
  ]),
  row('C25', 'MUST', 'RFC 9776 §4.1.12', 'a query to any address of the interface is heeded', [
    heeded('a general one to our unicast address', query({ to: ROUTER[0] })),
    kase('one about a group to our unicast address', {
      steps: [
        { send: report(isEx(G)) },
        { send: query({ group: G, to: ROUTER[0] }), groups: { 0: [`${G} exclude=2`] } },
      ],
    }),
    unheeded('a general one to another group', query({ to: '239.9.9.9' }), 'igmp-ignored', [
      'refused wrong-destination',
    ]),
  ]),
  row('C26', '—', 'RFC 9776 §4.1.3', 'a query about what is no group is ignored', [
    unheeded(
      '10.9.9.9',
      query({ group: '10.9.9.9', to: '224.0.0.1' }),
      'igmp-ignored',
      ['refused not-a-group'],
      ['received query-v3'],
    ),
  ]),
];
