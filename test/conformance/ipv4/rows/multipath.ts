import * as ipv4 from '../../../../src/ip/header.js';
import { ANYTHING, kase, type Row, row, type Step } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { GATEWAY, ROUTER, type RouteWords } from '../../topology.js';
import { error } from '../expects.js';
import { errorInFlow, FLOWS, inFragments, L4, manyFlows, ofFlow } from '../flows.js';
import { ratioFault, splitFault, spreadFault } from '../judgement.js';
import { query, transit } from '../sends.js';

const ALTERNATIVES: readonly RouteWords[] = [
  { to: '10.70.0.0/16', via: [GATEWAY[1]], metric: 10 },
  { to: '10.70.0.0/16', via: [GATEWAY[2]], metric: 20 },
];
const ALTERNATIVE = '10.70.0.5';

const byAlternative = transit({ destination: ALTERNATIVE });

/** Somebody on port 1 says who he is, once his device is up again. */
const announceGateway: Step = {
  send: query(0, { source: GATEWAY[1], destination: ROUTER[1], data: [] }),
  on: 1,
  drop: 'icmp-ignored',
};

export const multipath: readonly Row[] = [
  row('RT10', '—', 'RFC 1812 §5.2.4.3 (4), §5.2.4.5', 'the lower metric wins, always', [
    kase('metric 10 before metric 20', {
      topology: { routes: ALTERNATIVES },
      send: byAlternative,
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('whichever was there first', {
      topology: { routes: [...ALTERNATIVES].reverse() },
      send: byAlternative,
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row(
    'RT11',
    '—',
    'RFC 1812 §5.2.1.2 (9), RFC 2992 §2',
    'of several equal ways a flow keeps one, its fragments too',
    [
      kase('by addresses: what a flow sends, whole and in fragments', {
        steps: FLOWS.map((flow) => ({
          send: [ofFlow(flow), ...inFragments(flow), ofFlow(flow)],
          on: 0,
          expect: ANYTHING,
        })),
        judge: (outputs) => spreadFault(outputs, 160, [1, 2]) ?? splitFault(outputs, ipv4.identification),
      }),
      kase('by ports: what a flow sends whole', {
        settings: L4,
        steps: FLOWS.map((flow) => ({ send: [ofFlow(flow), ofFlow(flow)], on: 0, expect: ANYTHING })),
        judge: (outputs) => spreadFault(outputs, 80, [1, 2]) ?? splitFault(outputs, ipv4.identification),
      }),
      kase('by ports: the fragments of a datagram', {
        settings: L4,
        steps: FLOWS.map((flow) => ({ send: inFragments(flow), on: 0, expect: ANYTHING })),
        judge: (outputs) => spreadFault(outputs, 80, [1, 2]) ?? splitFault(outputs, ipv4.identification),
      }),
      kase('by ports: fragments go the way of their flow', {
        settings: L4,
        steps: FLOWS.map((flow) => ({ send: [ofFlow(flow), ...inFragments(flow)], on: 0, expect: ANYTHING })),
        judge: (outputs) => spreadFault(outputs, 120, [1, 2]) ?? splitFault(outputs, ipv4.identification),
      }),
    ],
  ),
  row('RT12', '—', 'RFC 2992 §2', 'over many flows the ways get their weights, give or take 15 %', [
    kase('2 to 1', {
      steps: manyFlows('10.31'),
      judge: (outputs) => spreadFault(outputs, 3000, [1, 2]) ?? ratioFault(outputs, [1, 2], 2),
    }),
    kase('11 to 45', {
      topology: { routes: [{ to: '10.71.0.0/16', via: [GATEWAY[1], GATEWAY[2]], weights: [11, 45] }] },
      steps: manyFlows('10.71'),
      judge: (outputs) => spreadFault(outputs, 3000, [1, 2]) ?? ratioFault(outputs, [2, 1], 45 / 11),
    }),
  ]),
  row('RT13', '—', 'RFC 2992 §1', 'an ICMP error takes the way of the flow that it is about', [
    kase('by addresses', {
      steps: FLOWS.map((flow) => ({ send: [ofFlow(flow), errorInFlow(flow)], on: 0, expect: ANYTHING })),
      judge: (outputs) => spreadFault(outputs, 80, [1, 2]) ?? splitFault(outputs, ipv4.destination),
    }),
    kase('by ports', {
      settings: L4,
      steps: FLOWS.map((flow) => ({ send: [ofFlow(flow), errorInFlow(flow)], on: 0, expect: ANYTHING })),
      judge: (outputs) => spreadFault(outputs, 80, [1, 2]) ?? splitFault(outputs, ipv4.destination),
    }),
  ]),
  row(
    'RT14',
    'MUST',
    'RFC 1812 §5.3.12.3',
    'routes through a port that is down give way to others, or to 3/0',
    [
      kase('another route takes over', {
        topology: { routes: ALTERNATIVES },
        steps: [
          { send: byAlternative, on: 0, expect: [forwarded({ on: 1 })] },
          { setDown: 1 },
          { send: byAlternative, on: 0, expect: [forwarded({ on: 2 })] },
        ],
      }),
      kase('no other route is 3/0', {
        steps: [
          { setDown: 1 },
          { send: transit(), on: 0, expect: [error({ on: 0, type: 3, code: 0 })], drop: 'no-route' },
        ],
      }),
      kase('of equal ways the one that is left takes all', {
        steps: [
          { setDown: 1 },
          {
            send: FLOWS.map((flow) => ofFlow(flow)),
            on: 0,
            expect: FLOWS.map((of) => forwarded({ on: 2, of })),
          },
        ],
      }),
      kase('the route comes back with its port', {
        topology: { routes: ALTERNATIVES },
        steps: [
          { setDown: 1 },
          { setUp: 1 },
          announceGateway,
          { send: byAlternative, on: 0, expect: [forwarded({ on: 1 })] },
        ],
      }),
    ],
  ),
];
