import { addressOctets, datagram, pattern } from '../../../support/datagram.js';
import { kase, proof, type Row, row } from '../../case.js';
import { type Expectation, forwarded, originated } from '../../expectation.js';
import { GATEWAY, HOST, REMOTE, ROUTER } from '../../topology.js';
import { clockFault } from '../clock.js';
import { echoReply } from '../expects.js';
import { answerWithoutClock } from '../proofs/queries.js';
import { echoRequest, icmp, query, transit } from '../sends.js';

const TIMESTAMPS = { icmp: { 'timestamp-reply': true } } as const;
const MASKS = { icmp: { 'address-mask-reply': true } } as const;
const EVERYTHING = {
  icmp: {
    'timestamp-reply': true,
    'address-mask-reply': true,
    'router-discovery': true,
    'echo-broadcast': true,
  },
} as const;

const ORIGINATE = [0x01, 0x23, 0x45, 0x67] as const;
/** What a host sends where the answer's timestamps are to stand. */
const FILLER = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const timestampRequest = (fields: Parameters<typeof query>[1] = {}): Uint8Array =>
  query(13, { data: [...ORIGINATE, ...FILLER], ...fields });
const maskRequest = (fields: Parameters<typeof query>[1] = {}): Uint8Array =>
  query(17, { data: [0, 0, 0, 0], ...fields });

interface ReplyWords {
  readonly on?: 0 | 1;
  readonly from?: string;
  readonly to?: string;
  readonly tos?: number;
  readonly options?: readonly number[];
  /** Octets of the options that hold the time of day. */
  readonly times?: readonly number[];
}

/** Identifier, sequence number and originate timestamp come back; the other two are now. */
const timestampReply = ({
  on = 0,
  from = ROUTER[0],
  to = HOST[0],
  options = [],
  times = [],
  ...rest
}: ReplyWords = {}): Expectation => {
  const message = 20 + options.length;
  const clocks = [...times, message + 12, message + 16];
  return originated(
    on,
    datagram({
      protocol: 1,
      source: from,
      destination: to,
      options,
      payload: icmp(14, 0, [0x42, 0x42, 0, 1, ...ORIGINATE, ...FILLER]),
      ...rest,
    }),
    {
      free: clocks.map((at) => [at, 4] as const),
      also: (octets) => clocks.map((at) => clockFault(octets, at)).find((fault) => fault !== undefined),
    },
  );
};

const maskReply = (mask: string, { on = 0, from = ROUTER[0], to = HOST[0] }: ReplyWords = {}): Expectation =>
  originated(
    on,
    datagram({
      protocol: 1,
      source: from,
      destination: to,
      payload: icmp(18, 0, [0x42, 0x42, 0, 1, ...addressOctets(mask)]),
    }),
  );

const TO_EVERYBODY = [
  ['the limited broadcast address', '255.255.255.255', 'icmp-ignored'],
  ['the broadcast address of the link', '10.0.1.255', 'icmp-ignored'],
  ['all systems', '224.0.0.1', 'icmp-ignored'],
] as const;

