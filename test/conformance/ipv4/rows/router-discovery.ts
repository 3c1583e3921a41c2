import { milliseconds, seconds } from '../../../../src/time.js';
import { addressOctets, datagram } from '../../../support/datagram.js';
import { ANYTHING, kase, proof, type Row, row, type Step } from '../../case.js';
import { type Expectation, originated } from '../../expectation.js';
import { HOST, PORTS, type PortNumber, REMOTE, ROUTER } from '../../topology.js';
import { farewells } from '../proofs/queries.js';
import { icmp, query, spoilt, transit } from '../sends.js';

const DISCOVERY = { icmp: { 'router-discovery': true } } as const;
const LIFETIME = 1800;

/** To all systems, one hop far, from the primary address: all addresses of the port, none preferred. */
const advertised = (addresses: readonly string[], lifetime = LIFETIME): Uint8Array =>
  datagram({
    tos: 0xc0,
    ttl: 1,
    protocol: 1,
    source: addresses[0]!,
    destination: '224.0.0.1',
    payload: icmp(9, 0, [
      ...[addresses.length, 2, lifetime >>> 8, lifetime & 255],
      ...addresses.flatMap((address) => [...addressOctets(address), 0, 0, 0, 0]),
    ]),
  });

const advertisement = (on: PortNumber, addresses: readonly string[] = [ROUTER[on]]): Expectation =>
  originated(on, advertised(addresses));

const everywhere: readonly Expectation[] = PORTS.map((on) => advertisement(on));

const solicitation = (fields: Parameters<typeof query>[1] = {}): Uint8Array =>
  query(10, { identifier: 0, sequence: 0, data: [], ttl: 1, destination: '224.0.0.2', ...fields });

/** The first three advertisements are past, and the next is minutes away. */
const settled: readonly Step[] = [
  { wait: milliseconds(0), expect: everywhere },
  { wait: seconds(16), expect: everywhere },
  { wait: seconds(16), expect: everywhere },
  { wait: seconds(30) },
];

const IN_MINUTES = { settings: DISCOVERY, virtualOnly: 'it takes minutes' } as const;

export const routerDiscovery: readonly Row[] = [
  row('QU9', 'MUST', 'RFC 1812 §4.3.3.10, RFC 1256 §4', 'who asks for routers is told within two seconds', [
    kase('off by default', {
      steps: [{ send: solicitation(), on: 0, drop: 'icmp-ignored' }, { wait: seconds(3) }],
    }),
    ...(
      [
        ['all routers', {}],
        ['everybody', { destination: '255.255.255.255' }],
        ['the router alone', { destination: ROUTER[0] }],
        ['all routers, without an address', { source: '0.0.0.0' }],
        ['everybody, without an address', { source: '0.0.0.0', destination: '255.255.255.255' }],
        ['all routers, with octets that mean nothing yet', { data: [1, 2, 3, 4] }],
      ] as const
    ).map(([title, fields]) =>
      kase(`asked of ${title}: all on that port hear it`, {
        steps: [
          ...settled,
          { send: solicitation(fields), on: 0 },
          { wait: seconds(2), expect: [advertisement(0)] },
          { wait: seconds(60) },
        ],
        ...IN_MINUTES,
      }),
    ),
    kase('two addresses on the port are both told', {
      steps: [
        { wait: seconds(40), expect: ANYTHING },
        { send: solicitation({ source: '10.1.1.10' }), on: 0 },
        { wait: seconds(2), expect: [advertisement(0, ['10.0.1.1', '10.1.1.1'])] },
      ],
      topology: { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/24'] } },
      ...IN_MINUTES,
    }),
    kase('asked twenty times, one after the other', {
      steps: [
        ...settled,
        ...Array.from({ length: 20 }, (): Step[] => [
          { send: solicitation(), on: 0 },
          { wait: seconds(2), expect: [advertisement(0)] },
        ]).flat(),
      ],
      ...IN_MINUTES,
    }),
    kase('ten who ask at once are told once', {
      steps: [
        ...settled,
        { send: Array.from({ length: 10 }, (_, at) => solicitation({ source: `10.0.1.${at + 50}` })), on: 0 },
        { wait: seconds(2), expect: [advertisement(0)] },
        { wait: seconds(60) },
      ],
      ...IN_MINUTES,
    }),
    ...(
      [
        ['with another code', solicitation({ code: 1 }), 'icmp-malformed'],
        ['with a wrong checksum', spoilt(solicitation(), 22, 0, 0), 'icmp-bad-checksum'],
        [
          'with four octets only',
          transit({ destination: '224.0.0.2', protocol: 1, payload: icmp(10, 0, []) }),
          'icmp-malformed',
        ],
        ['from off the link', solicitation({ source: REMOTE[0] }), 'icmp-ignored'],
        ['from a host of another port', solicitation({ source: HOST[1] }), 'icmp-ignored'],
        ['asked of all systems', solicitation({ destination: '224.0.0.1' }), 'icmp-ignored'],
      ] as const
    ).map(([title, send, drop]) =>
      kase(`not heeded: ${title}`, {
        steps: [...settled, { send, on: 0, drop }, { wait: seconds(10) }],
        ...IN_MINUTES,
      }),
    ),
  ]),
  row('QU10', 'MUST', 'RFC 1256 §4.1, §4.3', 'routers tell from time to time that they are there', [
    kase('at once, after 16 and 32 seconds, then every 450 to 600 seconds', {
      steps: [
        { wait: milliseconds(0), expect: everywhere },
        { wait: seconds(15.9) },
        { wait: seconds(0.1), expect: everywhere },
        { wait: seconds(15.9) },
        { wait: seconds(0.1), expect: everywhere },
        { wait: seconds(449.9) },
        { wait: seconds(150.1), expect: everywhere },
      ],
      ...IN_MINUTES,
    }),
    kase('never when switched off', { steps: [{ wait: seconds(700) }], virtualOnly: 'it takes minutes' }),
    kase('a port that comes up tells it anew', {
      steps: [
        { wait: seconds(100), expect: ANYTHING },
        { setDown: 1 },
        { wait: seconds(10) },
        { setUp: 1 },
        { wait: seconds(0.1), expect: [advertisement(1)] },
        { wait: seconds(16), expect: [advertisement(1)] },
        { wait: seconds(16), expect: [advertisement(1)] },
      ],
      ...IN_MINUTES,
    }),
    kase('an unnumbered port has nothing to tell', {
      steps: [{ wait: milliseconds(0), expect: [advertisement(0), advertisement(1), advertisement(2)] }],
      topology: { addresses: { 3: [] } },
      ...IN_MINUTES,
    }),
    proof('a router that stops takes back what it told: lifetime 0 on every port', () => {
      const got = farewells(DISCOVERY, seconds(100));
      const wanted = PORTS.map((on) => advertised([ROUTER[on]], 0));
      const isAsWanted = wanted.every((octets, at) =>
        Buffer.from(octets.subarray(20)).equals(got[at]!.subarray(20)),
      );
      return got.length === wanted.length && isAsWanted ? undefined : `${got.length} datagrams came out`;
    }),
    proof('a router that stops before it told anything says nothing', () => {
      const got = farewells({}, seconds(100));
      return got.length === 0 ? undefined : `${got.length} datagrams came out`;
    }),
  ]),
];
