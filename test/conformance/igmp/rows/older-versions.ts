import * as ipv4 from '../../../../src/ip/header.js';
import { milliseconds, seconds } from '../../../../src/time.js';
import { ANYTHING, proof, type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { HOST } from '../../topology.js';
import { G, G2 } from '../addresses.js';
import { asks, reports } from '../expects.js';
import { FIRST_QUERY } from '../first-query.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { isEx, leave, query, toEx, v1Report, v2Report } from '../sends.js';
import { refusalFault } from '../settings-check.js';

const ONLY_V3 = { 'ignore-versions': [1, 2] } as const;

/** A message is as if it had not come, and is counted. */
const ignored = (version: 1 | 2, send: Uint8Array): Step => ({
  send,
  drop: 'igmp-ignored',
  counted: [`received ${nameOf(send, version)}`, 'refused ignored-version'],
});

const nameOf = (octets: Uint8Array, version: 1 | 2): string => {
  const type = octets[ipv4.headerLength(octets)];
  return type === 0x17 ? 'leave' : `${type === 0x11 ? 'query' : 'report'}-v${version}`;
};

const V2_ASK = asks({ version: 2, group: G });

export const olderVersions: readonly Row[] = [
  row(
    'F11',
    '—',
    'RFC 9776 §7.3.1',
    'queries follow the version of the interface, not that of a group’s hosts',
    [
      kase('a group of a version 2 host is asked about in 12 octets, and so are all', {
        generalQueries: true,
        igmpOn: { 1: 'none', 2: 'none' },
        steps: [
          { wait: seconds(100), expect: [at(30.25, asks())] },
          { send: v2Report(), wait: seconds(60), expect: [at(55.25, asks())] },
          { send: leave(), wait: seconds(2), expect: [asks({ group: G }), at(1, asks({ group: G }))] },
        ],
      }),
      kase('a version 1 host changes nothing either', {
        generalQueries: true,
        igmpOn: { 1: 'none', 2: 'none' },
        send: v1Report(),
        wait: seconds(31),
        expect: [at(30.25, asks())],
      }),
    ],
  ),
  row(
    'F12',
    'SHOULD',
    'RFC 9776 §7.3.1',
    'a router may be told to take no version 1 and 2 messages at all, and is not unless told',
    [
      kase('unless told, it takes both', {
        send: [v1Report(G), v2Report(G2)],
        groups: { 0: [`${G} exclude=270 v1`, `${G2} exclude=270 v2`] },
      }),
      kase('reports and leaves', {
        igmp: ONLY_V3,
        steps: [
          ignored(1, v1Report(G)),
          ignored(2, v2Report(G)),
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270`] } },
          { ...ignored(2, leave(G)), wait: seconds(3), groups: { 0: [`${G} exclude=267`] } },
        ],
      }),
      kase('one of them', {
        igmp: { 'ignore-versions': [1] },
        steps: [ignored(1, v1Report(G)), { send: v2Report(G), groups: { 0: [`${G} exclude=270 v2`] } }],
      }),
      kase('on that interface alone', {
        igmpOn: { 0: ONLY_V3 },
        send: v2Report(G, { from: HOST[1] }),
        on: 1,
        groups: { 0: [], 1: [`${G} exclude=270 v2`] },
      }),
      kase('queries: nobody is elected by them, and version 3 is spoken on', {
        igmp: ONLY_V3,
        igmpOn: { 1: 'none', 2: 'none' },
        generalQueries: true,
        steps: [
          ignored(1, query({ version: 1 })),
          ignored(2, query({ version: 2 })),
          { wait: seconds(31), expect: [at(30.25, asks())] },
        ],
      }),
      kase('queries about a group lower no timer', {
        igmp: ONLY_V3,
        steps: [
          host(0, isEx(G)),
          { ...ignored(2, query({ version: 2, group: G })), groups: { 0: [`${G} exclude=270`] } },
        ],
      }),
      kase('the router’s own membership is told in version 3', {
        igmp: { ...ONLY_V3, 'join-groups': [{ group: G }] },
        igmpOn: { 1: 'none', 2: 'none' },
        steps: [
          { wait: seconds(2), expect: ANYTHING },
          { send: query({ version: 2 }), drop: 'igmp-ignored', wait: seconds(20) },
          { send: query(), wait: seconds(10), expect: [reports(isEx(G))] },
        ],
      }),
      proof('an interface cannot ignore the version that it speaks', () =>
        refusalFault({ version: 2, 'ignore-versions': [2] }),
      ),
    ],
  ),
  row(
    'F13',
    'MUST',
    'RFC 2236 §3, RFC 9776 §7.3.1',
    'set to version 2, it asks in 8 octets and takes no version 3 reports',
    [
      kase('the first general query', {
        ...FIRST_QUERY,
        igmp: { version: 2 },
        expect: [asks({ version: 2 })],
      }),
      kase('a leave is followed by LMQC queries', {
        igmp: { version: 2 },
        steps: [
          { send: v2Report(), wait: seconds(10), groups: { 0: [`${G} exclude=260 v2`] } },
          { send: leave(), wait: seconds(1.999), expect: [V2_ASK, at(1, V2_ASK)] },
          passes([0]),
          { wait: milliseconds(1), groups: { 0: [] } },
          ends(),
        ],
      }),
      kase('a version 3 report is ignored', {
        igmp: { version: 2 },
        ...host(0, toEx(G)),
        drop: 'igmp-ignored',
        counted: ['received report-v3', 'refused wrong-version'],
        groups: { 0: [] },
      }),
    ],
  ),
  row(
    'F14',
    'MUST',
    'RFC 9776 §7.3.1, RFC 1112 Appendix I',
    'set to version 1, its queries have code 0 and leaves are ignored',
    [
      kase('the first general query', {
        ...FIRST_QUERY,
        igmp: { version: 1 },
        expect: [asks({ version: 1 })],
      }),
      kase('a leave', {
        igmp: { version: 1 },
        steps: [
          { send: [v1Report(), v2Report()] },
          {
            send: leave(),
            wait: seconds(5),
            drop: 'igmp-ignored',
            counted: ['received leave', 'refused wrong-version'],
            groups: { 0: [`${G} exclude=265 v1`] },
          },
        ],
      }),
    ],
  ),
  row(
    'F15',
    '—',
    'RFC 2236 §3, RFC 1112 Appendix I',
    'what a Linux host says in version 2 and 1 mode is understood',
    [
      kase('version 2: two reports to the group, a leave to 224.0.0.2', {
        steps: [
          { send: v2Report(G, { to: G }), wait: seconds(7) },
          { send: v2Report(G, { to: G }), groups: { 0: [`${G} exclude=270 v2`] } },
          {
            send: leave(G, { to: '224.0.0.2' }),
            wait: seconds(2),
            expect: [asks({ group: G }), at(1, asks({ group: G }))],
            groups: { 0: [] },
          },
        ],
      }),
      kase('version 1: no leave, so the group ends with its timer', {
        steps: [
          { send: v1Report(), wait: seconds(269.999) },
          passes([0]),
          { wait: milliseconds(1), groups: { 0: [] } },
          ends(),
        ],
      }),
    ],
  ),
  row(
    'F16',
    '—',
    'RFC 9776 §7.2.1, §8.12',
    'a host that returns to version 3 says nothing of it, and its group stays',
    [
      kase('until it answers the next general query', {
        steps: [
          { send: v2Report(), wait: seconds(125) },
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270 v2`] } },
          { wait: seconds(125) },
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270 v2`] } },
          { wait: seconds(125), groups: { 0: [`${G} exclude=145`] } },
          passes([0]),
        ],
      }),
    ],
  ),
];
