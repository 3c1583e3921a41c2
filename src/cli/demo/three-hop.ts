import { PING_NOISE, type Scenario } from './scenario.js';

const BOB = '203.0.113.10';

/** Three routers in a row, as ping, traceroute and mtr see them. */
export const THREE_HOP: Scenario = {
  name: 'three-hop',
  shows: 'three routers in a row: ping, traceroute and mtr',
  picture: `alice 198.51.100.10 ──red── .1 [ r1 ] 192.0.2.1 ──west── .2 [ r2 ] 192.0.2.5 ──east──┐
                   bob 203.0.113.10 ──blue── .1 [ r3 ] 192.0.2.6 ────────────────────────┘`,
  hosts: ['alice', 'bob'],
  lab: `
links:
  red: {}
  west: {}
  east: {}
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, west: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
  r2:
    interfaces: { west: { address: 192.0.2.2/30 }, east: { address: 192.0.2.5/30 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }, { to: 203.0.113.0/24, via: 192.0.2.6 }]
  r3:
    interfaces: { east: { address: 192.0.2.6/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.5 }]
`,
  steps: [
    {
      does: 'alice pings bob through three routers.',
      host: 'alice',
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', BOB],
      expects: [/ 0% packet loss/, /ttl=61/],
      hides: PING_NOISE,
      means: 'TTL 61: each of the three routers took one.',
    },
    {
      does: 'alice traces the route to bob.',
      host: 'alice',
      command: ['traceroute', '-n', '-q', '1', '-w', '1', '-m', '6', BOB],
      expects: [
        /^ 1 {2}198\.51\.100\.1 /m,
        /^ 2 {2}192\.0\.2\.2 /m,
        /^ 3 {2}192\.0\.2\.6 /m,
        /^ 4 {2}203\.0\.113\.10 /m,
      ],
      means: 'Each router sends “time exceeded” from its interface towards alice; bob is the fourth hop.',
    },
    {
      does: 'mtr finds the same hops, in three rounds.',
      host: 'alice',
      // It waits 5 s for late answers unless told otherwise.
      command: ['mtr', '-n', '-r', '-c', '3', '-i', '0.2', '-G', '1', BOB],
      expects: [/198\.51\.100\.1\b/, /192\.0\.2\.2\b/, /192\.0\.2\.6\b/, /203\.0\.113\.10\b/],
      hides: /^Start:/,
      means: 'Four hops, and nothing lost on the way.',
    },
  ],
};
