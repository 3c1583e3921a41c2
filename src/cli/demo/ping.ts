import { PING_NOISE, type Scenario } from './scenario.js';

const ROUTER = '198.51.100.1';
const BOB = '203.0.113.10';

/** One router between two links: everything a router says, heard by real programs. */
export const PING: Scenario = {
  name: 'ping',
  shows: 'one router between two links: ping, traceroute, each “unreachable”, and a group',
  isAlwaysTold: true,
  picture: `alice 198.51.100.10 ──red── .1 [ r1 ] .1 ──blue (mtu 1400)── 203.0.113.10 bob`,
  hosts: ['alice', 'bob'],
  lab: `
links:
  red: {}
  blue: { mtu: 1400 }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default, 224.0.0.0/4] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
    routes:
      - { to: 192.0.2.0/26, type: blackhole }
      - { to: 192.0.2.64/26, type: prohibit }
    icmp: { rate-limit: { per-second: 1000, burst: 50, per-destination: { per-second: 100, burst: 50 } } }
`,
  steps: [
    {
      does: 'alice pings the router.',
      host: 'alice',
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', ROUTER],
      expects: [/ 0% packet loss/],
      hides: PING_NOISE,
      means: 'The router answers for its own address (TTL 64: no hop in between).',
    },
    {
      does: 'alice pings bob, through the router.',
      host: 'alice',
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', BOB],
      expects: [/ 0% packet loss/, /ttl=63/],
      hides: PING_NOISE,
      means: 'bob’s own kernel answers. TTL 63: one router forwarded the reply.',
    },
    {
      does: 'alice traces the route to bob.',
      host: 'alice',
      command: ['traceroute', '-n', '-q', '1', '-w', '1', '-m', '5', BOB],
      expects: [/^ 1 {2}198\.51\.100\.1 /m, /^ 2 {2}203\.0\.113\.10 /m],
      means: 'Hop 1 is the router’s “time exceeded” (11/0), hop 2 is bob.',
    },
    {
      does: 'There is no route to 10.9.9.9.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '1', '10.9.9.9'],
      expects: [/Destination Net Unreachable/],
      hides: PING_NOISE,
      means: 'No route: ICMP 3/0, network unreachable.',
    },
    {
      does: 'Nobody on bob’s link has the address 203.0.113.77.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '1', '203.0.113.77'],
      expects: [/Destination Host Unreachable/],
      hides: PING_NOISE,
      means:
        'The link is known, the host is not: ICMP 3/1, host unreachable. The router never answers in its place.',
    },
    {
      does: '192.0.2.64/26 is prohibited.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '1', '192.0.2.66'],
      expects: [/Packet filtered/],
      hides: PING_NOISE,
      means: 'A `prohibit` route: ICMP 3/13, administratively prohibited.',
    },
    {
      does: '192.0.2.0/26 is a black hole.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '0.4', '192.0.2.2'],
      expects: [/100% packet loss/],
      hides: PING_NOISE,
      means: 'A `blackhole` route: silence, as configured. `show drops` still counts it.',
    },
    {
      does: 'alice sends UDP to a closed port of the router.',
      host: 'alice',
      command: ['bash', '-c', `exec 3>/dev/udp/${ROUTER}/9; echo 1 >&3; sleep 0.2; echo 2 >&3`],
      expects: [/Connection refused/],
      means: 'ICMP 3/3, port unreachable: the second write fails with ECONNREFUSED.',
    },
    {
      does: 'alice opens a TCP connection to the router, which speaks no TCP.',
      host: 'alice',
      command: ['bash', '-c', `echo > /dev/tcp/${ROUTER}/80`],
      expects: [/Protocol not available/],
      means: 'ICMP 3/2, protocol unreachable: connect() fails with ENOPROTOOPT.',
    },
    {
      does: 'alice sends 1428 octets with DF set to bob’s link, whose MTU is 1400.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '1', '-M', 'do', '-s', '1400', BOB],
      expects: [/Frag needed and DF set \(mtu = 1400\)/],
      hides: PING_NOISE,
      means: 'ICMP 3/4, fragmentation needed, with the next-hop MTU.',
    },
    {
      does: 'alice’s kernel has learned it.',
      host: 'alice',
      command: ['ip', 'route', 'get', BOB],
      expects: [/mtu 1400/],
      means: 'Path MTU discovery works: from now on the kernel sends at most 1400 octets.',
    },
    {
      does: 'alice joins the group 239.1.2.3, and bob sends to it.',
      meanwhile: [
        {
          command: ['tunpike', 'mcast', 'recv', '239.1.2.3:5000', '--host', 'alice', '--count', '2'],
          expects: [/^203\.0\.113\.10:\d+ > 239\.1\.2\.3:5000: .* number 2$/m],
        },
      ],
      command: [
        'tunpike',
        'mcast',
        'send',
        '239.1.2.3:5000',
        '--host',
        'bob',
        '--count',
        '2',
        '--interval',
        '100ms',
      ],
      expects: [/^sent 2 /m],
      means: 'alice’s kernel reported the group by IGMP, and the router forwards it to her link.',
    },
  ],
};
