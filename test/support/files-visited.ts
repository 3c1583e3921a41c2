import { Session } from 'node:inspector';
import { join, relative } from 'node:path';

const SOURCE = join(import.meta.dirname, '../../src');

/**
 * The files of `src/` in which a function runs from the beginning of an action until it calls `arrived`, sorted.
 *
 * V8 counts the calls itself, so nothing escapes that is called, and nothing counts that is only loaded. Warm the action up
 * first: what runs once only, at the first datagram, is no part of every datagram's way.
 */
export const filesVisited = (action: (arrived: () => void) => void): string[] => {
  const session = new Session();
  session.connect();
  session.post('Debugger.enable');
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  // What has run before counts for nothing.
  session.post('Profiler.takePreciseCoverage');
  const visited = new Set<string>();
  let hasArrived = false;
  action(() => {
    if (hasArrived) return;
    hasArrived = true;
    session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      for (const { url, scriptId, functions } of result) {
        const file = relative(SOURCE, url.replace(/^file:\/\//, '').replace(/\?.*$/, ''));
        if (file.startsWith('..')) continue;
        const ran = functions.flatMap(({ ranges: [range] }) =>
          range !== undefined && range.count > 0 ? [range] : [],
        );
        session.post('Debugger.getScriptSource', { scriptId }, (_fault, { scriptSource }) => {
          const texts = ran.map(({ startOffset, endOffset }) => scriptSource.slice(startOffset, endOffset));
          if (texts.some((text) => !isGetterOfAnExport(text))) visited.add(file);
        });
      }
    });
  });
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  if (!hasArrived) throw new Error('it never arrived');
  return [...visited].sort();
};

/** The test runner makes a function of every export, which runs wherever the name is used: that calls nothing. */
const isGetterOfAnExport = (text: string): boolean => /^\(\) => \{ try \{ return \w+ \} catch/.test(text);
