import { showDrops } from '../../../../src/observe/show.js';
import { seconds } from '../../../../src/time.js';
import { withOctets } from '../../../support/datagram.js';
import { kase, proof, type Row, row } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { BLACKHOLED, DUT, linkOf, REMOTE, ROUTER } from '../../topology.js';
import { echoRequest, icmp, query, spoilt, transit } from '../sends.js';

export const dropCounters: readonly Row[] = [
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
      const virtual = new VirtualRouter(configurationOf());
      virtual.host(0).send(transit({ destination: BLACKHOLED }));
      const [shown, ...others] = showDrops(virtual.lab, () => '2026-01-01T00:00:00.000Z');
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
