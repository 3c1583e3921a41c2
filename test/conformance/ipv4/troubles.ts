import type { DropReason } from '../../../src/drop-reason.js';
import { FLAG_DONT_FRAGMENT } from '../../../src/ip/header.js';
import { type DatagramFields, pattern, withOctets } from '../../support/datagram.js';
import { type Case, kase } from '../case.js';
import { NO_ROUTE, NOBODY_AT, ONLY_BY_TOS, PROHIBITED, REMOTE, UNREACHABLE } from '../topology.js';
import { type ErrorFields, error } from './expects.js';
import { transit, udp } from './sends.js';

/** What a datagram in transit is dropped for and its sender told. */
export interface Trouble {
  readonly title: string;
  readonly fields: DatagramFields;
  readonly error: { readonly type: number; readonly code: number; readonly parameter?: number };
  readonly drop: DropReason;
  /** It takes a payload of some 600 octets. */
  readonly isLong: boolean;
}

const trouble = (
  title: string,
  fields: DatagramFields,
  error: readonly [type: number, code: number, parameter?: number],
  drop: DropReason,
): Trouble => {
  const [type, code, parameter = 0] = error;
  return { title, fields, error: { type, code, parameter }, drop, isLong: drop === 'would-fragment' };
};

export const TROUBLES: readonly Trouble[] = [
  trouble('TTL 1', { ttl: 1 }, [11, 0], 'ttl-expired'),
  trouble('no route', { destination: NO_ROUTE }, [3, 0], 'no-route'),
  trouble('a neighbor that is not there', { destination: NOBODY_AT[1] }, [3, 1], 'host-unreachable'),
  trouble('an unreachable route', { destination: UNREACHABLE }, [3, 1], 'unreachable-route'),
  trouble('a prohibit route', { destination: PROHIBITED }, [3, 13], 'prohibit-route'),
  trouble('no route for its type of service', { destination: ONLY_BY_TOS }, [3, 11], 'tos-route'),
  trouble(
    'too long with DF',
    { destination: REMOTE[2], flags: FLAG_DONT_FRAGMENT, payload: pattern(700) },
    [3, 4, 600],
    'would-fragment',
  ),
  trouble('a bad option', { options: [7, 7, 1, 0, 0, 0, 0] }, [12, 0, 22 * 0x100_0000], 'bad-option'),
];

/** A datagram in such trouble, with more said about it; flags of both are set. */
export const troubled = ({ fields }: Trouble, more: DatagramFields): Uint8Array =>
  transit({ ...more, ...fields, ...payloadOf(fields, more), flags: (fields.flags ?? 0) | (more.flags ?? 0) });

const payloadOf = (fields: DatagramFields, more: DatagramFields): DatagramFields => {
  const payload = more.payload ?? fields.payload;
  return payload === undefined ? {} : { payload };
};

/** UDP to a port on which nothing listens. */
export const CLOSED = { payload: udp({ destinationPort: 9 }) };

export const TIMED_OUT = { type: 11, code: 0 } as const;

/** The sender of a datagram in such trouble is told. */
export const answered = (title: string, trouble: Trouble, fields: DatagramFields): Case =>
  kase(`${title}, ${trouble.title}`, {
    send: troubled(trouble, fields),
    on: 0,
    expect: [error({ on: 0, ...trouble.error })],
    drop: trouble.drop,
  });

/** The sender of a datagram with TTL 1 is told. */
export const expired = (
  title: string,
  fields: DatagramFields,
  errorFields: Partial<ErrorFields> = {},
): Case =>
  kase(title, {
    send: transit({ ttl: 1, ...fields }),
    on: 0,
    expect: [error({ on: 0, ...TIMED_OUT, mayQuoteForwarded: true, ...errorFields })],
    drop: 'ttl-expired',
  });

/** A datagram whose total length says that there are more octets. */
export const truncated = (fields: DatagramFields): Uint8Array => withOctets(transit(fields), 2, 0, 100);
