import {
  type Companion,
  type DemoStep,
  NO_OUTPUT,
  PING_NOISE,
  type Scenario,
  type Server,
} from './scenario.js';

const BOB = '203.0.113.10';
const UDP_PORT = '5202';

const iperfServer = (port: string): Server => ({
  host: 'bob',
  command: ['iperf3', '-s', '-p', port, '--forceflush'],
  // After each test it listens anew.
  ready: /listening on .*\n-+\n$/,
});

/** Figures of an interval, which tell that it runs. */
const RUNS = /bits\/sec/;

/** 5 Mbit/s of TCP, for some seconds; what came of it. */
const tcp = (seconds: number) => ({
  host: 'alice',
  command: [
    ...['iperf3', '-c', BOB, '-b', '5M', '-w', '64K'],
    ...['-t', String(seconds), '-i', '0.5', '--forceflush'],
  ],
  ready: RUNS,
  hides: /^(?!.*(sender|receiver))/,
});

/** The same, with the figures of each half second. */
const courseOfTcp = (seconds: number) => ({ ...tcp(seconds), hides: /^(?!.*bits)/ });

/** 250 datagrams of UDP a second, as a call or a game sends them, and what came of them. */
const udp = (seconds: number, ...expects: readonly RegExp[]): Companion => ({
  host: 'alice',
  command: [
    ...['iperf3', '-c', BOB, '-p', UDP_PORT, '-u', '-b', '1M', '-l', '500'],
    ...['-t', String(seconds), '-i', '0.1', '--forceflush'],
  ],
  ready: RUNS,
  hides: /^(?!.*receiver)/,
  expects,
});

const ping = (count: number, ...expects: readonly RegExp[]): Companion => ({
  host: 'alice',
  command: ['ping', '-n', '-c', String(count), '-i', '0.3', '-W', '1', BOB],
  ready: /bytes from/,
  hides: PING_NOISE,
  expects,
});

const link = (...words: readonly string[]) => ['tunpike', 'link', ...words];

const RETRANSMITTED_SOME = /bits\/sec +[1-9]\d* +sender/;
const LOST_NONE = / 0\/\d+ \(0%\) +receiver/;
const LOST_SOME = / [1-9]\d*\/\d+ \([^)]+%\) +receiver/;

const STEPS: readonly DemoStep[] = [
  {
    does: 'A good day: alice sends to bob, 5 Mbit/s by TCP and 1 Mbit/s by UDP.',
    ...tcp(1),
    meanwhile: [udp(1, LOST_NONE)],
    expects: [/ [3-5]\.\d+ Mbits\/sec +receiver/],
    means: 'All of it arrives: TCP has its rate, and of UDP no datagram is lost (0%).',
  },
  {
    does: 'While both run, core begins to lose one datagram in twenty.',
    command: link('set', 'core', '--loss', '5%'),
    meanwhile: [{ ...tcp(5), expects: [RETRANSMITTED_SOME] }, udp(5, LOST_SOME)],
    expects: [NO_OUTPUT],
    means: 'TCP notices and sends again (Retr): all of it arrives. UDP does not: its receiver has gaps.',
  },
  {
    does: 'The loss is over. Now core carries 2 Mbit/s, and 20 datagrams may wait for it.',
    command: link('set', 'core', '--loss', '0%', '--rate', '2mbit', '--queue', '20'),
    expects: [NO_OUTPUT],
    means: 'Less than what alice sends. What is not named stays as it was: the delay.',
  },
  {
    does: 'Both again, and a ping.',
    ...tcp(2),
    meanwhile: [udp(3, LOST_SOME), ping(8, /time=([3-9]\d|\d{3})/)],
    expects: [/ (1\.\d+ Mbits|2\.0\d? Mbits|\d+ Kbits)\/sec +receiver/],
    means:
      'TCP fills the queue, and so everybody waits in it: pings take 10 ms on a good day. What finds it full is dropped.',
  },
  {
    does: 'The limit is over.',
    command: link('reset', 'core'),
    expects: [NO_OUTPUT],
    means: 'As the file says again.',
  },
  {
    does: 'While all three run, core is cut, for a second and a half.',
    command: link('down', 'core', '--for', '1500ms'),
    meanwhile: [
      { ...courseOfTcp(6), expects: [/ 0\.00 bits\/sec/, /receiver/] },
      udp(6, LOST_SOME),
      ping(20, /Destination Net Unreachable/, /Unreachable.*bytes from/s),
    ],
    expects: [NO_OUTPUT],
    means:
      'r1 has no route then, and says so to ping; TCP and UDP wait or lose, and go on when the link is back.',
  },
];

/** A transfer and a stream through what happens to a real link: loss, a rate limit, a cut. */
export const BAD_DAY: Scenario = {
  name: 'bad-day',
  shows: 'a transfer and a stream while a link loses, slows down and is cut',
  picture: `alice 198.51.100.10 ──red── .1 [ r1 ] 192.0.2.1 ──core (5 ms)── .2 [ r2 ] .1 ──blue── 203.0.113.10 bob`,
  hosts: ['alice', 'bob'],
  isAlwaysTold: true,
  servers: [iperfServer('5201'), iperfServer(UDP_PORT)],
  tables: ['links', 'drops'],
  lab: `
links:
  red: {}
  core: { delay: 5ms }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
    # A ping is to be answered beside 250 datagrams a second that are not.
    icmp: { rate-limit: { per-second: 1000, burst: 1000, per-destination: { per-second: 1000, burst: 1000 } } }
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.1 }]
`,
  steps: STEPS,
};
