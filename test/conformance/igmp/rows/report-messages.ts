import { milliseconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { HOST } from '../../topology.js';
import { G, G2, S1, S2 } from '../addresses.js';
import { kase } from '../kase.js';
import { groupCountFault } from '../many.js';
import { accepted, JOINED, refused } from '../report-cases.js';
import {
  allow,
  igmpDatagram,
  isEx,
  isIn,
  leave,
  type ReportRecord,
  record,
  report,
  short,
  v1Report,
  v2Report,
} from '../sends.js';

const V2 = [`${G} exclude=270 v2`];
const BOTH = [`${G} exclude=270`, `${G2} exclude=270`];
const MALFORMED = ['refused records-cut'];

/** So many groups, in one report or several. */
const groupOf = (at: number): string => `239.2.${at >>> 8}.${at & 255}`;
const records = (from: number, to: number): ReportRecord[] =>
  Array.from({ length: to - from }, (_, at) => isEx(groupOf(from + at)));
const FIRST_365 = Array.from({ length: 365 }, (_, at) => `10.13.${1 + (at >>> 8)}.${at & 255}`);

export const reportMessages: readonly Row[] = [
  row('D01', 'MUST', 'RFC 9776 §4.2.2', 'a wrong checksum is dropped and counted', [
    ...[
      report(isEx(G), { checksum: 0x1234 }),
      v2Report(G, { checksum: 0 }),
      v1Report(G, { checksum: 1 }),
      leave(G, { checksum: 1 }),
    ].map((send, at) =>
      refused(
        ['version 3', 'version 2', 'version 1', 'a leave'][at]!,
        send,
        ['refused bad-checksum'],
        'igmp-bad-checksum',
      ),
    ),
  ]),
  row(
    'D08',
    'MUST',
    'RFC 2236 §2.5',
    'of a longer message of version 1 or 2 the first 8 octets count, and the checksum of all',
    [
      accepted('version 2, 12 octets', v2Report(G, { trailing: [1, 2, 3, 4] }), V2),
      accepted('version 1, 12 octets', v1Report(G, { trailing: [1, 2, 3, 4] }), [`${G} exclude=270 v1`]),
      refused(
        'a checksum of the first 8 only',
        v2Report(G, { trailing: [1, 2, 3, 4], checksum: 0xf9fc }),
        ['refused bad-checksum'],
        'igmp-bad-checksum',
      ),
      kase('a leave', {
        steps: [
          { send: v2Report() },
          {
            send: leave(G, { trailing: [1, 2, 3, 4] }),
            expect: 'anything',
            groups: { 0: [`${G} exclude=2 v2`] },
          },
        ],
      }),
    ],
  ),
  row('D09', '—', 'RFC 9776 §4', 'fewer than 8 octets are no message', [
    ...[0, 1, 4, 7].map((length) =>
      refused(
        `${length} octets`,
        igmpDatagram([0x16, 0, 0, 0, 239, 1, 1].slice(0, length), {
          from: HOST[0],
          to: G,
          ...(length < 4 ? { checksum: 0 } : {}),
        }),
        ['refused too-short'],
        'igmp-malformed',
      ),
    ),
  ]),
  row('D10', '—', 'RFC 9776 §4.2.5', 'a report without records is a report', [
    accepted('nothing comes of it', report([]), [], { counted: ['received report-v3'] }),
  ]),
  row('D11', '—', 'RFC 9776 §4.2.5', 'a report that holds fewer records than it says is dropped whole', [
    refused(
      '5 of them, and 2 there',
      report([isEx(G), isEx(G2)], { claims: 5 }),
      MALFORMED,
      'igmp-malformed',
    ),
    refused('65535 of them', report([isEx(G)], { claims: 65535 }), MALFORMED, 'igmp-malformed'),
  ]),
  row(
    'D12',
    '—',
    'RFC 9776 §4.2.8',
    'a report with a record that holds fewer sources than it says is dropped whole',
    [
      refused(
        '255 of them in the last, and 1 there',
        report([isEx(G), record(1, G2, [S1], { claims: 255 })]),
        MALFORMED,
        'igmp-malformed',
      ),
      refused(
        '65535 of them in the only one',
        report(record(1, G, [S1], { claims: 65535 })),
        MALFORMED,
        'igmp-malformed',
      ),
      refused(
        'auxiliary data of 255 words, and none there',
        report(record(4, G, [], { auxWords: 255 })),
        MALFORMED,
        'igmp-malformed',
      ),
    ],
  ),
  row(
    'D13',
    'MUST',
    'RFC 9776 §4.2.7 to §4.2.11',
    'auxiliary data is passed over, word by word, and what follows counts',
    [
      accepted('one word', report([record(4, G, [], { aux: [1, 2, 3, 4] }), isEx(G2)]), BOTH),
      accepted(
        'three words behind two sources',
        report([record(1, G, [S1, S2], { aux: Array.from({ length: 12 }, () => 0xff) }), isEx(G2)]),
        [`${G} include ${S1}=270 ${S2}=270`, BOTH[1]!],
      ),
      accepted('behind the last record', report([isEx(G), record(4, G2, [], { aux: [9, 9, 9, 9] })]), BOTH),
    ],
  ),
  row(
    'D14',
    'MUST',
    'RFC 9776 §4.2.12',
    'octets behind the last record are part of the checksum and otherwise nothing',
    [
      accepted('four of them', report(isEx(G), { trailing: [0xde, 0xad, 0xbe, 0xef] })),
      accepted('an odd number', report(isEx(G), { trailing: [0xde] })),
      accepted('what looks like another record', report(isEx(G), { trailing: isEx(G2) })),
    ],
  ),
  row('D15', 'MUST', 'RFC 9776 §4.2.13', 'a record of an unknown type is passed over, and the others count', [
    accepted('type 9 between two others', report([isEx(G), record(9, '239.3.3.3', [S1]), isEx(G2)]), BOTH, {
      counted: ['received report-v3', 'refused unknown-record'],
    }),
    ...[0, 7, 255].map((type) =>
      refused(`type ${type} alone`, report(record(type, G, [S1])), [
        'received report-v3',
        'refused unknown-record',
      ]),
    ),
  ]),
  row('D16', 'MUST', 'RFC 9776 §4', 'a message of another type is nobody’s business here', [
    ...[0x00, 0x13, 0x14, 0x15, 0x1e, 0x1f, 0x30, 0x31, 0x32, 0xff].map((type) =>
      refused(`${type.toString(16).padStart(2, '0')}h`, short(type, G, G), ['refused unknown-type']),
    ),
  ]),
  row('D17', '—', 'RFC 9776 §4.2.1', 'reserved fields and flags of a report are not looked at', [
    accepted('all of them set', report(isEx(G), { reserved: [0xff, 0xff, 0xff] })),
    accepted('the extension flag', report(isEx(G), { reserved: [0, 0x80, 0], trailing: [0, 1, 0, 0] })),
  ]),
  row('D25', '—', 'RFC 9776 §4.2.10', 'a source that a record names twice counts once', [
    accepted('IS_IN', report(isIn(G, S1, S2, S1, S1)), [`${G} include ${S1}=270 ${S2}=270`]),
    accepted('IS_EX', report(isEx(G, S1, S1)), [`${G} exclude=270 !${S1}`]),
  ]),
  row('D37', '—', 'RFC 9776 §4.2.17', 'large reports are taken whole', [
    // More than is done at once, so that they take a few milliseconds.
    kase('183 records in 1496 octets, three reports for 400 groups', {
      send: [report(records(0, 183)), report(records(183, 366)), report(records(366, 400))],
      wait: milliseconds(10),
      check: groupCountFault(400),
    }),
    accepted(
      '365 sources, and 135 more',
      [
        report(isIn(G, ...FIRST_365)),
        report(allow(G, ...Array.from({ length: 135 }, (_, at) => `10.13.9.${at}`))),
      ],
      [
        `${G} include ${[...FIRST_365, ...Array.from({ length: 135 }, (_, at) => `10.13.9.${at}`)].map((each) => `${each}=270`).join(' ')}`,
      ],
    ),
  ]),
  row(
    'D38',
    '—',
    'RFC 9776 §4.2.17',
    'a list of excluded sources that the host had to cut is taken as it is',
    [
      accepted('365 of them', report(isEx(G, ...FIRST_365)), [
        `${JOINED[0]} ${FIRST_365.map((each) => `!${each}`).join(' ')}`,
      ]),
    ],
  ),
];
