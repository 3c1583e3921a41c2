import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limited } from '../../src/observe/limited-log.js';
import { SILENT } from '../../src/observe/log.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('lets lines of a kind come at a limited rate, each level by itself', () => {
  const said: string[] = [];
  const say = (level: string) => (message: string, fields?: object) =>
    void said.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log = limited({
    ...SILENT,
    error: say('error'),
    warn: say('warn'),
    debug: say('debug'),
    info: say('info'),
  });
  for (let at = 0; at < 1000; at += 1) {
    log.error('failed', { at });
    log.warn('failed', { at });
    log.debug('failed', { at });
  }
  log.error('failed otherwise');
  log.info('all is well');
  vi.advanceTimersByTime(10_000);
  expect(said).toHaveLength(35);
  expect(said).toContain('error failed {"at":9}');
  expect(said).toContain('warn failed {"at":9}');
  expect(said).toContain('debug failed {"at":9}');
  expect(said).toContain('error failed otherwise undefined');
  expect(said).toContain('info all is well undefined');
  expect(said).toContain('error 990 more lines of this kind in 10 s, the last: failed undefined');
});
