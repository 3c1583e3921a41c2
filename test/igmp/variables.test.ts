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

  it('H01 H02 are bounded by 4096 groups, and 512 sources of each, by default', () => {
    const { maxGroups, maxSources, ssmRanges } = DEFAULT_IGMP_SETTINGS;
    expect([maxGroups, maxSources, ssmRanges]).toEqual([4096, 512, []]);
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

  it('A18 A19 A21 reach up to what a message can say', () => {
    const [LONGEST, LONGEST_V2] = [milliseconds(3_174_400), milliseconds(25_500)];
    const long = { queryInterval: seconds(31_744) };
    expect(faultsOf({ ...long, queryResponseInterval: LONGEST, lastMemberQueryInterval: LONGEST })).toEqual(
      [],
    );
    expect(faultsOf({ ...long, queryResponseInterval: milliseconds(LONGEST + 1) })).toEqual([
      'error queryResponseInterval',
    ]);
    expect(faultsOf({ version: 2, lastMemberQueryInterval: LONGEST_V2 })).toEqual([]);
    expect(faultsOf({ version: 1, lastMemberQueryInterval: milliseconds(LONGEST_V2 + 1) })).toEqual([
      'error lastMemberQueryInterval',
    ]);
    const short = { queryResponseInterval: milliseconds(100), lastMemberQueryInterval: milliseconds(100) };
    expect(faultsOf({ ...short, queryInterval: milliseconds(101) })).toEqual([]);
    expect(faultsOf({ ...short, queryInterval: milliseconds(1) })).toEqual(['error queryResponseInterval']);
    expect(faultsOf({ ...short, queryInterval: milliseconds(0) })).toEqual([
      ...['error queryInterval', 'error queryResponseInterval'],
    ]);
    expect(faultsOf({ startupQueryInterval: milliseconds(1) })).toEqual([]);
    expect(faultsOf({ startupQueryInterval: milliseconds(0) })).toEqual(['error startupQueryInterval']);
    expect(faultsOf({ startupQueryCount: 0, lastMemberQueryCount: 0 })).toEqual([
      ...['error lastMemberQueryCount', 'error startupQueryCount'],
    ]);
  });

  it('A18 A19 A21 are wrong together, and each says what would be right', () => {
    const { variables, faults } = parseVariables(
      settings({
        robustness: 1,
        queryInterval: seconds(31_745),
        queryResponseInterval: seconds(40_000),
        version: 2,
        ignoreVersions: [2],
      }),
    );
    expect(variables).toBeUndefined();
    expect(faults.map(({ message, fix }) => `${message}: ${fix}`)).toEqual([
      'with robustness 1, the loss of a single message ends a membership: use 2 or more',
      'the query interval does not fit into a query: use at most 31744 s',
      'a response interval of 40000 s does not fit into a version 2 query: use 0.1 s to 25.5 s',
      'hosts could still be answering when the next general query comes: use less than the query interval, 31745 s',
      'a version 2 querier that ignores version 2 gets no answers: use version 3, or do not ignore the version in use',
    ]);
    expect(faultsOf({ ignoreVersions: [1, 2] })).toEqual([]);
    expect(faultsOf({ version: 1, ignoreVersions: [2] })).toEqual([]);
    expect(faultsOf({ version: 1, ignoreVersions: [1] })).toEqual(['error ignoreVersions']);
  });
});
