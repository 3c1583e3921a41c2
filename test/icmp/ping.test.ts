import { describe, expect, it } from 'vitest';
import type { PingOutcome, PingRequest } from '../../src/icmp/ping.js';
import * as ipv4 from '../../src/ip/header.js';
import { instant, NEVER, START, seconds } from '../../src/time.js';
import { addressOctets, datagram, hex, ip } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { testInterface, testRouter, unicastRoute } from '../support/router.js';

const HOST = '192.0.2.10';
const REQUEST: PingRequest = {
  ...{ destination: ip(HOST), identifier: 0x1234, sequence: 7, length: 4, ttl: 64, tos: 0 },
  ...{ isDontFragment: false, hasRecordRoute: false, timeout: seconds(1) },
};

const pinging = (some: Partial<PingRequest> = {}, made = testRouter()) => {
  const outcomes: PingOutcome[] = [];
  made.router.ping({ ...REQUEST, ...some }, START, (outcome) => outcomes.push(outcome));
  return { ...made, outcomes, request: made.red.sent.at(-1)?.datagram };
};
const reply = (identifier: number, sequence: number, fields = {}) =>
  icmp(message(0, 0, [identifier >> 8, identifier & 255, sequence >> 8, sequence & 255, 0, 1, 2, 3]), {
    source: HOST,
    ttl: 60,
    ...fields,
  });
/** An error from a stranger about what was sent, or about as much of it as is told. */
const errorAbout = (quoted: Uint8Array, type = 3, code = 1) =>
  icmp(message(type, code, [0, 0, 5, 0xdc, ...quoted]), { source: '198.51.100.77' });

