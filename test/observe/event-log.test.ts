import { expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { eventLog } from '../../src/observe/event-log.js';
import type { Log } from '../../src/observe/log.js';
import { START } from '../../src/time.js';

type IgmpEvent = Extract<Event, { type: 'igmp' }>;

/** What the log says of events of one interface. */
const logged = (...events: readonly Partial<IgmpEvent>[]): string[] => {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const levels = ['debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, at(level)]);
  const observer = eventLog(Object.fromEntries(levels) as Log, () => false);
  for (const each of events) {
    expect(observer.wants('igmp')).toBe(true);
    const preset = { interface: 'r1.red', event: 'warning', group: null, source: null } as const;
    observer.notify({ type: 'igmp', time: START, reporter: 0xc0000201, ...preset, ...each });
  }
  return lines;
};

it('says who the querier of a link is', () => {
  expect(logged({ event: 'querier-elected' })).toEqual(['info r1.red: 192.0.2.1 is the IGMP querier now']);
});

it('warns of another version, of limits and of malformed messages, and names who sent them', () => {
  expect(logged({ why: 'stronger-querier' })).toEqual([expect.stringContaining('it has a lower address')]);
  expect(logged({ why: 'version-differs' }, { why: 'group-limit' }, { why: 'bad-checksum' })).toEqual([
    expect.stringMatching(/^warn r1\.red: 192\.0\.2\.1: it sends queries of another IGMP version/),
    'warn r1.red: 192.0.2.1: more groups than the interface may have',
    'warn r1.red: 192.0.2.1: the checksum is wrong',
  ]);
});

it('says nothing of joins, leaves and queries, nor of what is ordinary beside other routers', () => {
  expect(logged({ event: 'join' }, { event: 'leave' }, { event: 'query-sent', reporter: null })).toEqual([]);
  expect(logged({ why: 'not-querier' }, { why: 'not-a-member' })).toEqual([]);
  expect(logged({ why: 'denied' }, { why: 'boundary' }, { why: 'ignored-version' })).toEqual([]);
});
