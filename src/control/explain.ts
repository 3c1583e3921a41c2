import { Failure } from '../failure.js';

/** A datagram to be explained, in the words of the command line; what is left out is usual. */
export interface ExplainParams {
  readonly source: string;
  readonly destination: string;
  readonly in?: string;
  readonly protocol?: string;
  readonly sourcePort?: string;
  readonly destinationPort?: string;
  readonly ttl?: string;
  readonly size?: string;
  readonly df?: boolean;
}

const WORDS = ['in', 'protocol', 'sourcePort', 'destinationPort', 'ttl', 'size'] as const;

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readExplainParams = (sent: unknown): ExplainParams => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { source, destination, df = false } = given;
  if (typeof source !== 'string' || typeof destination !== 'string')
    throw new Failure(2, 'a source and a destination are needed', 'give an address or a name for both');
  if (typeof df !== 'boolean') throw new Failure(2, 'df must be true or false');
  const words = WORDS.filter((name) => given[name] !== undefined).map((name) => {
    const word = given[name];
    if (typeof word === 'string' || typeof word === 'number') return [name, String(word)] as const;
    throw new Failure(2, `${name} must be text`);
  });
  return { source, destination, df, ...Object.fromEntries(words) };
};
