import { formatAddress } from '../../../../src/address.js';
import type { PingOutcome, PingRequest } from '../../../../src/icmp/ping.js';
import * as ipv4 from '../../../../src/ip/header.js';
import { writeUint16 } from '../../../../src/ip/octets.js';
import { seconds } from '../../../../src/time.js';
import { addressOctets, datagram, ip } from '../../../support/datagram.js';
import { configurationOf } from '../../configuration.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { GATEWAY, NO_ROUTE, NOBODY_AT, OTHER_HOST, REMOTE, ROUTER } from '../../topology.js';
import { icmp, icmpErrorAbout, joined, query } from '../sends.js';

const DATA = Array.from({ length: 56 }, (_, at) => at);

/** The echo request that the router is to send on port 1 unless told otherwise. */
const requestOctets = (fields: Parameters<typeof datagram>[0] = {}): Uint8Array =>
  datagram({
    id: 0,
    protocol: ipv4.PROTOCOL_ICMP,
    source: ROUTER[1],
    destination: REMOTE[1],
    payload: icmp(8, 0, [0x12, 0x34, 0, 5, ...DATA]),
    ...fields,
  });

/** A router that is told to ping somebody behind port 1, and the host there as octets. */
class Trial {
  readonly outcomes: PingOutcome[] = [];
  readonly #virtual = new VirtualRouter(configurationOf());
  readonly #host = this.#virtual.host(1);

  constructor(words: { destination?: string } & Partial<Omit<PingRequest, 'destination'>> = {}) {
    const { destination = REMOTE[1], ...rest } = words;
    this.answer(query(0, { source: GATEWAY[1], destination: ROUTER[1], data: [] }));
    const request: PingRequest = {
      destination: ip(destination),
      identifier: 0x1234,
      sequence: 5,
      length: 56,
      ttl: 64,
      tos: 0,
      isDontFragment: false,
      hasRecordRoute: false,
      timeout: seconds(2),
      ...rest,
    };
    this.#router.ping(request, this.#virtual.now, (outcome) => this.outcomes.push(outcome));
  }

  /** What the router sent on port 1, its identification and header checksum made zero. */
  sent(): string[] {
    return this.#host.take().map((octets) => Buffer.from(bare(octets)).toString('hex'));
  }

  /** Something comes back after 30 ms. */
  answer(octets: Uint8Array): void {
    this.#virtual.advance(seconds(0.03));
    this.#host.send(octets);
  }

  wait(count: number): void {
    this.#virtual.advance(seconds(count));
  }

  get book(): readonly number[] {
    const { received, forwarded, delivered, dropped } = this.#router.ledger;
    return [received, forwarded, delivered, dropped];
  }

  get #router() {
    return this.#virtual.router;
  }
}

const bare = (octets: Uint8Array): Uint8Array => {
  const copy = octets.slice();
  writeUint16(copy, 4, 0);
  writeUint16(copy, 10, 0);
  return copy;
};

const hexOf = (octets: Uint8Array): string => Buffer.from(bare(octets)).toString('hex');

const reply = (fields: Parameters<typeof query>[1] = {}): Uint8Array =>
  query(0, {
    source: REMOTE[1],
    destination: ROUTER[1],
    identifier: 0x1234,
    sequence: 5,
    data: DATA,
    ttl: 61,
    ...fields,
  });

const same = (got: unknown, wanted: unknown): string | undefined => {
  const [found, asked] = [JSON.stringify(got), JSON.stringify(wanted)];
  return found === asked ? undefined : `${found} instead of ${asked}`;
};

export const replyFault = (): string | undefined => {
  const trial = new Trial();
  const sent = same(trial.sent(), [hexOf(requestOctets())]);
  const before = trial.book;
  trial.answer(reply());
  const outcome = { kind: 'reply', from: ip(REMOTE[1]), ttl: 61, length: 64, elapsed: 30, route: [] };
  const delivered = same(trial.book, [before[0]! + 1, before[1], before[2]! + 1, before[3]]);
  trial.answer(reply());
  return sent ?? same(trial.outcomes, [outcome]) ?? delivered;
};

