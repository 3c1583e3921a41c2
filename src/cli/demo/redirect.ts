import { PING_NOISE, type Scenario } from './scenario.js';

const BOB = '203.0.113.10';

/** Two routers on one link: the wrong one forwards, and names the better one. */
export const REDIRECT_DEMO: Scenario = {
  name: 'redirect',
  shows: 'two routers on one link: the wrong one redirects the host to the right one',
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
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', BOB],
      expects: [/ 0% packet loss/],
      hides: PING_NOISE,
      means:
        'r1 forwards through r2, back onto the link it came from, and tells alice so: ICMP 5/1, redirect.',
    },
    {
      does: 'alice’s route to bob now.',
      host: 'alice',
      command: ['ip', 'route', 'get', BOB],
      expects: [/via 198\.51\.100\.2 /, /redirected/],
      means: 'The kernel obeyed the router it uses: the next hop to bob is r2 until the redirect expires.',
    },
  ],
};
