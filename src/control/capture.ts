import { Failure } from '../failure.js';
import type { Only } from '../observe/capture/selection.js';
import { brief } from '../text/brief.js';
import { parseMatch } from '../text/match.js';
import { nearest } from '../text/nearest.js';

/** What a capture is to have; everything unless told. */
export interface CaptureParams {
  /** `r1.red`, or a link that only one router is on. */
  readonly interface?: string;
  readonly only?: Only;
  /** As `parseMatch` reads it. */
  readonly match?: string;
  /** How many octets of each datagram are kept. */
  readonly snaplen?: number;
  /** It ends after so many frames. */
  readonly count?: number;
  /** Where the caller writes it, to be shown to others. */
  readonly file?: string;
}

/** After it, the connection carries a pcapng file and nothing else, until either side ends it. */
export interface CaptureResult {
  readonly name: string;
  /** The name of the lab. */
  readonly lab: string;
}

export const ONLY: readonly Only[] = ['drops', 'forwarded', 'local'];

/** No path of a file is longer. Source: path_resolution(7), PATH_MAX. */
const LONGEST_PATH = 4096;

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readCaptureParams = (sent: unknown): CaptureParams => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { only, match, interface: at, file } = given;
  if (match !== undefined && typeof match !== 'string') throw new Failure(2, 'match must be text');
  if (at !== undefined && typeof at !== 'string') throw new Failure(2, 'interface must be text');
  if (file !== undefined && (typeof file !== 'string' || file.length > LONGEST_PATH))
    throw new Failure(2, `file must be text of at most ${LONGEST_PATH} characters`);
  if (only !== undefined && typeof only !== 'string') throw new Failure(2, 'only must be text', mendOf(''));
  if (only !== undefined && !isOnly(only))
    throw new Failure(2, `only cannot be ${brief(only)}`, mendOf(only));
  if (match !== undefined) parseMatch(match);
  return {
    ...(only === undefined ? {} : { only }),
    ...(match === undefined ? {} : { match }),
    ...(at === undefined ? {} : { interface: at }),
    ...(file === undefined ? {} : { file }),
    ...numbered('snaplen', given, 20, 65_535),
    ...numbered('count', given, 1, Number.MAX_SAFE_INTEGER),
  };
};

const isOnly = (word: string): word is Only => (ONLY as readonly string[]).includes(word);

const mendOf = (word: string): string => {
  const near = nearest(word, ONLY);
  return `${near === undefined ? '' : `did you mean ${near}? `}one of ${ONLY.join(' ')}`;
};

const numbered = (
  key: 'snaplen' | 'count',
  given: Readonly<Record<string, unknown>>,
  least: number,
  most: number,
): CaptureParams => {
  const value = given[key];
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new Failure(2, `${key} must be a whole number from ${least} to ${most}`);
  return { [key]: value };
};
