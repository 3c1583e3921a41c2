import * as ipv4 from '../../../../src/ip/header.js';
import { pattern } from '../../../support/datagram.js';
import { kase, type Row, row, type Step } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { GATEWAY, HOST, type PortNumber, REMOTE, ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { echoRequest, query, transit } from '../sends.js';

/** A neighbor says where it is, to the router, which ignores what it says. */
const announcement = (on: PortNumber, source: string): Step => ({
  send: query(0, { source, destination: ROUTER[on], data: [] }),
  on,
  drop: 'icmp-ignored',
});

const noRoute = error({ on: 0, type: 3, code: 0 });
const hostUnreachable = error({ on: 0, type: 3, code: 1 });

/** What no longer works, and what does, while the device of port 1 is down or gone. */
const withoutPort1: readonly Step[] = [
  { send: transit(), on: 0, expect: [noRoute], drop: 'no-route' },
  { send: transit({ destination: HOST[1] }), on: 0, expect: [hostUnreachable], drop: 'host-unreachable' },
  { send: transit({ destination: REMOTE[2] }), on: 0, expect: [forwarded({ on: 2 })] },
  { send: echoRequest(), on: 0, expect: [echoReply({ on: 0 })] },
  { send: echoRequest({ source: HOST[2] }), on: 2, expect: [echoReply({ on: 2 })] },
];

const DF = { flags: ipv4.FLAG_DONT_FRAGMENT } as const;

export const interfaces: readonly Row[] = [
  row('IF1', 'MUST', 'RFC 1812 §5.3.12.3', 'what led over a port that goes down leads there no longer', [
    kase('its routes are withdrawn, its hosts unreachable, and all else goes on', {
      steps: [{ send: transit(), on: 0, expect: [forwarded({ on: 1 })] }, { setDown: 1 }, ...withoutPort1],
    }),
    kase('a second-best route takes over', {
      steps: [
        { send: transit({ destination: '10.60.0.5' }), on: 0, expect: [forwarded({ on: 1 })] },
        { setDown: 1 },
        { send: transit({ destination: '10.60.0.5' }), on: 0, expect: [forwarded({ on: 2 })] },
      ],
      topology: {
        routes: [
          { to: '10.60.0.0/16', via: [GATEWAY[1]], metric: 1 },
          { to: '10.60.0.0/16', via: [GATEWAY[2]], metric: 2 },
        ],
      },
    }),
    kase('of two equal ways the other one takes all', {
      steps: [
        { setDown: 1 },
        {
          send: manyFlows(),
          on: 0,
          expect: manyFlows().map((_, of) => forwarded({ on: 2, of })),
        },
      ],
    }),
    kase('a shorter prefix takes over', {
      steps: [
        { setDown: 3 },
        { send: transit({ destination: '10.40.5.5' }), on: 0, expect: [forwarded({ on: 2 })] },
        { setDown: 2 },
        { send: transit({ destination: '10.40.5.5' }), on: 0, expect: [forwarded({ on: 1 })] },
      ],
    }),
    kase('an answer that would leave by it does not', {
      steps: [{ setDown: 1 }, { send: echoRequest({ source: REMOTE[1] }), on: 0 }],
    }),
  ]),
  row('IF2', 'MUST', 'RFC 1812 §5.3.12.4', 'what led over a port leads there again once it is up', [
    kase('down and up', {
      steps: [
        { setDown: 1 },
        ...withoutPort1,
        { setUp: 1 },
        announcement(1, GATEWAY[1]),
        announcement(1, HOST[1]),
        { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
        { send: transit({ destination: HOST[1] }), on: 0, expect: [forwarded({ on: 1 })] },
      ],
    }),
    kase('up before its gateway has said anything: the route is there, the gateway is not', {
      steps: [
        { setDown: 1 },
        { setUp: 1 },
        { send: transit(), on: 0, expect: [hostUnreachable], drop: 'host-unreachable' },
        announcement(1, GATEWAY[1]),
        { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
      ],
      notOnLinux: 'without link addresses it asks nobody where a gateway is',
    }),
    kase('five times down and up', {
      steps: [
        ...Array.from({ length: 5 }, (): Step[] => [{ setDown: 1 }, { setUp: 1 }]).flat(),
        announcement(1, GATEWAY[1]),
        { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
      ],
    }),
  ]),
  row('IF3', 'MUST', 'RFC 1812 §5.3.12.3', 'a device that is deleted takes only its own port with it', [
    kase('the other ports forward and answer', { steps: [{ remove: 1 }, ...withoutPort1] }),
    kase('the port that the answer would leave by', {
      steps: [
        { remove: 0 },
        {
          send: transit({ source: HOST[1], destination: HOST[0] }),
          on: 1,
          expect: [error({ on: 1, type: 3, code: 1 })],
          drop: 'host-unreachable',
        },
        { send: transit({ source: HOST[1], destination: REMOTE[2] }), on: 1, expect: [forwarded({ on: 2 })] },
      ],
    }),
  ]),
  row('IF4', '—', 'RFC 1191 §4, RFC 5837 §4', 'a port with another MTU uses it at once', [
    kase('a smaller one is told, and cuts', {
      steps: [
        { send: transit({ ...DF, payload: pattern(480) }), on: 0, expect: [forwarded({ on: 1 })] },
        { setMtu: { 1: 400 } },
        {
          send: transit({ ...DF, payload: pattern(480) }),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 4, parameter: 400 })],
          drop: 'would-fragment',
        },
        { send: transit({ ...DF, payload: pattern(380) }), on: 0, expect: [forwarded({ on: 1 })] },
      ],
    }),
    kase('a larger one lets pass what was too long', {
      steps: [
        {
          send: transit({ ...DF, destination: REMOTE[2], payload: pattern(600) }),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
          drop: 'would-fragment',
        },
        { setMtu: { 2: 1500 } },
        {
          send: transit({ ...DF, destination: REMOTE[2], payload: pattern(600) }),
          on: 0,
          expect: [forwarded({ on: 2 })],
        },
      ],
    }),
    kase('a quote fits the new one', {
      steps: [
        { setMtu: { 0: 100 } },
        {
          send: transit({ ttl: 1, payload: pattern(80) }),
          on: 0,
          expect: [error({ on: 0, type: 11, code: 0, longest: 100, mayQuoteForwarded: true })],
          drop: 'ttl-expired',
        },
      ],
    }),
  ]),
];

function manyFlows(): Uint8Array[] {
  return Array.from({ length: 20 }, (_, at) => transit({ destination: `10.30.0.${at + 1}` }));
}