describe('a ping by the router', () => {
  it('is an echo request with octets that count, from the address on its way', () => {
    const { request } = pinging({ length: 300, tos: 0x10, ttl: 5, isDontFragment: true });
    expect([ipv4.source(request!), ipv4.destination(request!)]).toEqual([ip('192.0.2.1'), ip(HOST)]);
    expect([ipv4.tos(request!), ipv4.ttl(request!), request![6]]).toEqual([0x10, 5, 0x40]);
    const sent = messageOf(request!);
    expect(hex(sent.subarray(0, 2))).toBe('0800');
    expect(hex(sent.subarray(4, 8))).toBe('12340007');
    expect([...sent.subarray(8)]).toEqual(Array.from({ length: 300 }, (_, at) => at & 255));
  });

  it('ends with the reply to it, and no other', () => {
    const { outcomes, receive, router } = pinging();
    receive(reply(0x1234, 8));
    receive(reply(0x1235, 7));
    receive(reply(0x1234, 7, { source: '192.0.2.11' }));
    receive(icmp(message(14, 0, [0x12, 0x34, 0, 7, ...Array(12).fill(0)]), { source: HOST }));
    expect(outcomes).toEqual([]);
    expect(router.nextDeadline()).toBe(1000);
    receive(reply(0x1234, 7), undefined, instant(25));
    receive(reply(0x1234, 7), undefined, instant(26));
    expect(outcomes).toEqual([
      { kind: 'reply', from: ip(HOST), ttl: 60, length: 12, elapsed: 25, route: [] },
    ]);
  });

  it('is foreseen to end with the reply to it alone', () => {
    const { router, red } = pinging();
    const foreseen = (octets: Uint8Array) => router.forecast.deliveryOf(octets, red, START);
    expect([foreseen(reply(0x1234, 7)), foreseen(reply(0x1234, 8))]).toEqual([undefined, 'icmp-ignored']);
  });

  it('does not end with an error that quotes all but its last octet', () => {
    const { outcomes, receive, request } = pinging({ sequence: 0 });
    receive(errorAbout(request!.subarray(0, 27)));
    expect(outcomes).toEqual([]);
  });

  it('is told from others by identifier and sequence number, which never add up to the same', () => {
    const made = testRouter();
    const first = pinging({ identifier: 1, sequence: 0 }, made);
    const second = pinging({ identifier: 0, sequence: 0xffff }, made);
    const third = pinging({ identifier: 0, sequence: 1 }, made);
    const fourth = pinging({ identifier: 2, sequence: 0xffff }, made);
    made.receive(reply(0, 0xffff));
    made.receive(reply(2, 0xffff));
    expect([first, second, third, fourth].map(({ outcomes }) => outcomes.length)).toEqual([0, 1, 0, 1]);
    made.receive(reply(1, 0));
    expect([first, second, third].map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 0]);
  });

  it('ends without an answer when its time is over, or when another one takes its number', () => {
    const { outcomes, router } = pinging();
    router.poll(instant(999));
    expect(outcomes).toEqual([]);
    router.poll(instant(1000));
    expect([outcomes, router.nextDeadline()]).toEqual([[{ kind: 'no-answer' }], NEVER]);
    const again = pinging();
    const other = pinging({}, again);
    expect([again.outcomes, other.outcomes]).toEqual([[{ kind: 'no-answer' }], []]);
  });

  it('ends with an error that quotes it, and no other', () => {
    const other = (fields: object) =>
      datagram({ source: '192.0.2.1', destination: HOST, protocol: 1, ...fields });
    const payload = message(8, 0, [0x12, 0x34, 0, 7]);
    for (const quoted of [
      other({ payload, source: '192.0.2.2' }),
      other({ payload, destination: '192.0.2.11' }),
      other({ payload, protocol: 17 }),
      other({ payload: message(0, 0, [0x12, 0x34, 0, 7]) }),
      other({ payload: message(8, 0, [0x12, 0x34, 0, 8]) }),
      other({ payload }).subarray(0, 27),
      other({ payload }).subarray(0, 19),
      new Uint8Array(0),
      other({ payload, options: [1, 1, 1, 1] }).subarray(0, 28),
    ]) {
      const { outcomes, receive } = pinging();
      receive(errorAbout(quoted));
      expect(outcomes, hex(quoted)).toEqual([]);
    }
    for (const [type, code] of [
      [3, 4],
      [11, 0],
      [12, 0],
    ] as const) {
      const { outcomes, receive, request } = pinging();
      receive(errorAbout(request!.subarray(0, 28), type, code), undefined, instant(3));
      const from = ip('198.51.100.77');
      expect(outcomes).toEqual([{ kind: 'error', from, type, code, parameter: 1500, elapsed: 3 }]);
    }
    const { outcomes, receive, request } = pinging();
    receive(errorAbout(request!, 5, 1));
    expect(outcomes).toEqual([]);
  });

  it('of one of its own addresses is answered at once', () => {
    const { outcomes, request } = pinging({ destination: ip('198.51.100.1'), length: 56, ttl: 9 });
    expect(request).toBeUndefined();
    expect(outcomes).toEqual([
      { kind: 'reply', from: ip('198.51.100.1'), ttl: 9, length: 64, elapsed: 0, route: [] },
    ]);
  });

  it('is not sent where no route leads, from no address, to nobody on the link, or where it is too long', () => {
    const why = (some: Partial<PingRequest>, made = testRouter()) => {
      const { outcomes, request } = pinging(some, made);
      return request === undefined ? outcomes : 'sent';
    };
    expect(why({ destination: ip('10.9.9.9') })).toEqual([{ kind: 'unsent', why: 'no-route' }]);
    const made = testRouter();
    made.red.dead.add(ip(HOST));
    expect(why({}, made)).toEqual([{ kind: 'unsent', why: 'host-unreachable', from: ip('192.0.2.1') }]);
    const long = { length: 1500 - 28, isDontFragment: true };
    expect(why(long)).toBe('sent');
    expect(why({ ...long, length: long.length + 1 })).toEqual([
      { kind: 'unsent', why: 'too-long', mtu: 1500 },
    ]);
    expect(why({ length: 3000 })).toBe('sent');
  });

  it('records the route of both ways, up to where the answer says that it is full', () => {
    const { outcomes, receive, request } = pinging({ hasRecordRoute: true });
    const option = request!.subarray(20, 60);
    expect(hex(option.subarray(0, 8))).toBe(
      `0727 08${hex(Uint8Array.from(addressOctets('192.0.2.1')))}00`.replace(' ', ''),
    );
    const options = (pointer: number, ...slots: string[]) => {
      const octets = new Uint8Array(40);
      octets.set([7, 39, pointer, ...slots.flatMap(addressOctets)]);
      return octets;
    };
    receive(reply(0x1234, 7, { options: options(12, '192.0.2.1', HOST) }));
    expect(outcomes[0]).toMatchObject({ route: [ip('192.0.2.1'), ip(HOST)] });
    const slots = Array.from({ length: 9 }, (_, at) => `10.0.0.${at}`);
    const full = pinging({ hasRecordRoute: true });
    full.receive(reply(0x1234, 7, { options: options(40, ...slots) }));
    expect(full.outcomes[0]).toMatchObject({ route: slots.map(ip) });
    const beyond = pinging({ hasRecordRoute: true });
    beyond.receive(reply(0x1234, 7, { options: options(44, ...slots) }));
    expect(beyond.outcomes[0]).toMatchObject({ route: slots.map(ip) });
    const none = pinging({ hasRecordRoute: true });
    none.receive(reply(0x1234, 7, { options: [1, 1, 1, 1] }));
    expect(none.outcomes[0]).toMatchObject({ route: [] });
  });

  it('is not sent by a router without any address', () => {
    const [red, blue] = [testInterface('red', []), testInterface('blue', [])];
    const routes = () => [unicastRoute('192.0.2.0/24', '192.0.2.254', red)];
    const { outcomes, request } = pinging({}, testRouter({ red, blue, routes }));
    expect([outcomes, request]).toEqual([[{ kind: 'unsent', why: 'no-route' }], undefined]);
  });
});
