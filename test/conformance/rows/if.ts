import * as ipv4 from '../../../src/ip/header.js';
import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import { showDrops } from '../../../src/observe/show.js';
import { seconds } from '../../../src/time.js';
import { pattern, withOctets } from '../../support/datagram.js';
import { ANYTHING, kase, type PortNumber, proof, type Row, row, type Step } from '../case.js';
import { echoReply, error, forwarded, passedOn } from '../expectation.js';
import { faultAfterMutations, loopFault, mutations } from '../robustness-proofs.js';
import { echoRequest, icmp, query, spoilt, transit } from '../stimulus.js';
import {
  BLACKHOLED,
  configurationOf,
  DUT,
  GATEWAY,
  HOST,
  hostOf,
  linkOf,
  REMOTE,
  ROUTER,
} from '../topology.js';

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
        { setMtu: 1, mtu: 400 },
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
        { setMtu: 2, mtu: 1500 },
        {
          send: transit({ ...DF, destination: REMOTE[2], payload: pattern(600) }),
          on: 0,
          expect: [forwarded({ on: 2 })],
        },
      ],
    }),
    kase('a quote fits the new one', {
      steps: [
        { setMtu: 0, mtu: 100 },
        {
          send: transit({ ttl: 1, payload: pattern(80) }),
          on: 0,
          expect: [error({ on: 0, type: 11, code: 0, longest: 100, mayQuoteForwarded: true })],
          drop: 'ttl-expired',
        },
      ],
    }),
  ]),

  row('IF5', 'MUST', 'RFC 1122 §3.2.1.8', 'no octets, however wrong, stop the router', [
    kase('300 mutated datagrams, then an echo request', {
      steps: [
        { send: mutations(300, 5), on: 0, expect: ANYTHING },
        { send: echoRequest({ sequence: 4711 }), on: 0, expect: [echoReply({ on: 0 })] },
      ],
      virtualOnly: 'fragments in it are answered half a minute later',
      notOnLinux: 'fragments in it are answered half a minute later',
    }),
    proof('100,000 mutated datagrams: the book adds up, little is held, all that comes out is in order', () =>
      faultAfterMutations(100_000),
    ),
  ]),

  row('IF6', '—', 'RFC 791 §3.2', 'what goes in circles ends with its TTL', [
    kase('a neighbor sends everything back', {
      steps: [
        { send: transit({ ttl: 3 }), on: 0, expect: [forwarded({ on: 1 })] },
        { send: passedOn(transit({ ttl: 3 })), on: 1, expect: [forwarded({ on: 1 })] },
        {
          send: passedOn(passedOn(transit({ ttl: 3 }))),
          on: 1,
          expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
          drop: 'ttl-expired',
        },
      ],
    }),
    kase('a route by way of the router itself', {
      send: transit({ destination: '10.60.0.5' }),
      on: 0,
      expect: [hostUnreachable],
      drop: 'host-unreachable',
      topology: { routes: [{ to: '10.60.0.0/16', via: [ROUTER[1]] }] },
      notOnLinux: 'it takes no such route',
    }),
    proof('two routers that send all to each other: one 11/0 from where the TTL runs out', () =>
      [1, 2, 63, 64, 255].map(loopFault).find((fault) => fault !== undefined),
    ),
  ]),

  row('IF7', 'SHOULD', 'RFC 1812 §4.2.1', 'every silent drop is counted by its reason', [
    ...(
      [
        ['19 octets', transit().subarray(0, 19), 'too-short'],
        ['version 5', spoilt(transit(), 0, 0x55), 'bad-version'],
        ['IPv6', spoilt(transit(), 0, 0x65), 'ipv6'],
        ['a header of 4 words', spoilt(transit(), 0, 0x44), 'bad-header-length'],
        ['a total length of 19', withOctets(transit(), 2, 0, 19), 'bad-total-length'],
        ['a wrong checksum', spoilt(transit(), 10, 0, 1), 'bad-checksum'],
        ['a source of nobody', transit({ source: '127.0.0.1' }), 'martian-source'],
        ['a destination of nobody', transit({ destination: '127.0.0.1' }), 'martian-destination'],
        ['a blackhole', transit({ destination: BLACKHOLED }), 'blackhole'],
        ['the broadcast address of another link', transit({ destination: '10.0.2.255' }), 'broadcast'],
        ['a group of the link', transit({ destination: '224.0.0.99' }), 'multicast-link-local'],
        ['a group without members', transit({ destination: '239.1.2.3' }), 'multicast-no-member'],
        ['an answer that nobody asked for', query(0), 'icmp-ignored'],
        [
          'an ICMP message of 4 octets',
          transit({ destination: ROUTER[0], protocol: 1, payload: icmp(8, 0, []) }),
          'icmp-malformed',
        ],
        ['a wrong ICMP checksum', spoilt(echoRequest(), 22, 0, 0), 'icmp-bad-checksum'],
      ] as const
    ).map(([title, octets, drop]) => kase(title, { send: octets, on: 0, drop, notOnLinux: 'it names none' })),
    kase('a source by another way than the one back', {
      send: transit({ source: REMOTE[2] }),
      on: 0,
      drop: 'reverse-path',
      settings: { ip: { 'reverse-path': 'strict' } },
    }),
    kase('a port where nothing transits', {
      send: transit(),
      on: 0,
      drop: 'forwarding-off',
      topology: { forwardingOff: [0] },
    }),
    kase('a fragment whose others do not come', {
      steps: [
        { send: echoRequest({ offset: 64 }), on: 0 },
        { wait: seconds(61), drop: 'reassembly-timeout' },
      ],
      virtualOnly: 'it takes half a minute',
    }),
    proof('what is counted is shown, with router, interface, reason, octets and time', () => {
      const lab = new VirtualLab(configurationOf(kase('', { steps: [] })));
      lab.host(hostOf(0), linkOf(0)).send(transit({ destination: BLACKHOLED }));
      const [shown, ...others] = showDrops(lab.lab, () => '2026-01-01T00:00:00.000Z');
      const wanted = {
        router: DUT,
        interface: `${DUT}.${linkOf(0)}`,
        reason: 'blackhole',
        packets: 1,
        octets: transit().length,
        lastSeen: '2026-01-01T00:00:00.000Z',
      };
      const isAsWanted = others.length === 0 && JSON.stringify(shown) === JSON.stringify(wanted);
      return isAsWanted ? undefined : `shown as ${JSON.stringify([shown, ...others])}`;
    }),
  ]),
];

function manyFlows(): Uint8Array[] {
  return Array.from({ length: 20 }, (_, at) => transit({ destination: `10.30.0.${at + 1}` }));
}