/** TTL, type of service, DF, length and Record Route as told. */
export const optionsFault = (): string | undefined => {
  const slots = (...recorded: readonly string[]): number[] => [
    ...[7, 39, 4 + 4 * recorded.length, ...recorded.flatMap(addressOctets)],
    ...new Array<number>(4 * (9 - recorded.length)).fill(0),
  ];
  const trial = new Trial({ ttl: 3, tos: 0x10, length: 4, isDontFragment: true, hasRecordRoute: true });
  const wanted = requestOctets({
    ttl: 3,
    tos: 0x10,
    flags: ipv4.FLAG_DONT_FRAGMENT,
    options: slots(ROUTER[1]),
    payload: icmp(8, 0, [0x12, 0x34, 0, 5, 0, 1, 2, 3]),
  });
  const sent = same(trial.sent(), [hexOf(wanted)]);
  trial.answer(reply({ data: [0, 1, 2, 3], options: slots(ROUTER[1], GATEWAY[1], REMOTE[1], ROUTER[1]) }));
  const [outcome] = trial.outcomes;
  const route = outcome?.kind === 'reply' ? outcome.route.map(formatAddress) : undefined;
  return sent ?? same(route, [ROUTER[1], GATEWAY[1], REMOTE[1], ROUTER[1]]);
};

export const errorFault = (): string | undefined => {
  for (const [type, code, mtu] of [
    [3, 0, 0],
    [3, 4, 1400],
    [11, 0, 0],
    [12, 0, 0],
  ] as const) {
    const trial = new Trial();
    const error = icmpErrorAbout(requestOctets(), type, code, [0, 0, mtu >>> 8, mtu & 255]);
    trial.answer(datagram({ source: GATEWAY[1], destination: ROUTER[1], protocol: 1, payload: error }));
    const outcome = { kind: 'error', from: ip(GATEWAY[1]), type, code, parameter: mtu, elapsed: 30 };
    const fault = same(trial.outcomes, [outcome]);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** Nothing that does not fit counts as an answer; then the time is up. */
export const strangerFault = (): string | undefined => {
  const about = (fields: Parameters<typeof datagram>[0]): Uint8Array =>
    datagram({
      source: GATEWAY[1],
      destination: ROUTER[1],
      protocol: 1,
      payload: icmpErrorAbout(requestOctets(fields), 3, 0),
    });
  const trial = new Trial();
  const [, , deliveredBefore] = trial.book;
  for (const octets of [
    reply({ identifier: 0x1235 }),
    reply({ sequence: 6 }),
    reply({ source: OTHER_HOST[1] }),
    about({ destination: OTHER_HOST[1] }),
    about({ source: ROUTER[0] }),
    about({ protocol: 17 }),
    about({ payload: icmp(0, 0, [0x12, 0x34, 0, 5]) }),
    about({ payload: icmp(8, 0, [0x12, 0x34, 0, 6]) }),
    datagram({
      source: GATEWAY[1],
      destination: ROUTER[1],
      protocol: 1,
      payload: icmp(3, 0, joined([0, 0, 0, 0], requestOctets().subarray(0, 26))),
    }),
  ])
    trial.answer(octets);
  const delivered = same(trial.book[2], deliveredBefore);
  const early = same(trial.outcomes, []);
  trial.wait(2);
  return delivered ?? early ?? same(trial.outcomes, [{ kind: 'no-answer' }]);
};

export const unsentFault = (): string | undefined => {
  const [none, nobody, long] = [
    new Trial({ destination: NO_ROUTE }),
    new Trial({ destination: NOBODY_AT[1] }),
    new Trial({ length: 1473, isDontFragment: true }),
  ];
  return (
    same([none.sent(), nobody.sent(), long.sent()], [[], [], []]) ??
    same(none.outcomes, [{ kind: 'unsent', why: 'no-route' }]) ??
    same(nobody.outcomes, [{ kind: 'unsent', why: 'host-unreachable', from: ip(ROUTER[1]) }]) ??
    same(long.outcomes, [{ kind: 'unsent', why: 'too-long', mtu: 1500 }])
  );
};
