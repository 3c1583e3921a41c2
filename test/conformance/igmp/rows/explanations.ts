import { type Row, row } from '../../case.js';
import { G, S1, S2, SSM } from '../addresses.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { data, record, toEx } from '../sends.js';

export const explanations: readonly Row[] = [
  row(
    'K09',
    '—',
    'design',
    'of what came it can be said which rule forwards or ends it, interface by interface',
    [
      kase('forwarded to one interface, and why not to the others', {
        igmpOn: { 2: 'none' },
        topology: { forwardingOff: [1] },
        steps: [
          host(0, toEx(G)),
          host(1, toEx(G)),
          passes([0]),
          {
            check: ({ router }) => {
              const [view] = [...router.multicast.views()];
              const said = view?.blocked.map(({ interface: each, why }) => `${each.name} ${why}`).join('; ');
              const wanted =
                'dut.p1 forwarding is off there; dut.p2 it runs no IGMP, so no host there can join: add `igmp: {}`; ' +
                'dut.p3 it is where they arrive';
              return said === wanted ? undefined : said;
            },
          },
        ],
      }),
      ...(
        [
          ['TTL', { ttl: 1 }, 'multicast-ttl'],
          ['the way that it came by', { source: '10.99.0.5' }, 'multicast-reverse-path'],
          ['the source', { source: S2 }, 'multicast-no-member'],
          ['a source-specific range', { destination: SSM }, 'multicast-no-member'],
          ['the length', { payload: new Uint8Array(900), flags: 0x4000 }, 'would-fragment'],
        ] as const
      ).map(([rule, fields, reason]) =>
        kase(rule, {
          topology: { mtu: { 0: 600 } },
          steps: [
            host(0, record(5, G, [S1])),
            ends(fields, reason),
            {
              check: ({ router }) => {
                const [view] = [...router.multicast.views()];
                const said = view?.reason ?? view?.lastReason;
                return said === reason ? undefined : `it says ${said}`;
              },
            },
          ],
        }),
      ),
      kase('nothing is said against what goes on', {
        steps: [
          host(0, toEx(G)),
          { ...passes([0]), send: data() },
          {
            check: ({ router }) => {
              const [view] = [...router.multicast.views()];
              return view?.reason ?? view?.lastReason;
            },
          },
        ],
      }),
    ],
  ),
];
