import { NO_OUTPUT, PING_NOISE, type Scenario } from './scenario.js';
import { fileServer } from './servers.js';

const ALICE = '198.51.100.10';
const BOB = '203.0.113.10';
const FILE = `http://${ALICE}:8000/file`;

/** One million octets by TCP; what came is told in one line, also where curl gave up. */
const FETCH = ['curl', '-sS', '-m', '3', '-o', '/dev/null'] as const;
const TELL = ['-w', '%{size_download} octets in %{time_total} s\\n'] as const;

/** A path with a small MTU behind a router that keeps it to itself: what hangs, how it is found, and what mends it. */
export const MTU_BLACKHOLE: Scenario = {
  name: 'mtu-blackhole',
  shows: 'a router that does not say “fragmentation needed”: pings work, transfers hang',
  picture: `alice 198.51.100.10 ──red── .1 [ r1 ] 192.0.2.1 ──core (mtu 1400)── .2 [ r2 ] .1 ──blue── 203.0.113.10 bob
r1 has \`frag-needed: false\`. alice has a web server: ${FILE}`,
  hosts: ['alice', 'bob'],
  isAlwaysTold: true,
  servers: [fileServer('alice')],
  lab: `
links:
  red: {}
  core: { mtu: 1400 }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
    icmp: { frag-needed: false }
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.1 }]
`,
  steps: [
    {
      does: 'alice pings bob.',
      host: 'alice',
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1', BOB],
      expects: [/ 0% packet loss/],
      hides: PING_NOISE,
      means: 'The path works: for datagrams of 84 octets.',
    },
    {
      does: 'bob asks alice’s web server about a file.',
      host: 'bob',
      command: ['curl', '-sSI', '-m', '3', FILE],
      expects: [/200 OK/, /Content-Length: 1000000/i],
      hides: /^(Date|Connection|Keep-Alive):/,
      means: 'TCP works, too: the handshake, the question and a short answer pass.',
    },
    {
      does: 'bob fetches the file.',
      host: 'bob',
      command: [...FETCH, ...TELL, FILE],
      expects: [/timed out/, /^0 octets/m],
      means: 'It hangs: not one octet in 3 s. No error on either side, and pings still work.',
    },
    {
      does: 'alice looks for the longest datagram that gets through: 1400 octets …',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '1', '-M', 'do', '-s', '1372', BOB],
      expects: [/ 0% packet loss/],
      hides: PING_NOISE,
      means: '-s 1372 and headers of 28 octets, with “don’t fragment”, as TCP sends: it arrives.',
    },
    {
      does: '… and one octet more.',
      host: 'alice',
      command: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '0.5', '-M', 'do', '-s', '1373', BOB],
      expects: [/100% packet loss/, /^(?!.*Frag needed)/s],
      hides: PING_NOISE,
      means:
        'Gone without a word. Somewhere the MTU is 1400, and alice’s TCP, which sends 1500, never learns it.',
    },
    {
      does: 'What alice cannot see, and the router can.',
      command: ['tunpike', 'show', 'drops'],
      expects: [/^r1\.red +would-fragment/m],
      means: 'r1 would have to fragment, may not, and says nothing: the black hole.',
    },
    {
      does: 'r1 is to say so.',
      command: ['tunpike', 'icmp', 'set', '--frag-needed', 'true', '-r', 'r1'],
      expects: [NO_OUTPUT],
      means: 'Done, while traffic flows. In real networks it is often a filter that “blocks ICMP”.',
    },
    {
      does: 'The same octet too many.',
      host: 'alice',
      command: ['ping', '-n', '-c', '1', '-W', '0.5', '-M', 'do', '-s', '1373', BOB],
      // By r1, or by alice’s own kernel where it has learned it from the transfer that hangs.
      expects: [/mtu ?= ?1400/],
      hides: PING_NOISE,
      means: 'ICMP 3/4, “fragmentation needed”, and how long a datagram may be.',
    },
    {
      does: 'bob fetches the file again.',
      host: 'bob',
      command: [...FETCH, ...TELL, FILE],
      expects: [/^1000000 octets/m],
      means: 'It flows: alice’s TCP heeds the same message.',
    },
    {
      does: 'alice’s kernel remembers it.',
      host: 'alice',
      command: ['ip', 'route', 'get', BOB],
      expects: [/mtu 1400/],
      means: 'Path MTU discovery (RFC 1191) needs nothing but routers that say what they drop, and why.',
    },
  ],
};