export const queries: readonly Row[] = [
  row('QU1', 'MAY', 'RFC 1812 §4.3.3.8, RFC 1122 §3.2.2.8', 'a timestamp request is answered if told to', [
    kase('off by default', { send: timestampRequest(), on: 0, drop: 'icmp-ignored' }),
    kase('on: what was originated comes back, with the time of day twice', {
      send: timestampRequest(),
      on: 0,
      expect: [timestampReply()],
      settings: TIMESTAMPS,
    }),
    kase('asked by the address of another port', {
      send: timestampRequest({ destination: ROUTER[2] }),
      on: 0,
      expect: [timestampReply({ from: ROUTER[2] })],
      settings: TIMESTAMPS,
    }),
    kase('with TOS b8h, from behind another port', {
      send: timestampRequest({ source: REMOTE[1], tos: 0xb8 }),
      on: 0,
      expect: [timestampReply({ on: 1, to: REMOTE[1], tos: 0xb8 })],
      settings: TIMESTAMPS,
    }),
    kase('what follows the message does not come back', {
      send: timestampRequest({ data: [...ORIGINATE, ...FILLER, ...pattern(8)] }),
      on: 0,
      expect: [timestampReply()],
      settings: TIMESTAMPS,
      notOnLinux: 'it sends it back, too',
    }),
    proof('a router that does not know the time says so by the high-order bit', () => {
      const answer = answerWithoutClock(timestampRequest(), TIMESTAMPS);
      const wanted = [...ORIGINATE, 0x80, 0, 0, 0, 0x80, 0, 0, 0];
      return Buffer.from(wanted).equals(answer.subarray(28)) ? undefined : `answered ${answer.subarray(28)}`;
    }),
  ]),
  row('QU2', '—', 'RFC 792', 'a timestamp request that is too short gets no answer', [
    ...[0, 4, 11].map((length) =>
      kase(`${8 + length} octets`, {
        send: timestampRequest({ data: pattern(length) }),
        on: 0,
        drop: 'icmp-malformed',
        settings: TIMESTAMPS,
      }),
    ),
  ]),
  row('QU3', 'MAY', 'RFC 1812 §4.3.3.8', 'a timestamp request to everybody gets no answer', [
    ...TO_EVERYBODY.map(([title, destination, drop]) =>
      kase(`to ${title}, also where echo requests to everybody are answered`, {
        send: timestampRequest({ destination }),
        on: 0,
        drop,
        settings: EVERYTHING,
        topology: { addresses: { 1: [], 2: [], 3: [] } },
      }),
    ),
  ]),
  row('QU4', 'MUST', 'RFC 1812 §4.3.3.8', 'options of a timestamp request are answered as those of an echo', [
    kase('Record Route', {
      send: timestampRequest({ options: [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0] }),
      on: 0,
      expect: [
        timestampReply({ options: [7, 11, 12, ...addressOctets(ROUTER[0]), ...addressOctets(ROUTER[0]), 0] }),
      ],
      settings: TIMESTAMPS,
    }),
    kase('Timestamp', {
      send: timestampRequest({ options: [68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0] }),
      on: 0,
      expect: [timestampReply({ options: [68, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0], times: [24, 28] })],
      settings: TIMESTAMPS,
    }),
    ...([131, 137] as const).map((type) =>
      kase(`${type === 131 ? 'Loose' : 'Strict'} Source Route`, {
        send: timestampRequest({ source: REMOTE[0], options: [type, 7, 8, ...addressOctets(GATEWAY[0])] }),
        on: 0,
        expect: [timestampReply({ to: GATEWAY[0], options: [type, 7, 4, ...addressOctets(REMOTE[0]), 0] })],
        settings: {
          ...TIMESTAMPS,
          ip: { options: { 'loose-source-route': 'process', 'strict-source-route': 'process' } },
        },
      }),
    ),
    kase('an option that nobody knows stays out', {
      send: timestampRequest({ options: [94, 4, 0xaa, 0x55] }),
      on: 0,
      expect: [timestampReply()],
      settings: TIMESTAMPS,
    }),
  ]),
  row('QU5', 'SHOULD', 'RFC 1812 §4.3.3.7, RFC 6918 §2.3', 'information requests and replies are ignored', [
    ...[15, 16].map((type) =>
      kase(`type ${type}`, {
        send: query(type, { data: [] }),
        on: 0,
        drop: 'icmp-ignored',
        settings: EVERYTHING,
      }),
    ),
    kase('in transit it is forwarded', {
      send: query(15, { destination: REMOTE[1], data: [] }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('QU6', 'MUST', 'RFC 1812 §4.3.3.9, RFC 6918 §2.4', 'an address mask request is answered if told to', [
    kase('off by default', { send: maskRequest(), on: 0, drop: 'icmp-ignored' }),
    kase('on: the mask of the subnet of who asks', {
      send: maskRequest(),
      on: 0,
      expect: [maskReply('255.255.255.0')],
      settings: MASKS,
    }),
    kase('on: the mask in the request means nothing', {
      send: maskRequest({ data: [255, 0, 0, 0] }),
      on: 0,
      expect: [maskReply('255.255.255.0')],
      settings: MASKS,
    }),
    kase('on, two subnets on the port: each host gets its own mask', {
      send: [maskRequest(), maskRequest({ source: '10.1.1.10', destination: '10.1.1.1' })],
      on: 0,
      expect: [maskReply('255.255.255.0'), maskReply('255.255.240.0', { from: '10.1.1.1', to: '10.1.1.10' })],
      settings: MASKS,
      topology: { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/20'] } },
    }),
    kase('on, asked by everybody’s address: the address of the port answers', {
      send: maskRequest({ destination: '255.255.255.255' }),
      on: 0,
      expect: [maskReply('255.255.255.0')],
      settings: MASKS,
    }),
    kase('on, from off the link: no mask of ours is right for it', {
      send: maskRequest({ source: REMOTE[0] }),
      on: 0,
      drop: 'icmp-ignored',
      settings: MASKS,
    }),
    kase('on, but too short', {
      send: maskRequest({ data: [0, 0] }),
      on: 0,
      drop: 'icmp-malformed',
      settings: MASKS,
    }),
  ]),
  row('QU7', 'MUST', 'RFC 1812 §4.3.3.9', 'who has no address yet is told no mask that might be wrong', [
    kase('two masks on the link: no answer', {
      send: maskRequest({ source: '0.0.0.0', destination: '255.255.255.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: MASKS,
      topology: { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/20'] } },
    }),
    kase('one mask, of two subnets: the answer goes to everybody', {
      send: maskRequest({ source: '0.0.0.0', destination: '255.255.255.255' }),
      on: 0,
      expect: [maskReply('255.255.255.0', { to: '255.255.255.255' })],
      settings: MASKS,
      topology: { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/24'] } },
    }),
    kase('an unnumbered port has no mask to tell', {
      send: maskRequest({ source: '0.0.0.0', destination: '255.255.255.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: MASKS,
      topology: { addresses: { 0: [] } },
    }),
  ]),
  row('QU8', 'MUST', 'RFC 1812 §4.3.3.9', 'an address mask reply changes nothing in the router', [
    kase('a wrong mask for its own subnet', {
      steps: [
        { send: query(18, { data: [255, 0, 0, 0] }), on: 0, drop: 'icmp-ignored' },
        { send: maskRequest(), on: 0, expect: [maskReply('255.255.255.0')] },
        { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
        { send: echoRequest(), on: 0, expect: [echoReply({ on: 0 })] },
      ],
      settings: MASKS,
    }),
  ]),
  row(
    'QU11',
    'MUST',
    'RFC 1812 §4.3.2.1, RFC 6918 §2',
    'a type that nobody knows is ignored without a word',
    [
      ...[1, 2, 6, 7, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 200].map((type) =>
        kase(`type ${type}`, { send: query(type), on: 0, drop: 'icmp-ignored', settings: EVERYTHING }),
      ),
      kase('in transit it is forwarded', {
        send: query(200, { destination: REMOTE[1] }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
];
