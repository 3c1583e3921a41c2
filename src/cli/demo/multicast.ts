import type { Scenario } from './scenario.js';

const GROUP = '239.1.2.3:5000';
const recv = (host: string, ...rest: readonly string[]): readonly string[] => [
  'tunpike',
  'mcast',
  'recv',
  GROUP,
  '--host',
  host,
  ...rest,
];
const send = (...rest: readonly string[]): readonly string[] => [
  'tunpike',
  'mcast',
  'send',
  GROUP,
  '--host',
  'carol',
  '--interval',
  '100ms',
  ...rest,
];
const HEARD = /^203\.0\.113\.30:\d+ > 239\.1\.2\.3:5000: .* number 3$/m;

/** A stream and its members: it reaches exactly those that asked for it, and stops when they leave. */
export const MULTICAST: Scenario = {
  name: 'multicast',
  shows: 'one sender, two links: a stream reaches exactly its members, until they leave',
  picture: `alice 198.51.100.10 ──red── [ r1 ] ──studio── 203.0.113.30 carol, who sends
bob   192.0.2.10    ──blue────┘`,
  hosts: ['alice', 'bob', 'carol'],
  isAlwaysTold: true,
  tables: ['groups', 'mroutes', 'drops'],
  lab: `
links: { red: {}, blue: {}, studio: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default, 224.0.0.0/4] } } }
  bob: { interfaces: { blue: { address: 192.0.2.10/24, routes: [default, 224.0.0.0/4] } } }
  carol: { interfaces: { studio: { address: 203.0.113.30/24, routes: [default, 224.0.0.0/4] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: { last-member-query-interval: 200ms } }
      blue: { address: 192.0.2.1/24, igmp: { last-member-query-interval: 200ms } }
      studio: { address: 203.0.113.1/24, igmp: {} }
`,
  steps: [
    {
      does: 'carol sends to a group without members.',
      command: send('--count', '3'),
      expects: [/^sent 3 /m],
      means: 'A sender does not notice: nobody answers for a group.',
    },
    {
      does: 'The router has nowhere to send it.',
      command: ['tunpike', 'show', 'mroutes'],
      expects: [/203\.0\.113\.30 +239\.1\.2\.3 +r1\.studio +- .*multicast-no-member/],
      means: 'No member on any link: dropped at the router, and no ICMP error about a group.',
    },
    {
      does: 'alice joins; carol sends again. bob listens to another group.',
      meanwhile: [
        { command: recv('alice', '--count', '3'), expects: [HEARD] },
        {
          command: ['tunpike', 'mcast', 'recv', '239.1.2.4:5000', '--host', 'bob', '--duration', '1500ms'],
          expects: [/left 239\.1\.2\.4: 0 received/],
        },
      ],
      command: send('--count', '3'),
      expects: [/^sent 3 /m],
      means: 'alice’s kernel reported the group by IGMP version 3, and all three reach her; bob gets none.',
    },
    {
      does: 'alice and bob are both members.',
      meanwhile: [
        { command: recv('alice', '--count', '3'), expects: [HEARD] },
        { command: recv('bob', '--count', '3'), expects: [HEARD] },
      ],
      command: send('--count', '3'),
      expects: [/^sent 3 /m],
      means: 'Sent once, copied by the router to each link that has a member.',
    },
    {
      does: 'alice joins for another source only.',
      meanwhile: [
        {
          command: recv('alice', '--source', '203.0.113.99', '--duration', '1500ms'),
          expects: [/left 239\.1\.2\.3: 0 received/],
        },
      ],
      command: send('--count', '3'),
      expects: [/^sent 3 /m],
      means: 'Source-specific: what carol sends is not what alice asked for.',
    },
    {
      does: 'carol sends with TTL 1, the default of most programs.',
      meanwhile: [
        { command: recv('bob', '--duration', '1500ms'), expects: [/left 239\.1\.2\.3: 0 received/] },
      ],
      command: send('--count', '2', '--ttl', '1'),
      expects: [/^TTL 1: /m],
      means: 'bob is a member and hears nothing: a datagram with TTL 1 does not leave its link.',
    },
    {
      does: 'Everybody has left; the router asks once more, and stops forwarding.',
      command: ['sh', '-c', 'sleep 1'],
      host: 'bob',
      expects: [],
      means: 'After a leave the router asks twice who is still there: 0.4 s here, 2 s by default.',
    },
    {
      does: 'No group is left.',
      command: ['tunpike', 'show', 'groups'],
      expects: [/^none$/m],
      means: 'The stream stops where it comes in.',
    },
  ],
};
