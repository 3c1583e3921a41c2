import * as ipv4 from '../../../../src/ip/header.js';
import { milliseconds, seconds } from '../../../../src/time.js';
import { type Case, proof, type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G, S1 } from '../addresses.js';
import { asks } from '../expects.js';
import { FIRST_QUERY } from '../first-query.js';
import { kase } from '../kase.js';
import { isEx, isIn, query, report, toIn } from '../sends.js';
import { refusalFault } from '../settings-check.js';
import type { IgmpWords } from '../settings-words.js';

/** That the first query has some fields where the settings are such. */
const first = (title: string, igmp: IgmpWords, fields: Parameters<typeof asks>[0]): Case =>
  kase(title, { ...FIRST_QUERY, igmp, expect: [asks(fields)] });

/** What the codes above 127 stand for, worked out by hand from the layout `1 eee mmmm`. */
const GOLDEN = [
  [127, 0x7f],
  [128, 0x80],
  [135, 0x80],
  [136, 0x81],
  [248, 0x8f],
  [256, 0x90],
  [300, 0x92],
  [1000, 0xaf],
  [1024, 0xb0],
  [31744, 0xff],
] as const;

// biome-ignore format: a table

const valueOfCode = (code: number): number =>
  code < 128 ? code : ((code % 16) + 16) * 2 ** ((Math.floor(code / 16) % 8) + 3);

