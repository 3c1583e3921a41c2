import { describe, expect, it } from 'vitest';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import {
  groupMembershipInterval,
  lastMemberQueryTime,
  olderHostPresentInterval,
  olderQuerierPresentTimeout,
  otherQuerierPresentInterval,
  parseVariables,
  variablesOf,
} from '../../src/igmp/variables.js';
import { milliseconds, seconds } from '../../src/time.js';

const settings = (some: Partial<IgmpSettings>): IgmpSettings => ({ ...DEFAULT_IGMP_SETTINGS, ...some });
const faultsOf = (some: Partial<IgmpSettings>): string[] =>
  parseVariables(settings(some)).faults.map(({ severity, setting }) => `${severity} ${setting}`);

describe('the variables', () => {
  it('B01 B03 B04 B05 B06 B07 are 270, 255, 260 and 2 seconds, two start-up queries 31.25 apart, by default', () => {
    const v = variablesOf(DEFAULT_IGMP_SETTINGS);
    expect(groupMembershipInterval(v)).toBe(270_000);
    expect(otherQuerierPresentInterval(v)).toBe(255_000);
    expect(olderHostPresentInterval(v)).toBe(260_000);
    expect(olderQuerierPresentTimeout(v)).toBe(350_000);
    expect(lastMemberQueryTime(v)).toBe(2000);
    expect([v.startupQueryInterval, v.startupQueryCount, v.lastMemberQueryCount]).toEqual([31_250, 2, 2]);
  });

  it('B13 follow a scaled profile', () => {
    const scaled = { queryInterval: seconds(20), queryResponseInterval: seconds(2) };
    const v = variablesOf(settings({ ...scaled, lastMemberQueryInterval: milliseconds(500) }));
    expect(groupMembershipInterval(v)).toBe(44_000);
    expect(otherQuerierPresentInterval(v)).toBe(41_000);
    expect(olderHostPresentInterval(v)).toBe(42_000);
    expect(v.startupQueryInterval).toBe(5000);
    expect(lastMemberQueryTime(v)).toBe(1000);
  });

  it('B08 that are derived follow what is adopted, those that are set do not', () => {
    const adopted = { robustness: 5, queryInterval: seconds(40) };
    const derived = variablesOf(DEFAULT_IGMP_SETTINGS, adopted);
    expect([derived.lastMemberQueryCount, derived.startupQueryInterval]).toEqual([5, 10_000]);
    expect(variablesOf(settings({ lastMemberQueryCount: 3 }), adopted).lastMemberQueryCount).toBe(3);
  });

  it('A18 A19 A21 that cannot be are refused, and robustness 1 is only advised against', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ queryResponseInterval: seconds(125) })).toEqual(['error queryResponseInterval']);
    expect(faultsOf({ version: 2, queryResponseInterval: seconds(26) })).toEqual([
      'error queryResponseInterval',
    ]);
    expect(faultsOf({ version: 2, queryResponseInterval: seconds(25.5) })).toEqual([]);
    expect(faultsOf({ version: 3, queryResponseInterval: seconds(26) })).toEqual([]);
    expect(faultsOf({ robustness: 0 })).toEqual(['error robustness']);
    expect(faultsOf({ robustness: 1 })).toEqual(['warning robustness']);
    expect(parseVariables(settings({ robustness: 0 })).variables).toBeUndefined();
    expect(parseVariables(settings({ robustness: 1 })).variables?.robustness).toBe(1);
    expect(faultsOf({ lastMemberQueryInterval: milliseconds(99) })).toEqual([
      'error lastMemberQueryInterval',
    ]);
    expect(faultsOf({ queryInterval: seconds(31_745) })).toEqual(['error queryInterval']);
    expect(faultsOf({ queryInterval: seconds(Number.NaN) })).toContain('error queryInterval');
    expect(faultsOf({ startupQueryCount: 1.5 })).toEqual(['error startupQueryCount']);
  });
});
