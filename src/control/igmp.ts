import { Failure } from '../failure.js';

/** An IGMP query for a router to send now. Addresses are text. */
export interface IgmpQueryParams {
  /** `r1.red`, or the name of the link if only one router is on it. */
  readonly interface: string;
  /** A general query if left out. */
  readonly group?: string;
  readonly source?: string;
  readonly maxResponseMs?: number;
}

/** A group, or one source of it, for an interface to forget now. */
export interface IgmpLeaveParams {
  readonly interface: string;
  readonly group: string;
  readonly source?: string;
}

export interface IgmpQueryResult {
  readonly interface: string;
  readonly group: string | null;
  readonly source: string | null;
  readonly version: number;
}

export interface IgmpLeaveResult {
  readonly interface: string;
  readonly group: string;
  readonly source: string | null;
  /** False if there was nothing to forget. */
  readonly forgotten: boolean;
}

/** The longest response time that a version 3 query can carry, in milliseconds. Source: RFC 9776 §4.1.1. */
const LONGEST_MAX_RESPONSE = 3_174_400;

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readIgmpQueryParams = (sent: unknown): IgmpQueryParams => {
  const given = fieldsOf(sent);
  const group = optionalText(given, 'group');
  const source = optionalText(given, 'source');
  if (source !== undefined && group === undefined)
    throw new Failure(2, 'a query for a source needs its group', 'add --group');
  const { maxResponseMs } = given;
  if (maxResponseMs === undefined) return { interface: text(given, 'interface'), ...group, ...source };
  if (typeof maxResponseMs !== 'number' || !(maxResponseMs >= 0 && maxResponseMs <= LONGEST_MAX_RESPONSE))
    throw new Failure(2, `the maximum response time is at most ${LONGEST_MAX_RESPONSE / 1000} s`);
  return { interface: text(given, 'interface'), ...group, ...source, maxResponseMs };
};

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readIgmpLeaveParams = (sent: unknown): IgmpLeaveParams => {
  const given = fieldsOf(sent);
  return {
    interface: text(given, 'interface'),
    group: text(given, 'group'),
    ...optionalText(given, 'source'),
  };
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (sent: unknown): Fields => (typeof sent === 'object' && sent !== null ? sent : {}) as Fields;

const text = (given: Fields, name: string): string => {
  const value = given[name];
  if (typeof value === 'string' && value.length <= 100) return value;
  throw new Failure(2, `${name} is missing`);
};

const optionalText = <Name extends string>(
  given: Fields,
  name: Name,
): Readonly<Partial<Record<Name, string>>> | undefined =>
  given[name] === undefined || given[name] === null
    ? undefined
    : ({ [name]: text(given, name) } as Record<Name, string>);