export const queryFields: readonly Row[] = [
  row('A08', 'SHOULD', 'RFC 9776 §4.1.1, §8.8', 'Max Resp Code is a float above 12.7 s, rounded down', [
    first('12.7 s is 7fh', { 'query-response-interval': '12.7s' }, { code: 0x7f }),
    first('12.8 s is 80h', { 'query-response-interval': '12.8s' }, { code: 0x80 }),
    first('13.5 s is 80h, too', { 'query-response-interval': '13.5s' }, { code: 0x80 }),
    first('20 s is 89h', { 'query-response-interval': '20s' }, { code: 0x89 }),
    first('100 s is afh', { 'query-response-interval': '100s' }, { code: 0xaf }),
  ]),
  row('A09', '—', 'RFC 9776 §4.1.7', 'QQIC is the same float, of seconds', [
    first('125 s is 7dh', { 'query-interval': '125s' }, { qqic: 0x7d }),
    first('300 s is 92h', { 'query-interval': '300s' }, { qqic: 0x92 }),
    first('1 hour is cch', { 'query-interval': '1h' }, { qqic: 0xcc }),
  ]),
  row('A10', '—', 'RFC 9776 §4.1.1, §4.1.7', 'some numbers and their codes', [
    ...GOLDEN.map(([value, qqic]) =>
      first(`${value} is ${qqic.toString(16)}h`, { 'query-interval': `${value}s` }, { qqic }),
    ),
    first('more than 31744 is ffh', { 'query-interval': '40000s' }, { qqic: 0xff }),
  ]),
  row('A11', '—', 'RFC 9776 §4.1.1, §7.2.1', 'every code is understood as what it stands for', [
    kase('all 255 codes of QQIC that say something', {
      steps: Array.from({ length: 255 }, (_, at) => at + 1).map((code) => ({
        send: query({ qqic: code }),
        wait: milliseconds(1),
        check: ({ igmp }) => {
          const found = igmp(0).querier.variables.queryInterval / 1000;
          return found === valueOfCode(code) ? undefined : `${code} is taken for ${found} s`;
        },
      })),
    }),
    kase('Max Resp Code in 8 octets counts plainly: 200 is 20 s, and all answer within them', {
      igmp: { 'join-groups': Array.from({ length: 20 }, (_, at) => ({ group: `239.7.7.${at}` })) },
      steps: [
        { wait: seconds(11), expect: 'anything' },
        { send: query({ version: 2, code: 200 }), wait: seconds(20), expect: 'anything' },
        { wait: seconds(200) },
      ],
      judge: (outputs) => {
        const answers = outputs.filter(({ octets }) => octets[24] === 0x16);
        const last = (answers.at(-1)?.at ?? 0) / 1000 - 12;
        return answers.length === 20 && last > 10
          ? undefined
          : `${answers.length} answers, the last after ${last} s`;
      },
    }),
  ]),
  row('A12', '—', 'RFC 9776 §4.1.6', 'QRV is the robustness up to 7, and 0 above', [
    ...[1, 2, 3, 7].map((robustness) => first(`${robustness}`, { robustness }, { qrv: robustness })),
    first('9 does not fit, and is told as 0', { robustness: 9 }, { qrv: 0 }),
  ]),
  row(
    'A13',
    '—',
    'RFC 9776 §4.1.5, §6.6.3',
    'the S flag is set where the group timer is above the last member query time, and never in a general query',
    [
      first('a general query', {}, { s: false }),
      kase('a query about a group that nobody answers', {
        steps: [
          { send: report(isEx(G)) },
          {
            send: report(toIn(G)),
            wait: seconds(1.5),
            expect: [at(0, asks({ group: G, s: false })), at(1, asks({ group: G, s: false }))],
          },
        ],
      }),
      kase('its repetition after somebody has answered', {
        steps: [
          { send: report(isEx(G)) },
          { send: report(toIn(G)), wait: seconds(0.5), expect: [at(0, asks({ group: G }))] },
          { send: report(isEx(G)), wait: seconds(1), expect: [at(0.5, asks({ group: G, s: true }))] },
        ],
      }),
    ],
  ),
  row(
    'A14',
    'MUST',
    'RFC 9776 §4.1.4, §4.1.10',
    'the reserved bits are zero, and nothing follows the last source',
    [
      kase('in a general query, one about a group and one about a source', {
        generalQueries: true,
        igmpOn: { 1: 'none', 2: 'none' },
        steps: [
          { send: report([isEx(G), isIn('239.1.1.2', S1)]) },
          { send: report([toIn(G), toIn('239.1.1.2')]), wait: seconds(40), expect: 'anything' },
        ],
        judge: (outputs) => {
          if (outputs.length !== 5) return `${outputs.length} queries instead of 5`;
          const isRight = ({ octets }: { octets: Uint8Array }): boolean =>
            octets[32]! >>> 4 === 0 && octets.length === 36 + 4 * (octets[34]! * 256 + octets[35]!);
          return outputs.every(isRight) ? undefined : 'a reserved bit, or octets behind the sources';
        },
      }),
    ],
  ),
  row(
    'A15',
    'SHOULD',
    'RFC 9776 §6.6.2, RFC 4541 §2.1.1',
    "a query's source is the interface's own address in the hosts' subnet",
    [
      first('the only one', {}, { from: '10.0.1.100' }),
      kase('the first of several', {
        ...FIRST_QUERY,
        topology: { addresses: { 0: ['10.0.1.100/24', '10.0.77.1/24'] } },
        expect: [asks({ from: '10.0.1.100' })],
      }),
      kase('0.0.0.0 where there is none', {
        ...FIRST_QUERY,
        topology: { addresses: { 0: [] } },
        settings: { ip: { loopback: '10.200.0.1' } },
        expect: [asks({ from: '0.0.0.0' })],
      }),
    ],
  ),
  row('A16', '—', 'RFC 6864 §4.1', 'with don’t fragment the identification is of no account: it is 0', [
    kase('in what IGMP sends', {
      ...FIRST_QUERY,
      wait: seconds(40),
      expect: 'anything',
      judge: (outputs) => {
        if (outputs.length < 2) return `only ${outputs.length} came out`;
        return outputs.every(({ octets }) => ipv4.isDontFragment(octets) && ipv4.identification(octets) === 0)
          ? undefined
          : 'without don’t fragment, or with an identification';
      },
    }),
  ]),
  row(
    'A17',
    '—',
    'RFC 9776 §4.1.1',
    'a Max Resp Code of 0 is never sent, for all hosts would answer at once',
    [
      first('the shortest interval is 1', { 'query-response-interval': '100ms' }, { code: 1 }),
      kase('nor where a query is asked for by hand', {
        does: ({ igmp, now }) => igmp(0).query({ maxResponse: seconds(0) }, now()),
        generalQueries: true,
        expect: [asks({ code: 1 })],
      }),
    ],
  ),
  row(
    'A18',
    'MUST',
    'RFC 9776 §8.3, §8.14.2',
    'a response interval that is not below the query interval is refused',
    [
      ...['20s', '30s'].map((interval) =>
        proof(`${interval} of 20 s`, () =>
          refusalFault({ 'query-interval': '20s', 'query-response-interval': interval }),
        ),
      ),
    ],
  ),
  row(
    'A19',
    'MUST',
    'RFC 9776 §7.3.1',
    'version 2 cannot tell more than 25.5 s, and such settings are refused',
    [
      proof('26 s', () => refusalFault({ version: 2, 'query-response-interval': '26s' })),
      proof('26 s about one group', () => refusalFault({ version: 2, 'last-member-query-interval': '26s' })),
    ],
  ),
  row('A21', 'MUST', 'RFC 9776 §8.1', 'a robustness of 0 is refused, and of 1 warned about', [
    proof('0', () => refusalFault({ robustness: 0 })),
    proof('1', () => refusalFault({ robustness: 1 }, 'warning')),
  ]),
];
