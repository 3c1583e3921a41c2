import type { Problem } from '../config/configuration.js';
import { JsonText, Rows } from './rows.js';

/** How the answer is to read; all false if left out. */
export interface ReloadParams {
  /** Whether problems are colored. */
  readonly isColored?: boolean;
  /** Whether warnings are left out. */
  readonly isQuiet?: boolean;
}

/** What became of a configuration that was read again. */
export interface ReloadResult {
  readonly name: string;
  readonly file: string;
  /** False: the file has errors, and everything stays as it was. */
  readonly isApplied: boolean;
  /** What was changed, one line each, in order: settings of links and routers, then what hosts need of this machine. */
  readonly changes: readonly string[];
  readonly problems: readonly Problem[];
  /** How many problems there are besides. */
  readonly omitted: number;
  /** The problems for a person, as `check` prints them. */
  readonly report: readonly string[];
}

/** The same as an answer: its lists may be long. */
export const reloadAnswer = (result: ReloadResult): JsonText =>
  new JsonText(function* () {
    let before = '{';
    for (const [key, value] of Object.entries(result)) {
      yield `${before}${JSON.stringify(key)}:`;
      if (Array.isArray(value)) yield* new Rows(() => value).text();
      else yield JSON.stringify(value);
      before = ',';
    }
    yield '}';
  });

export const readReloadParams = (sent: unknown): ReloadParams => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  return { isColored: given.isColored === true, isQuiet: given.isQuiet === true };
};
