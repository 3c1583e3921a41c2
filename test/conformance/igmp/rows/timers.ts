import { seconds } from '../../../../src/time.js';
import { type Case, proof, type Row, row } from '../../case.js';
import { at, forwarded } from '../../expectation.js';
import { runCase } from '../../run-case.js';
import { memory } from '../../targets/memory.js';
import { G, G2 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { data, isEx, leave, query, report, toIn, v2Report } from '../sends.js';
import { type IgmpWords, igmpSettings } from '../settings-words.js';
import { ALONE, queriesAt } from '../timer-cases.js';

/** All intervals a sixth or less of the usual ones. */
const SCALED: IgmpWords = {
  'query-interval': '20s',
  'query-response-interval': '2s',
  'last-member-query-interval': '500ms',
};
const SCALED_FIELDS = { qqic: 20, code: 20 };

/** That a group of port 0 goes at a certain second after its only report, and no earlier. */
const lasts = (title: string, igmp: IgmpWords, interval: number): Case =>
  kase(title, {
    igmp,
    intervalsFollow: true,
    steps: [
      { send: report(isEx(G)), groups: { 0: [`${G} exclude=${interval}`] }, events: [`join ${G}`] },
      { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      { wait: seconds(interval - 0.001), groups: { 0: [`${G} exclude=0.001`] }, events: [] },
      { wait: seconds(0.001), groups: { 0: [] }, events: [`expire ${G}`] },
      { send: data(), on: 3, drop: 'multicast-no-member' },
    ],
  });

const SILENT_GROUP = lasts('270 s with the defaults', {}, 270);

export const timers: readonly Row[] = [
  row(
    'B03',
    'MUST',
    'RFC 9776 §8.4',
    'the group membership interval is robustness × query interval + 2 × response interval',
    [
      kase('270 s with the defaults', {
        intervalsFollow: true,
        send: report(isEx(G)),
        groups: { 0: [`${G} exclude=270`] },
      }),
      kase('3 × 60 + 2 × 5 = 190 s', {
        igmp: { robustness: 3, 'query-interval': '60s', 'query-response-interval': '5s' },
        send: report(isEx(G)),
        groups: { 0: [`${G} exclude=190`] },
      }),
    ],
  ),
  row(
    'B04',
    'MUST',
    'RFC 9776 §8.5',
    'the other querier present interval is robustness × query interval + half the response interval',
    [
      kase('we ask again 255 s after its last query', {
        ...ALONE,
        intervalsFollow: true,
        steps: [
          { send: query(), wait: seconds(254.999), expect: [asks()] },
          { wait: seconds(0.001), expect: [asks()] },
        ],
      }),
      kase('2 × 60 + 5 ÷ 2 = 122.5 s', {
        ...ALONE,
        intervalsFollow: true,
        igmp: { 'query-interval': '60s', 'query-response-interval': '5s' },
        steps: [
          { expect: [asks({ qqic: 60, code: 50 })] },
          {
            send: query({ qqic: 60 }),
            wait: seconds(123),
            expect: [at(122.5, asks({ qqic: 60, code: 50 }))],
          },
        ],
      }),
    ],
  ),
  row(
    'B05',
    'MUST',
    'RFC 9776 §8.13',
    'the older host present interval is robustness × query interval + response interval',
    [
      kase('260 s with the defaults, 10 s less than the group has', {
        steps: [
          { send: v2Report(), wait: seconds(259.999), groups: { 0: [`${G} exclude=10.001 v2`] } },
          { wait: seconds(0.001), groups: { 0: [`${G} exclude=10`] } },
        ],
      }),
    ],
  ),
  row('B06', '—', 'RFC 9776 §8.10', 'the last member query time is count × interval', [
    kase('2 s with the defaults', {
      steps: [
        { send: report(isEx(G)) },
        { send: report(toIn(G)), expect: [asks({ group: G })], groups: { 0: [`${G} exclude=2`] } },
      ],
    }),
    kase('3 × 0.5 = 1.5 s', {
      igmp: { 'last-member-query-count': 3, 'last-member-query-interval': '500ms' },
      steps: [
        { send: report(isEx(G)) },
        {
          send: report(toIn(G)),
          expect: [asks({ group: G, code: 5 })],
          groups: { 0: [`${G} exclude=1.5`] },
        },
      ],
    }),
  ]),
  row('B07', '—', 'RFC 9776 §8.9', 'as many queries after a leave as the robustness, unless it is set', [
    kase('robustness 3: three', {
      igmp: { robustness: 3 },
      steps: [
        { send: report(isEx(G)) },
        {
          send: report(toIn(G)),
          wait: seconds(5),
          expect: [0, 1, 2].map((moment) => at(moment, asks({ group: G, qrv: 3 }))),
          groups: { 0: [] },
        },
      ],
    }),
    kase('robustness 3 and a count of 1: one', {
      igmp: { robustness: 3, 'last-member-query-count': 1 },
      steps: [
        { send: report(isEx(G)) },
        { send: report(toIn(G)), wait: seconds(5), expect: [at(0, asks({ group: G, qrv: 3 }))] },
      ],
    }),
  ]),
  row('B08', '—', 'RFC 9776 §8', 'new variables count from the next timer on', [
    kase('set while the router runs', {
      steps: [
        { send: report(isEx(G)) },
        {
          does: ({ igmp, now }) =>
            igmp(0).apply(igmpSettings({ robustness: 3, 'query-interval': '60s' }), now()),
          groups: { 0: [`${G} exclude=270`] },
        },
        { send: report(isEx(G2)), groups: { 0: [`${G} exclude=270`, `${G2} exclude=200`] } },
      ],
    }),
    kase('taken over from another querier', {
      steps: [
        { send: report(isEx(G)) },
        { send: query({ qrv: 4, qqic: 30 }), groups: { 0: [`${G} exclude=270`] } },
        { send: report(isEx(G2)), groups: { 0: [`${G} exclude=270`, `${G2} exclude=140`] } },
      ],
    }),
  ]),
  row(
    'B09',
    'MUST',
    'RFC 9776 §6.2.2, §8.4',
    'a group that is not reported again goes when its time is over, and no earlier',
    [SILENT_GROUP],
  ),
  row('B10', '—', 'RFC 9776 §6', 'an interface that goes down forgets what was reported there', [
    kase('at once, but for what is set, and nothing is sent there', {
      igmp: { 'static-groups': [{ group: G2 }] },
      steps: [
        { send: [report(isEx(G)), report(isEx(G), { from: '10.0.1.20' })] },
        { send: report(isEx(G), { from: '10.0.2.10' }), on: 1 },
        { send: data(), on: 3, expect: [forwarded({ on: 0 }), forwarded({ on: 1 })] },
        {
          setDown: 0,
          groups: { 0: [`${G2} exclude static`], 1: [`${G} exclude=270`, `${G2} exclude static`] },
        },
        { send: data(), on: 3, expect: [forwarded({ on: 1 })] },
        { wait: seconds(3) },
      ],
    }),
  ]),
  row('B13', '—', 'RFC 9776 §8', 'with other settings all intervals follow: 20 s, 2 s and 0.5 s', [
    queriesAt('queries at 0, 5, 25 and 45 s', SCALED, [0, 5, 25, 45], SCALED_FIELDS),
    lasts('a group lasts 44 s', SCALED, 44),
    kase('another querier is waited for 41 s', {
      ...ALONE,
      intervalsFollow: true,
      igmp: SCALED,
      steps: [
        { expect: [asks(SCALED_FIELDS)] },
        { send: query({ qqic: 20 }), wait: seconds(41), expect: [at(41, asks(SCALED_FIELDS))] },
      ],
    }),
    kase('an older host is remembered for 42 s', {
      igmp: SCALED,
      steps: [
        { send: v2Report(), wait: seconds(41.999), groups: { 0: [`${G} exclude=2.001 v2`] } },
        { wait: seconds(0.001), groups: { 0: [`${G} exclude=2`] } },
      ],
    }),
    kase('a leave takes 1 s', {
      igmp: SCALED,
      steps: [
        { send: v2Report() },
        {
          send: leave(),
          wait: seconds(0.75),
          expect: [0, 0.5].map((moment) => at(moment, asks({ group: G, qqic: 20, code: 5 }))),
          groups: { 0: [`${G} exclude=0.25 v2`] },
        },
        { wait: seconds(0.25), groups: { 0: [] } },
      ],
    }),
  ]),
  row('B14', '—', 'RFC 9776 §8', 'the time of day has nothing to do with it', [
    proof('a clock that jumps by a day with every look at it changes nothing', async () => {
      const { now } = Date;
      let day = 0;
      Date.now = () => {
        day += 1;
        return now() + 86_400_000 * day;
      };
      try {
        const result = await runCase(SILENT_GROUP, memory);
        return result.outcome === 'pass' ? undefined : result.why;
      } finally {
        Date.now = now;
      }
    }),
  ]),
];
