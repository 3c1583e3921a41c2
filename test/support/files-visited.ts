import { Session } from 'node:inspector';
import { join, relative } from 'node:path';

const SOURCE = join(import.meta.dirname, '../../src');

interface FunctionCoverage {
  readonly functionName: string;
  readonly ranges: readonly { readonly count: number }[];
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly FunctionCoverage[];
}

/**
 * The files of `src/` in which a function runs from the beginning of an action until it calls `arrived`, sorted.
 *
 * V8 counts the calls itself, so nothing escapes that is called, and nothing counts that is only loaded. Warm the action up
 * first: what runs once only, at the first datagram, is no part of every datagram's way.
 */
export const filesVisited = (action: (arrived: () => void) => void): string[] => {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  // What has run before counts for nothing.
  session.post('Profiler.takePreciseCoverage');
  let scripts: readonly ScriptCoverage[] | undefined;
  action(() =>
    session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      scripts ??= result;
    }),
  );
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  if (scripts === undefined) throw new Error('it never arrived');
  return scripts
    .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
    .map(({ url }) => relative(SOURCE, url.replace(/^file:\/\//, '').replace(/\?.*$/, '')))
    .filter((file) => !file.startsWith('..'))
    .sort();
};
