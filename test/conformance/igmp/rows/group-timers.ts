import { milliseconds, seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { G, S1, S2, S3 } from '../addresses.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, isEx, isIn, report, toEx, toIn } from '../sends.js';

const JUST_BEFORE = milliseconds(1);

export const groupTimers: readonly Row[] = [
  row('E13', '—', 'RFC 9776 §6.2', 'a group that nobody spoke of is INCLUDE of no source', [
    kase('IS_IN', { ...host(0, isIn(G, S1)), groups: { 0: [`${G} include ${S1}=270`] } }),
    kase('ALLOW', { ...host(0, allow(G, S1)), groups: { 0: [`${G} include ${S1}=270`] } }),
    kase('TO_IN', { ...host(0, toIn(G, S1)), groups: { 0: [`${G} include ${S1}=270`] } }),
    kase('IS_EX', { ...host(0, isEx(G, S1)), groups: { 0: [`${G} exclude=270 !${S1}`] } }),
    kase('TO_EX', { ...host(0, toEx(G, S1)), groups: { 0: [`${G} exclude=270 !${S1}`] } }),
    kase('BLOCK makes none', { ...host(0, block(G, S1)), groups: { 0: [] } }),
  ]),
  row(
    'E14',
    '—',
    'RFC 9776 §6.2.2, §6.5',
    'when the group timer ends, sources whose timers run stay, in INCLUDE',
    [
      kase('one of two', {
        steps: [
          { ...host(0, toEx(G, S2)), wait: seconds(100) },
          { ...host(0, allow(G, S1)), wait: seconds(169.999) },
          { groups: { 0: [`${G} exclude=0.001 ${S1}=100.001 !${S2}`] } },
          passes([0], { source: S3 }),
          { wait: JUST_BEFORE, groups: { 0: [`${G} include ${S1}=100`] }, events: [`expire ${G}`] },
          passes([0]),
          ends({ source: S2 }),
          ends({ source: S3 }),
        ],
      }),
    ],
  ),
  row(
    'E15',
    '—',
    'RFC 9776 §6.2.2',
    'when the group timer ends and no source is asked for, the group is gone',
    [
      kase('a blocked source is forgotten with it', {
        steps: [
          { ...host(0, toEx(G, S2)), wait: seconds(269.999), groups: { 0: [`${G} exclude=0.001 !${S2}`] } },
          passes([0]),
          { wait: JUST_BEFORE, groups: { 0: [] }, events: [`expire ${G}`] },
          ends(),
        ],
      }),
    ],
  ),
  row(
    'E16',
    '—',
    'RFC 9776 §6.2.3, §6.3',
    'in INCLUDE a source goes with its timer, and the group with the last',
    [
      kase('two sources, a hundred seconds apart', {
        steps: [
          { ...host(0, allow(G, S1)), wait: seconds(100) },
          { ...host(0, allow(G, S2)), wait: seconds(170) },
          { groups: { 0: [`${G} include ${S2}=100`] } },
          ends(),
          passes([0], { source: S2 }),
          { wait: seconds(100), groups: { 0: [] }, events: [`expire ${G} ${S2}`] },
          ends({ source: S2 }),
        ],
      }),
    ],
  ),
  row('E17', '—', 'RFC 9776 §6.3', 'in EXCLUDE a source whose timer ends is blocked, and remembered', [
    kase('the group is refreshed, the source is not', {
      steps: [
        { ...host(0, toEx(G), allow(G, S1)), wait: seconds(100) },
        // Another host, which would exclude it.
        { ...host(0, isEx(G, S1)), groups: { 0: [`${G} exclude=270 ${S1}=170`] } },
        { wait: seconds(169.999) },
        passes([0]),
        { wait: JUST_BEFORE, groups: { 0: [`${G} exclude=100 !${S1}`] }, events: [`expire ${G} ${S1}`] },
        ends(),
        passes([0], { source: S2 }),
      ],
    }),
  ]),
  row('E18', '—', 'RFC 9776 §6.2.3', 'a source has the whole interval again whenever a record asks for it', [
    kase('each of the records that ask for sources', {
      steps: [
        { ...host(0, allow(G, S1)), wait: seconds(200) },
        { ...host(0, isIn(G, S1)), groups: { 0: [`${G} include ${S1}=270`] }, wait: seconds(0) },
        { wait: seconds(200) },
        { ...host(0, toIn(G, S1)), groups: { 0: [`${G} include ${S1}=270`] } },
        { wait: seconds(200) },
        { ...host(0, allow(G, S1)), groups: { 0: [`${G} include ${S1}=270`] } },
        passes([0]),
      ],
    }),
    kase('and no source that a record does not name', {
      steps: [
        { ...host(0, allow(G, S1, S2)), wait: seconds(200) },
        { ...host(0, allow(G, S2)), groups: { 0: [`${G} include ${S1}=70 ${S2}=270`] } },
      ],
    }),
    kase('in EXCLUDE as well', {
      steps: [
        { send: report([toEx(G), allow(G, S1)]), wait: seconds(200) },
        { ...host(0, isIn(G, S1)), groups: { 0: [`${G} exclude=70 ${S1}=270`] } },
      ],
    }),
  ]),
];
