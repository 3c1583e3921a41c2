import { milliseconds, seconds } from '../../../../src/time.js';
import { type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { OTHER_HOST } from '../../topology.js';
import { G, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { ends, passes } from '../scenes.js';
import {
  allow,
  block,
  isEx,
  isIn,
  leave,
  type ReportRecord,
  report,
  toEx,
  toIn,
  v1Report,
  v2Report,
} from '../sends.js';

const MODES = 'RFC 9776 §7.3.2';
const ASK_GROUP = asks({ group: G });

/** A host of version 3 beside the older one. */
const newer = (...records: readonly ReportRecord[]): Step => ({
  send: report(records, { from: OTHER_HOST[0] }),
});
const groupIs = (after: string) => ({ groups: { 0: [`${G} ${after}`] } });

export const olderHosts: readonly Row[] = [
  row(
    'F01',
    'MUST',
    `${MODES}, Table 13`,
    'a version 2 report is IS_EX of nothing, and version 2 is there for OHPI',
    [
      kase('260 seconds, while others keep the group', {
        steps: [
          { send: v2Report(), ...groupIs('exclude=270 v2') },
          passes([0]),
          { wait: seconds(200) },
          newer(isEx(G)),
          { wait: seconds(59.999), ...groupIs('exclude=210.001 v2') },
          { wait: milliseconds(1), ...groupIs('exclude=210') },
        ],
      }),
    ],
  ),
  row(
    'F02',
    'MUST',
    `${MODES}, Table 14`,
    'a version 1 report is IS_EX of nothing, and version 1 is there for OHPI',
    [
      kase('260 seconds, while others keep the group', {
        steps: [
          { send: v1Report(), ...groupIs('exclude=270 v1') },
          passes([0]),
          { wait: seconds(200) },
          newer(isEx(G)),
          { wait: seconds(59.999), ...groupIs('exclude=210.001 v1') },
          { wait: milliseconds(1), ...groupIs('exclude=210') },
        ],
      }),
    ],
  ),
  row('F03', '—', `${MODES}, Table 13`, 'in version 2 mode a leave is TO_IN of nothing', [
    kase('the group is asked about, and ends', {
      steps: [
        { send: v2Report(), wait: seconds(10) },
        { send: leave(), expect: [ASK_GROUP], ...groupIs('exclude=2 v2') },
        { wait: seconds(1.999), expect: [at(1, ASK_GROUP)] },
        passes([0]),
        { wait: milliseconds(1), groups: { 0: [] } },
        ends(),
      ],
    }),
  ]),
  row('F04', '—', MODES, 'in version 1 mode leaves and TO_IN are ignored', [
    kase('a leave', { steps: [{ send: v1Report() }, { send: leave(), ...groupIs('exclude=270 v1') }] }),
    kase('TO_IN', { steps: [{ send: v1Report() }, { ...newer(toIn(G)), ...groupIs('exclude=270 v1') }] }),
    kase('a leave of a host that speaks version 2 beside one that speaks version 1', {
      steps: [
        { send: [v2Report(), v1Report(G, { from: OTHER_HOST[0] })] },
        { send: leave(), wait: seconds(5), ...groupIs('exclude=265 v1') },
      ],
    }),
  ]),
  row('F05', '—', MODES, 'in version 1 and 2 mode BLOCK is ignored', [
    kase('version 2', {
      steps: [{ send: v2Report() }, { ...newer(block(G, S1)), ...groupIs('exclude=270 v2') }, passes([0])],
    }),
    kase('version 1', {
      steps: [{ send: v1Report() }, { ...newer(block(G, S1)), ...groupIs('exclude=270 v1') }, passes([0])],
    }),
  ]),
  row(
    'F06',
    '—',
    MODES,
    'in version 1 and 2 mode nobody excludes a source: the lists of TO_EX and IS_EX count as empty',
    [
      kase('version 2', {
        steps: [
          { send: v2Report() },
          { ...newer(toEx(G, S1)), ...groupIs('exclude=270 v2') },
          { ...newer(isEx(G, S1, S2)), ...groupIs('exclude=270 v2') },
          passes([0]),
        ],
      }),
      kase('version 1', {
        steps: [
          { send: v1Report() },
          { ...newer(toEx(G, S1)), ...groupIs('exclude=270 v1') },
          { ...newer(isEx(G, S1)), ...groupIs('exclude=270 v1') },
          passes([0]),
        ],
      }),
    ],
  ),
  row('F07', '—', MODES, 'in version 2 mode sources may be asked for, while all are forwarded', [
    kase('IS_IN and ALLOW', {
      steps: [
        { send: v2Report(), wait: seconds(10) },
        { ...newer(isIn(G, S1), allow(G, S2)), ...groupIs(`exclude=260 ${S1}=270 ${S2}=270 v2`) },
        passes([0], { source: '10.13.0.77' }),
      ],
    }),
    kase('TO_IN of a source is a question to the older host as well', {
      steps: [
        { send: v2Report(), wait: seconds(10) },
        { ...newer(toIn(G, S1)), expect: [ASK_GROUP], ...groupIs(`exclude=2 ${S1}=270 v2`) },
        { wait: milliseconds(400) },
        { send: v2Report(), ...groupIs(`exclude=270 v2`) },
        { wait: seconds(3), expect: [at(0.6, asks({ group: G, s: true }))] },
        passes([0], { source: S2 }),
      ],
    }),
  ]),
  row(
    'F08',
    '—',
    MODES,
    'when the version 1 host is forgotten, the mode is that of the oldest that is left',
    [
      kase('version 2, then version 3', {
        steps: [
          { send: v1Report(), wait: seconds(100) },
          {
            send: v2Report(G, { from: OTHER_HOST[0] }),
            wait: seconds(159.999),
            ...groupIs('exclude=110.001 v1'),
          },
          { wait: milliseconds(1), ...groupIs('exclude=110 v2') },
          { wait: seconds(50) },
          newer(isEx(G)),
          { wait: seconds(50), ...groupIs('exclude=220') },
        ],
      }),
      kase('version 3 at once', {
        steps: [
          { send: v1Report(), wait: seconds(200) },
          { ...newer(isEx(G)), wait: seconds(60), ...groupIs('exclude=210') },
        ],
      }),
    ],
  ),
  row('F09', '—', MODES, 'when the version 2 host is forgotten, sources are learnt from the next reports', [
    kase('what is excluded then is blocked one interval later', {
      steps: [
        { send: v2Report(), wait: seconds(200) },
        newer(isEx(G, S2)),
        { wait: seconds(60), ...groupIs('exclude=210') },
        { ...newer(isEx(G, S2)), ...groupIs(`exclude=270 ${S2}=270`) },
        { wait: seconds(125) },
        newer(isEx(G, S2)),
        { wait: seconds(144.999) },
        passes([0], { source: S2 }),
        { wait: milliseconds(1), ...groupIs(`exclude=125 !${S2}`) },
        ends({ source: S2 }),
        passes([0]),
      ],
    }),
  ]),
  row('F10', 'SHOULD', MODES, 'a change of mode counts at once', [
    kase('what a version 3 host blocks is forwarded when a version 2 host comes', {
      steps: [
        newer(toEx(G, S1)),
        ends(),
        { send: v2Report(), ...groupIs('exclude=270 v2') },
        passes([0]),
        { send: v1Report(), ...groupIs('exclude=270 v1') },
        { send: leave(), ...groupIs('exclude=270 v1') },
      ],
    }),
  ]),
];
