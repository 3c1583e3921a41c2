import { PING_NOISE, type Scenario } from './scenario.js';

const BOB = '203.0.113.10';
const NOWHERE = '192.0.2.1';

/** Two routers on one link: the wrong one forwards and names the better one, which the host uses from then on. */
export const REDIRECT_DEMO: Scenario = {
  name: 'redirect',
  shows: 'two routers on one link: the wrong one redirects the host, which then uses the right one',
  picture: `alice 198.51.100.10 ──red──┬── .1 [ r1 ]  alice’s default route
                           └── .2 [ r2 ] .1 ──blue── 203.0.113.10 bob`,
  hosts: ['alice', 'bob'],
  lab: `
links:
  red: { gateway: r1 }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 198.51.100.2 }]
  r2:
    interfaces: { red: { address: 198.51.100.2/24 }, blue: { address: 203.0.113.1/24 } }
`,
  steps: [
    {
      does: 'alice’s route to bob, before anything is sent.',
      host: 'alice',
      command: ['ip', 'route', 'get', BOB],
      expects: [/via 198\.51\.100\.1 /],
      means: 'The default route: r1.',
    },
    {
      does: 'alice pings bob.',
      host: 'alice',
      command: ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', BOB],
      expects: [
        / 0% packet loss/,
        /Redirect Host\(New nexthop: 198\.51\.100\.2\)/,
        /^(?!.*Redirect.*Redirect)/s,
      ],
      hides: PING_NOISE,
      means:
        'r1 forwards the first through r2, back onto the link it came from, and tells alice so: ICMP 5/1, once.',
    },
    {
      does: 'alice’s route to bob now.',
      host: 'alice',
      command: ['ip', 'route', 'get', BOB],
      expects: [/via 198\.51\.100\.2 /, /redirected/],
      means: 'The kernel obeyed the router it uses: the next hop to bob is r2 until the redirect expires.',
    },
    {
      does: 'alice traces the route to bob.',
      host: 'alice',
      command: ['traceroute', '-n', '-q', '1', '-N', '1', '-w', '1', '-m', '4', BOB],
      expects: [/^ 1 {2}198\.51\.100\.2 /m, /^ 2 {2}203\.0\.113\.10 /m],
      means: 'The link delivers to the next hop that alice’s kernel has chosen: r1 is out of the way.',
    },
    {
      does: 'alice makes r2 her default router.',
      host: 'alice',
      command: ['ip', 'route', 'replace', 'default', 'via', '198.51.100.2'],
      expects: [/^$/],
      means: 'A route set by hand counts as well, from the next datagram on.',
    },
    {
      does: 'alice traces the route to an address that nobody has.',
      host: 'alice',
      command: ['traceroute', '-n', '-q', '1', '-N', '1', '-w', '1', '-m', '4', NOWHERE],
      expects: [/^ 1 {2}198\.51\.100\.2 .*!N/m],
      means: 'r2 answers: network unreachable. Before, r1 would have.',
    },
  ],
};
