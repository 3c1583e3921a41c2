import { type Address, UNSPECIFIED } from '../address.js';
import * as ipv4 from '../ip/header.js';
import { uint16, uint32, writeUint16 } from '../ip/octets.js';
import { stampRecordRoute } from '../ip/option-stamp.js';
import { isOptionFault, parseOptions, RECORD_ROUTE } from '../ip/options.js';
import { after, type Duration, earliest, type Instant, NEVER, since } from '../time.js';
import type { Departure, IcmpEnvironment } from './environment.js';
import {
  DESTINATION_UNREACHABLE,
  ECHO_REPLY,
  ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  PARAMETER_PROBLEM,
  TIME_EXCEEDED,
} from './message.js';
import { finishReply, startReply } from './reply.js';

/** An echo request for the router to send. */
export interface PingRequest {
  readonly destination: Address;
  /** Both have 16 bits; together they identify a pending request. */
  readonly identifier: number;
  readonly sequence: number;
  /** Octets of data after the ICMP header. */
  readonly length: number;
  readonly ttl: number;
  readonly tos: number;
  readonly isDontFragment: boolean;
  readonly hasRecordRoute: boolean;
  /** How long to wait for an answer. */
  readonly timeout: Duration;
}

/** The outcome of an echo request. */
export type PingOutcome =
  | {
      readonly kind: 'reply';
      readonly from: Address;
      readonly ttl: number;
      /** The length of the ICMP message, in octets. */
      readonly length: number;
      readonly elapsed: Duration;
      /** The recorded route, the router's own address first; empty if not requested. */
      readonly route: readonly Address[];
    }
  | {
      readonly kind: 'error';
      readonly from: Address;
      readonly type: number;
      readonly code: number;
      /** The second word of its header: in 3/4 the low half is the next-hop MTU. */
      readonly parameter: number;
      readonly elapsed: Duration;
    }
  | { readonly kind: 'no-answer' }
  | { readonly kind: 'unsent'; readonly why: 'no-route' | 'too-long'; readonly mtu?: number }
  | { readonly kind: 'unsent'; readonly why: 'host-unreachable'; readonly from: Address };

interface Waiting {
  readonly request: PingRequest;
  readonly source: Address;
  readonly sentAt: Instant;
  readonly deadline: Instant;
  readonly done: (outcome: PingOutcome) => void;
}

/**
 * The router's own pending echo requests.
 *
 * An answer must match a pending request: a reply by identifier, sequence number and source, an error by everything
 * that it quotes. Anything else is ignored, and no answer changes a route.
 *
 * Source: RFC 1812 §4.3.3.4, §4.3.3.6, §10.3.3, RFC 5927 §4.
 */
export class Pings {
  readonly #environment: IcmpEnvironment;
  readonly #waiting = new Map<number, Waiting>();

  constructor(environment: IcmpEnvironment) {
    this.#environment = environment;
  }

  /** Prepares a request for sending; undefined if it cannot be sent, after telling `done`. */
  begin(request: PingRequest, now: Instant, done: (outcome: PingOutcome) => void): Departure | undefined {
    const { destination } = request;
    const entry = this.#environment.lookup(destination);
    if (entry?.kind === 'local') {
      const length = ICMP_HEADER_LENGTH + request.length;
      done({
        kind: 'reply',
        from: destination,
        ttl: request.ttl,
        length,
        elapsed: since(now, now),
        route: [],
      });
      return undefined;
    }
    const exit = this.#environment.exitTo(destination, likeOf(request));
    if (exit === undefined) {
      done(this.#whyUnsent(destination, entry?.kind === 'route'));
      return undefined;
    }
    const source = this.#environment.addressOn(exit.egress, exit.nextHop);
    if (source === undefined) {
      done({ kind: 'unsent', why: 'no-route' });
      return undefined;
    }
    const datagram = writeEchoRequest(request, source, this.#environment);
    if (request.isDontFragment && datagram.length > exit.egress.mtu) {
      done({ kind: 'unsent', why: 'too-long', mtu: exit.egress.mtu });
      return undefined;
    }
    const key = keyOf(request.identifier, request.sequence);
    this.#end(key, { kind: 'no-answer' });
    this.#waiting.set(key, { request, source, sentAt: now, deadline: after(now, request.timeout), done });
    return { datagram, exit };
  }

  /** Takes a whole ICMP message with a correct checksum; true if it answers one of our requests. */
  received(datagram: Uint8Array, now: Instant): boolean {
    const answer = this.#answerIn(datagram, now);
    return answer !== undefined && this.#end(answer.key, answer.outcome);
  }

  /** Whether such a message would answer one of our requests. */
  awaits(datagram: Uint8Array, now: Instant): boolean {
    return this.#answerIn(datagram, now) !== undefined;
  }

  poll(now: Instant): void {
    for (const [key, { deadline }] of this.#waiting)
      if (deadline <= now) this.#end(key, { kind: 'no-answer' });
  }

  nextDeadline(): Instant {
    let next = NEVER;
    for (const { deadline } of this.#waiting.values()) next = earliest(next, deadline);
    return next;
  }

  #answerIn(datagram: Uint8Array, now: Instant): Answered | undefined {
    const at = ipv4.headerLength(datagram);
    switch (datagram[at]) {
      case ECHO_REPLY:
        return this.#replied(datagram, at, now);
      case DESTINATION_UNREACHABLE:
      case TIME_EXCEEDED:
      case PARAMETER_PROBLEM:
        return this.#failed(datagram, at, now);
      default:
        return undefined;
    }
  }

  #replied(datagram: Uint8Array, at: number, now: Instant): Answered | undefined {
    const key = keyOf(uint16(datagram, at + 4), uint16(datagram, at + 6));
    const waiting = this.#waiting.get(key);
    const from = ipv4.source(datagram);
    if (waiting === undefined || from !== waiting.request.destination) return undefined;
    const outcome: PingOutcome = {
      kind: 'reply',
      from,
      ttl: ipv4.ttl(datagram),
      length: datagram.length - at,
      elapsed: since(waiting.sentAt, now),
      route: recordedRoute(datagram),
    };
    return { key, outcome };
  }

  #failed(datagram: Uint8Array, at: number, now: Instant): Answered | undefined {
    const quote = datagram.subarray(at + ICMP_HEADER_LENGTH);
    if (quote.length < ipv4.MINIMUM_HEADER_LENGTH) return undefined;
    const echo = ipv4.headerLength(quote);
    if (quote.length < echo + ICMP_HEADER_LENGTH || ipv4.protocol(quote) !== ipv4.PROTOCOL_ICMP)
      return undefined;
    if (quote[echo] !== ECHO_REQUEST) return undefined;
    const key = keyOf(uint16(quote, echo + 4), uint16(quote, echo + 6));
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || ipv4.source(quote) !== waiting.source) return undefined;
    if (ipv4.destination(quote) !== waiting.request.destination) return undefined;
    const outcome: PingOutcome = {
      kind: 'error',
      from: ipv4.source(datagram),
      type: datagram[at]!,
      code: datagram[at + 1]!,
      parameter: uint32(datagram, at + 4),
      elapsed: since(waiting.sentAt, now),
    };
    return { key, outcome };
  }

