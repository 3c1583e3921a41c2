import { type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { HOST } from '../../topology.js';
import { G, LOCAL_SOURCE, LOWER, ROUTER, S1, S2, S3, SSM } from '../addresses.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, data, igmpDatagram, toEx, v2Report } from '../sends.js';

const FORWARDING = 'RFC 1812 §5.2.1.3';
const EVERYWHERE = [host(0, toEx(G)), host(1, toEx(G)), host(2, toEx(G))];

export const multicastForwarding: readonly Row[] = [
  row(
    'I01',
    'MUST',
    `RFC 9776 §6.3, ${FORWARDING}`,
    'one copy to each interface that wants it, and none back',
    [
      kase('three interfaces, in by a fourth', { steps: [...EVERYWHERE, passes([0, 1, 2])] }),
      kase('three interfaces, in by one of them', {
        steps: [
          ...EVERYWHERE,
          {
            send: data({ source: LOCAL_SOURCE[1] }),
            on: 1,
            expect: [forwarded({ on: 0 }), forwarded({ on: 2 })],
          },
        ],
      }),
      kase('one interface of three', { steps: [host(1, toEx(G)), passes([1])] }),
      kase('another group', { steps: [host(1, toEx(G)), ends({ destination: '239.1.1.3' })] }),
    ],
  ),
  row('I02', 'MUST', `${FORWARDING}, §4.3.2.7`, 'with TTL 1 or 0 it goes nowhere, and nobody is told', [
    kase('TTL 1', { steps: [...EVERYWHERE, ends({ ttl: 1 }, 'multicast-ttl')] }),
    kase('TTL 0', { steps: [...EVERYWHERE, ends({ ttl: 0 }, 'multicast-ttl')] }),
  ]),
  row('I03', 'MUST', FORWARDING, 'TTL is one less and the header checksum fits; all else stays as it is', [
    kase('TTL 2', { steps: [host(0, toEx(G)), passes([0], { ttl: 2 })] }),
    kase('TTL 255', { steps: [host(0, toEx(G)), passes([0], { ttl: 255 })] }),
    kase('TOS, identification, DF and an option that nobody knows', {
      steps: [
        host(0, toEx(G)),
        passes([0], { tos: 0xb8, id: 0xbeef, flags: 0x4000, options: [0x9e, 4, 1, 2] }),
      ],
    }),
  ]),
  row(
    'I05',
    'MUST',
    'RFC 5771 §4, RFC 1112 §6.1',
    '224.0.0.0/24 never leaves its link, whatever its TTL and whoever asks',
    [
      kase('mDNS with TTL 255, and hosts that report it', {
        steps: [
          host(0, toEx('224.0.0.251')),
          host(1, toEx('224.0.0.251')),
          ends({ destination: '224.0.0.251', ttl: 255 }, 'multicast-link-local'),
        ],
      }),
      kase('a static group, and a static route', {
        igmp: { 'static-groups': [{ group: '224.0.0.251' }] },
        multicast: { routes: [{ group: '224.0.0.251', in: 'p3', out: ['p0'] }] },
        ...ends({ destination: '224.0.0.251', ttl: 255 }, 'multicast-link-local'),
      }),
    ],
  ),
  row('I06', 'MUST', 'RFC 9776 §9.2', 'IGMP is never forwarded, whatever its destination and TTL', [
    kase('a version 2 report with TTL 64, while others want the group', {
      steps: [...EVERYWHERE, { send: v2Report(G, { ttl: 64 }), drop: 'igmp-ignored' }],
    }),
    kase('a version 2 report as it should be', { steps: [...EVERYWHERE, { send: v2Report(G) }] }),
    kase('from where no IGMP is run', {
      steps: [...EVERYWHERE, { send: v2Report(G, { from: HOST[3], ttl: 64 }), on: 3, drop: 'igmp-ignored' }],
    }),
    kase('a type that nobody knows here, DVMRP', {
      steps: [
        ...EVERYWHERE,
        {
          send: igmpDatagram([0x13, 1, 0, 0, 0, 0, 0, 0], { from: LOWER[0], to: G, ttl: 64 }),
          drop: 'igmp-ignored',
        },
      ],
    }),
  ]),
  row('I07', '—', FORWARDING, 'what nobody wants is dropped, neither sent to all nor answered', [
    kase('no member anywhere', ends()),
    kase('only an IGMP interface that has no member of this group', {
      steps: [host(0, toEx('239.1.1.9')), ends()],
    }),
  ]),
  row('I08', '—', FORWARDING, 'a member on the interface that it came in by needs no copy', [
    kase('the only member', {
      steps: [
        host(0, toEx(G)),
        { send: data({ source: LOCAL_SOURCE[0] }), on: 0, drop: 'multicast-no-member' },
      ],
    }),
  ]),
  row('I09', '—', 'RFC 9776 §6.3, Table 7', 'where only a source is wanted, others are not forwarded', [
    kase('INCLUDE {1}', { steps: [host(0, allow(G, S1)), ends({ source: S2 }), passes([0])] }),
    kase('each interface its own', {
      steps: [
        host(0, allow(G, S1)),
        host(1, allow(G, S2)),
        host(2, toEx(G)),
        passes([0, 2], { source: S1 }),
        passes([1, 2], { source: S2 }),
        passes([2], { source: S3 }),
      ],
    }),
  ]),
  row(
    'I10',
    '—',
    'RFC 9776 §6.3, Table 7',
    'a source that is blocked on one interface is forwarded to the others',
    [
      kase('EXCLUDE {3} beside EXCLUDE {}', {
        steps: [
          host(0, toEx(G, S3)),
          host(1, toEx(G)),
          passes([1], { source: S3 }),
          passes([0, 1], { source: S1 }),
        ],
      }),
      kase('the only interface', { steps: [host(0, toEx(G, S3)), ends({ source: S3 })] }),
    ],
  ),
  row(
    'I11',
    'MUST',
    FORWARDING,
    'it must come in by the interface towards its source, unless that is switched off',
    [
      kase('strict, which is usual', {
        steps: [...EVERYWHERE, { send: data({ source: S1 }), on: 0, drop: 'multicast-reverse-path' }],
      }),
      kase('no route to the source', {
        steps: [...EVERYWHERE, ends({ source: '10.99.0.5' }, 'multicast-reverse-path')],
      }),
      kase('off', {
        multicast: { 'reverse-path': 'off' },
        steps: [
          ...EVERYWHERE,
          { send: data({ source: S1 }), on: 0, expect: [forwarded({ on: 1 }), forwarded({ on: 2 })] },
          passes([0, 1, 2], { source: '10.99.0.5' }),
        ],
      }),
    ],
  ),
  row('I12', 'MUST', 'RFC 1812 §5.3.7', 'a source that no host can have: dropped, and nobody is told', [
    ...[
      ['0.0.0.0', 'no address'],
      ['224.1.1.1', 'a group'],
      ['255.255.255.255', 'the limited broadcast'],
      ['127.0.0.1', 'the loopback'],
      ['240.0.0.1', 'class E'],
      ['10.0.1.255', 'a broadcast of a link'],
    ].map(([source, name]) =>
      kase(name!, {
        multicast: { 'reverse-path': 'off' },
        steps: [...EVERYWHERE, ends({ source: source! }, 'martian-source')],
      }),
    ),
  ]),
  row('I13', '—', 'RFC 1812 §5.3.7', 'a source that is the router’s own, from outside: dropped', [
    kase('its address on the link', {
      steps: [...EVERYWHERE, ends({ source: ROUTER[3] }, 'martian-source')],
    }),
    kase('its address on another link', {
      multicast: { 'reverse-path': 'off' },
      steps: [...EVERYWHERE, ends({ source: ROUTER[0] }, 'martian-source')],
    }),
  ]),
  row(
    'I16',
    'MUST',
    'RFC 4607 §4, §5',
    'of 232.0.0.0/8, only sources that somebody asked for are forwarded',
    [
      kase('any-source membership makes none', {
        steps: [
          { ...host(0, toEx(SSM)), drop: 'igmp-ignored' },
          { send: v2Report(SSM), drop: 'igmp-ignored' },
          ends({ destination: SSM }),
        ],
      }),
      kase('one source', {
        steps: [
          host(0, allow(SSM, S1)),
          passes([0], { destination: SSM }),
          ends({ destination: SSM, source: S2 }),
          host(0, block(SSM, S2)),
        ],
      }),
    ],
  ),
  row('I17', '—', 'RFC 1812 §5.3.5', 'a broadcast is no multicast: who wants groups does not get it', [
    kase('the limited broadcast', {
      steps: [...EVERYWHERE, ends({ destination: '255.255.255.255' }, 'port-unreachable')],
    }),
    kase('that of the link', {
      steps: [...EVERYWHERE, ends({ destination: '10.0.4.255', source: HOST[3] }, 'broadcast')],
    }),
    kase('that of another link', {
      steps: [...EVERYWHERE, ends({ destination: '10.0.1.255' }, 'broadcast')],
    }),
  ]),
];
