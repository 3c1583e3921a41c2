import { seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { isEx, query, report, toEx, toIn } from '../sends.js';
import { ALONE, queriesAt } from '../timer-cases.js';

export const startup: readonly Row[] = [
  row(
    'B01',
    '—',
    'RFC 9776 §8.6, §8.7',
    'a querier asks at once, again after the startup interval, then at every query interval',
    [
      queriesAt('at 0, 31.25, 156.25 and 281.25 s', {}, [0, 31.25, 156.25, 281.25]),
      queriesAt('with robustness 3 one more', { robustness: 3 }, [0, 31.25, 62.5, 187.5], { qrv: 3 }),
      queriesAt(
        'as often, and as far apart, as is set',
        { 'startup-query-count': 4, 'startup-query-interval': '5s' },
        [0, 5, 10, 15, 140],
      ),
    ],
  ),
  row('B02', '—', 'RFC 9776 §8.2', 'then one at every query interval', [
    queriesAt('for 20 minutes, to the millisecond', {}, [
      0,
      31.25,
      ...Array.from({ length: 10 }, (_, at) => 156.25 + 125 * at),
    ]),
    kase('however much is reported meanwhile', {
      ...ALONE,
      steps: [
        { wait: seconds(31), expect: [asks()] },
        { send: report(toEx(G)), wait: seconds(1), expect: [at(0.25, asks())] },
        {
          send: report(toIn(G)),
          wait: seconds(3),
          expect: [at(0, asks({ group: G })), at(1, asks({ group: G }))],
        },
        { wait: seconds(125), expect: [at(121.25, asks())] },
      ],
    }),
  ]),
  row('B11', '—', 'RFC 9776 §8.6', 'an interface that comes up begins anew', [
    kase('with the startup queries, as the querier', {
      ...ALONE,
      steps: [
        { expect: [asks()] },
        { send: query(), wait: seconds(2) },
        { setDown: 0, wait: seconds(10) },
        {
          setUp: 0,
          wait: seconds(160),
          expect: [at(0, asks()), at(31.25, asks()), at(156.25, asks())],
        },
      ],
    }),
  ]),
  row('B12', 'SHOULD', 'RFC 9776 §6.6', 'the queriers of several interfaces do not ask in the same moment', [
    kase('three interfaces, 20 ms apart', {
      fromStart: true,
      wait: seconds(400),
      expect: 'anything',
      judge: (outputs) => {
        const moments = new Set(outputs.map((output) => Math.round(output.at)));
        return outputs.length === 12 && moments.size === 12
          ? undefined
          : `${outputs.length} queries in ${moments.size} moments`;
      },
    }),
  ]),
  row('B15', 'MAY', 'RFC 9776 §6.6.2', 'a query that is asked for by hand leaves the others where they are', [
    kase('one more, and the next at its time', {
      ...ALONE,
      steps: [
        { wait: seconds(100), expect: [at(0, asks()), at(31.25, asks())] },
        { does: ({ igmp, now }) => igmp(0).query({}, now()), expect: [asks()] },
        { wait: seconds(100), expect: [at(56.25, asks())] },
      ],
    }),
    kase('about a group, and its timer is left alone', {
      steps: [
        { send: report(isEx(G)) },
        {
          does: ({ igmp, now }) => igmp(0).query({ group: 0xef010101 }, now()),
          wait: seconds(3),
          expect: [at(0, asks({ group: G, s: true }))],
          groups: { 0: [`${G} exclude=267`] },
        },
      ],
    }),
  ]),
];
