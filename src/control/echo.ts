import { Failure } from '../failure.js';

/** An echo request for a router of the lab to send. */
export interface EchoParams {
  /** May be left out if the lab has one router. */
  readonly router?: string;
  readonly destination: string;
  readonly identifier: number;
  readonly sequence: number;
  /** Octets of data. */
  readonly length: number;
  readonly ttl: number;
  readonly tos: number;
  readonly isDontFragment: boolean;
  readonly hasRecordRoute: boolean;
  readonly timeoutMs: number;
}

/** The fate of an echo request. */
export type EchoResult =
  | {
      readonly kind: 'reply';
      readonly from: string;
      readonly ttl: number;
      readonly length: number;
      readonly milliseconds: number;
      readonly route: readonly string[];
    }
  | {
      readonly kind: 'error';
      readonly from: string;
      readonly type: number;
      readonly code: number;
      readonly parameter: number;
      readonly milliseconds: number;
    }
  | { readonly kind: 'no-answer' }
  | { readonly kind: 'unsent'; readonly why: 'no-route' | 'too-long'; readonly mtu?: number }
  | { readonly kind: 'unsent'; readonly why: 'host-unreachable'; readonly from: string };

/** The longest wait, in milliseconds. */
export const LONGEST_ECHO_WAIT = 60_000;
/** The most data that fits into an IPv4 datagram after its header and the ICMP header. */
export const MOST_ECHO_DATA = 65_507;

/** What a client may ask for. */
const RANGES = {
  identifier: [0, 0xffff],
  sequence: [0, 0xffff],
  length: [0, MOST_ECHO_DATA],
  ttl: [1, 255],
  tos: [0, 255],
  timeoutMs: [1, LONGEST_ECHO_WAIT],
} as const;

/** Reads the parameters of a request; throws a `Failure` (2) that says what is wrong. */
export const readEchoParams = (sent: unknown): EchoParams => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { router, destination, isDontFragment, hasRecordRoute } = given;
  if (typeof destination !== 'string') throw new Failure(2, 'an echo request needs a destination');
  if (router !== undefined && typeof router !== 'string') throw new Failure(2, 'router must be a name');
  const numbers = Object.entries(RANGES).map(([name, [least, most]]) => {
    const value = given[name];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most)
      throw new Failure(2, `${name} must be a whole number from ${least} to ${most}`);
    return [name, Number(value)] as const;
  });
  return {
    ...(router === undefined ? {} : { router }),
    destination,
    ...(Object.fromEntries(numbers) as Record<keyof typeof RANGES, number>),
    isDontFragment: isDontFragment === true,
    hasRecordRoute: hasRecordRoute === true,
  };
};