  #end(key: number, outcome: PingOutcome): boolean {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    waiting?.done(outcome);
    return waiting !== undefined;
  }

  #whyUnsent(destination: Address, hasRoute: boolean): PingOutcome {
    const onward = hasRoute ? this.#environment.onwardExit(likeOf({ destination })) : undefined;
    const from =
      onward === undefined ? undefined : this.#environment.addressOn(onward.egress, onward.nextHop);
    return from === undefined
      ? { kind: 'unsent', why: 'no-route' }
      : { kind: 'unsent', why: 'host-unreachable', from };
  }
}

/** The request that a message answers, and how that ends it. */
interface Answered {
  readonly key: number;
  readonly outcome: PingOutcome;
}

const keyOf = (identifier: number, sequence: number): number => identifier * 0x10000 + sequence;

/** The header of such a request, to select among several next hops. */
const likeOf = ({ destination, tos = 0 }: { destination: Address; tos?: number }): Uint8Array => {
  const header = new Uint8Array(ipv4.MINIMUM_HEADER_LENGTH + ICMP_HEADER_LENGTH);
  ipv4.writeHeader(
    header,
    {
      tos,
      identification: 0,
      flags: 0,
      ttl: 1,
      protocol: ipv4.PROTOCOL_ICMP,
      source: UNSPECIFIED,
      destination,
    },
    NOTHING,
  );
  return header;
};

const NOTHING = new Uint8Array(0);

/** The number of slots that fit into the longest header. */
const RECORD_ROUTE_SLOTS = 9;

const writeEchoRequest = (
  request: PingRequest,
  source: Address,
  environment: IcmpEnvironment,
): Uint8Array => {
  const { destination, identifier, sequence, length, ttl, tos, isDontFragment } = request;
  const options = request.hasRecordRoute ? emptyRecordRoute(source) : NOTHING;
  const addressing = { source, destination, identification: environment.nextIdentification(), options };
  const header = { tos, flags: isDontFragment ? ipv4.FLAG_DONT_FRAGMENT : 0, ttl };
  const datagram = startReply(header, addressing, ICMP_HEADER_LENGTH + length, environment.allocate);
  const icmp = datagram.length - ICMP_HEADER_LENGTH - length;
  datagram[icmp] = ECHO_REQUEST;
  datagram[icmp + 1] = 0;
  writeUint16(datagram, icmp + 4, identifier);
  writeUint16(datagram, icmp + 6, sequence);
  for (let at = 0; at < length; at += 1) datagram[icmp + ICMP_HEADER_LENGTH + at] = at & 255;
  return finishReply(datagram, icmp);
};

/** Record Route with our own address in its first slot, padded with End of Option List. */
const emptyRecordRoute = (source: Address): Uint8Array => {
  const options = new Uint8Array(4 * (RECORD_ROUTE_SLOTS + 1));
  options.set([RECORD_ROUTE, 3 + 4 * RECORD_ROUTE_SLOTS, 4]);
  stampRecordRoute(options, 0, source);
  return options;
};

const recordedRoute = (datagram: Uint8Array): Address[] => {
  const options = parseOptions(datagram);
  if (isOptionFault(options) || options.recordRoute === undefined) return [];
  const at = options.recordRoute;
  const count = (Math.min(datagram[at + 2]!, datagram[at + 1]! + 1) - 4) >>> 2;
  return Array.from({ length: count }, (_, slot) => uint32(datagram, at + 3 + 4 * slot));
};
