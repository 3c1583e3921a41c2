import { describe, expect, it } from 'vitest';
import { formatGroups } from '../../src/cli/show-format-igmp.js';
import type { GroupRow } from '../../src/observe/shown-multicast.js';

/** What one host has reported of any source. */
const REPORTED: GroupRow = {
  interface: 'r1.red',
  group: '239.1.2.3',
  filterMode: 'exclude',
  sources: [],
  lastReporter: '198.51.100.10',
  expiresSeconds: 255.2,
  origin: ['report'],
  compatibility: 3,
  ageSeconds: 4.8,
};

/** The cells of one group's line. */
const line = (row: Partial<GroupRow>): string[] => {
  const text = formatGroups([{ ...REPORTED, ...row }]);
  return text.split('\n')[1]!.trim().split(/ {2,}/);
};

const source = (address: string, forwarding: boolean, expiresSeconds: number | null) => ({
  address,
  forwarding,
  expiresSeconds,
});

describe('a group as a person reads it', () => {
  it('is wanted from all sources, until its members are silent', () => {
    expect(line({})).toEqual([
      'r1.red',
      '239.1.2.3',
      'all sources',
      '198.51.100.10',
      '255.2s',
      'report',
      'v3',
    ]);
  });

  it('with named sources ends with the last of them', () => {
    const sources = [source('192.0.2.1', true, 12), source('192.0.2.2', true, 200.5)];
    const [, , wanted, , expires] = line({ filterMode: 'include', expiresSeconds: null, sources });
    expect([wanted, expires]).toEqual(['192.0.2.1, 192.0.2.2', '200.5s']);
  });

  it('names what is not wanted', () => {
    expect(line({ sources: [source('192.0.2.1', false, null)] })[2]).toBe('all but 192.0.2.1');
  });

  it('from the configuration has no end', () => {
    expect(line({ lastReporter: null, expiresSeconds: null, origin: ['static'] }).slice(3)).toEqual([
      ...['-', '-', 'static', 'v3'],
    ]);
  });
});
