import { NEVER, seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { at, forwarded } from '../../expectation.js';
import { G, HIGHER, LOWER, ROUTER, S1 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { block, data, isEx, isIn, leave, query, report, toIn } from '../sends.js';

/** Port 0 alone speaks. A case begins a second after its first query, and its second is due 30.25 s later. */
export const ALONE = { igmpOn: { 1: 'none', 2: 'none' }, generalQueries: true } as const;

/** Between us and the one that wins. */
const BETWEEN = '10.0.1.50';

/** Who has the office on port 0: the other one, or we. */
export const LOST = { 0: LOWER[0] } as const;
export const KEPT = { 0: ROUTER[0] } as const;

export const election: readonly Row[] = [
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
  row('C27', '—', 'RFC 9776 §6.6.2', 'a host behind a TUN device may be a router that asks', [
    kase('the election is held there as anywhere', {
      ...ALONE,
      igmp: { 'query-interval': '1s', 'query-response-interval': '500ms', 'startup-query-interval': '20s' },
      steps: [
        { send: query({ qqic: 1, code: 5 }), wait: seconds(2), querier: LOST },
        { wait: seconds(0.5), expect: [at(0.25, asks({ qqic: 1, code: 5 }))] },
      ],
    }),
    kase('one with a higher address yields, and we go on', {
      ...ALONE,
      fromStart: true,
      igmp: { 'startup-query-interval': '2s' },
      send: query({ from: HIGHER[0] }),
      wait: seconds(2.5),
      expect: [at(0, asks()), at(2, asks())],
    }),
  ]),
  row('C28', 'MAY', 'RFC 4541 §2.1.1', 'a querier may be told never to yield, or never to ask', [
    kase('always: a lower address takes nothing, and is told about', {
      ...ALONE,
      igmp: { querier: 'always' },
      steps: [
        { send: query(), querier: KEPT, events: ['warning: stronger-querier'] },
        { wait: seconds(160), expect: [at(30.25, asks()), at(155.25, asks())], querier: KEPT },
      ],
    }),
    kase('always: a leave is followed by questions all the same', {
      ...ALONE,
      igmp: { querier: 'always' },
      steps: [
        { send: [query(), report(isEx(G))] },
        {
          send: report(toIn(G)),
          wait: seconds(3),
          expect: [asks({ group: G }), at(1, asks({ group: G }))],
          groups: { 0: [] },
        },
      ],
    }),
    kase('never: nothing is asked from the start, also not where nobody else asks', {
      ...ALONE,
      fromStart: true,
      igmp: { querier: 'never' },
      wait: seconds(400),
      querier: { 0: '0.0.0.0' },
    }),
    kase('never: reports count and are forwarded by, and leaves are left to the querier', {
      ...ALONE,
      igmp: { querier: 'never' },
      steps: [
        { send: [report(isEx(G)), report(isIn('239.1.1.2', S1))] },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
        { send: leave(), drop: 'igmp-ignored', counted: ['received leave', 'refused not-querier'] },
        {
          send: [report(toIn(G)), report(block('239.1.1.2', S1))],
          wait: seconds(3),
          groups: { 0: [`${G} exclude=267`, `239.1.1.2 include ${S1}=267`] },
        },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      ],
    }),
    kase('never: whoever asks is known, whatever the address, until 255 s of silence', {
      ...ALONE,
      igmp: { querier: 'never' },
      steps: [
        { send: query({ from: HIGHER[0] }), querier: { 0: HIGHER[0] } },
        { send: query({ from: LOWER[0] }), querier: LOST },
        { send: query({ from: HIGHER[0] }), wait: seconds(254.999), querier: LOST },
        { wait: seconds(0.001), querier: { 0: '0.0.0.0' } },
      ],
    }),
    kase('never: a proxy forwards to members there, though it is not the querier', {
      igmpOn: { 0: { querier: 'never' } },
      multicast: { upstream: 'p3' },
      steps: [
        { send: report(isEx(G)), wait: seconds(3), expect: 'anything' },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      ],
    }),
  ]),
];
