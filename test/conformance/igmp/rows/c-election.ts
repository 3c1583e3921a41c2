import { NEVER, seconds } from '../../../../src/time.js';
import { type IgmpRow, kase, row } from '../case.js';
import { asks, at } from '../expectation.js';
import { isEx, isIn, query, report } from '../messages.js';
import { G, HIGHER, LOWER, ROUTER, S1 } from '../topology.js';

/** Port 0 alone speaks. A case begins a second after its first query, and its second is due 30.25 s later. */
export const ALONE = { igmpOn: { 1: 'none', 2: 'none' }, generalQueries: true } as const;

/** Between us and the one that wins. */
const BETWEEN = '10.0.1.50';

/** Who has the office on port 0: the other one, or we. */
export const LOST = { 0: LOWER[0] } as const;
export const KEPT = { 0: ROUTER[0] } as const;

export const C_ELECTION: readonly IgmpRow[] = [
  row('C01', '—', 'RFC 9776 §6.6.2', 'a general query from a lower address takes the office', [
    kase('nothing is asked for 255 s', {
      ...ALONE,
      steps: [
        { send: query(), querier: LOST, events: [`querier-elected ${LOWER[0]}`] },
        { wait: seconds(254.999), querier: LOST },
      ],
    }),
    kase('addresses are compared as unsigned numbers', {
      ...ALONE,
      topology: { addresses: { 0: ['192.0.2.100/24'] } },
      steps: [
        { wait: seconds(31), expect: [at(30.25, asks({ from: '192.0.2.100' }))] },
        { send: query({ from: '192.0.2.5' }), wait: seconds(200), querier: { 0: '192.0.2.5' } },
      ],
    }),
  ]),
  row('C02', '—', 'RFC 9776 §6.6.2', 'one from a higher address does not', [
    kase('the next query comes at its time', {
      ...ALONE,
      steps: [
        {
          send: query({ from: HIGHER[0] }),
          wait: seconds(31),
          expect: [at(30.25, asks())],
          querier: KEPT,
          check: ({ igmp }) => (igmp(0).querier.otherQuerierUntil === NEVER ? undefined : 'it is waited for'),
          events: [],
        },
      ],
    }),
  ]),
  row(
    'C03',
    'SHOULD',
    'RFC 9776 §6.6.2',
    'who has not been heard for the other querier present interval is replaced at once',
    [
      kase('by a startup series', {
        ...ALONE,
        steps: [
          { send: query(), wait: seconds(254.999) },
          {
            wait: seconds(160.001),
            expect: [at(0.001, asks()), at(31.251, asks()), at(156.251, asks())],
            querier: KEPT,
            events: [`querier-elected ${ROUTER[0]}`],
          },
        ],
      }),
    ],
  ),
  row('C04', 'SHOULD', 'RFC 4541 §2.1.1', 'a query from 0.0.0.0 counts, but wins no election', [
    kase('a general one leaves the office where it is', {
      ...ALONE,
      send: query({ from: '0.0.0.0' }),
      wait: seconds(31),
      expect: [at(30.25, asks())],
      querier: KEPT,
    }),
    kase('one about a group lowers its timer', {
      steps: [
        { send: report(isEx(G)) },
        { send: query({ from: '0.0.0.0', group: G }), groups: { 0: [`${G} exclude=2`] } },
      ],
    }),
  ]),
  row('C05', '—', 'RFC 9776 §6.6.2', 'a query from our own address is not heeded', [
    kase('it is counted as what it is, and nothing changes', {
      ...ALONE,
      steps: [
        { send: report(isEx(G)) },
        {
          send: query({ from: ROUTER[0], group: G }),
          drop: 'martian-source',
          groups: { 0: [`${G} exclude=270`] },
        },
        {
          send: query({ from: ROUTER[0] }),
          wait: seconds(31),
          drop: 'martian-source',
          expect: [at(30.25, asks())],
        },
      ],
    }),
  ]),
  row('C06', '—', 'RFC 9776 §6.6.2', 'only general queries elect', [
    kase('one about a group, one about a source', {
      ...ALONE,
      steps: [
        { send: query({ group: G }), querier: KEPT },
        { send: query({ group: G, sources: [S1] }), querier: KEPT },
        {
          send: query({ version: 2, group: G }),
          wait: seconds(31),
          querier: KEPT,
          expect: [at(30.25, asks())],
        },
      ],
    }),
  ]),
  row(
    'C07',
    '—',
    'RFC 9776 §6.6.2',
    'the elected one, or a lower one, is heard; one between it and us is not',
    [
      kase('the elected one starts the interval anew', {
        ...ALONE,
        steps: [
          { send: query(), wait: seconds(100) },
          { send: query(), wait: seconds(254.999), querier: LOST },
          { wait: seconds(0.001), expect: [asks()], querier: KEPT },
        ],
      }),
      kase('a lower one takes the office', {
        ...ALONE,
        steps: [
          { send: query(), wait: seconds(100) },
          { send: query({ from: '10.0.1.3' }), wait: seconds(254.999), querier: { 0: '10.0.1.3' } },
          { wait: seconds(0.001), expect: [asks()], querier: KEPT },
        ],
      }),
      kase('one between does not', {
        ...ALONE,
        steps: [
          { send: query(), wait: seconds(100) },
          { send: query({ from: BETWEEN }), querier: LOST },
          { wait: seconds(154.999) },
          { wait: seconds(0.001), expect: [asks()], querier: KEPT },
          { send: query({ from: BETWEEN }), wait: seconds(200), querier: { 0: BETWEEN } },
        ],
      }),
    ],
  ),
  row('C08', '—', 'RFC 9776 §4.1.5', 'a general query elects with the S flag, too', [
    kase('S is set', { ...ALONE, send: query({ s: true }), wait: seconds(200), querier: LOST }),
  ]),
  row(
    'C09',
    '—',
    'RFC 9776 §4.1.6',
    'the robustness is the one heard last, and our own where a query says 0',
    [
      kase('of the elected querier: 4, then 0', {
        steps: [
          { send: [query({ qrv: 4 }), report(isEx(G))], groups: { 0: [`${G} exclude=520`] } },
          { send: [query({ qrv: 0 }), report(isEx(G))], groups: { 0: [`${G} exclude=270`] } },
        ],
      }),
      kase('of one that lost: 4, then 0', {
        steps: [
          {
            send: [query({ qrv: 4, from: HIGHER[0] }), report(isEx(G))],
            groups: { 0: [`${G} exclude=520`] },
          },
          {
            send: [query({ qrv: 0, from: HIGHER[0] }), report(isEx(G))],
            groups: { 0: [`${G} exclude=270`] },
          },
        ],
      }),
    ],
  ),
  row('C10', '—', 'RFC 9776 §4.1.7', 'who is not the querier takes the query interval of the one that is', [
    kase('60 s; 0 says nothing; our own again in office', {
      ...ALONE,
      steps: [
        { send: [query({ qqic: 60 }), report(isEx(G))], groups: { 0: [`${G} exclude=140`] } },
        { send: [query({ qqic: 0 }), report(isEx(G))], groups: { 0: [`${G} exclude=270`] } },
        { send: query({ qqic: 60 }), wait: seconds(124.999), groups: { 0: [`${G} exclude=145.001`] } },
        { wait: seconds(0.001), expect: [asks()] },
        { send: report(isEx(G)), groups: { 0: [`${G} exclude=270`] } },
      ],
    }),
    kase('the querier does not take that of one that lost', {
      send: [query({ qqic: 60, from: HIGHER[0] }), report(isEx(G))],
      groups: { 0: [`${G} exclude=270`] },
    }),
    kase('what is heard as a float is taken as such', {
      send: [query({ qqic: 0x92 }), report(isIn(G, S1))],
      groups: { 0: [`${G} include ${S1}=596`] },
    }),
  ]),
];
