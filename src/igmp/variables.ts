import { type Duration, duration, milliseconds } from '../time.js';
import {
  DEFAULT_IGMP_SETTINGS,
  type IgmpSettings,
  LONGEST_CODED,
  LONGEST_QUERY_INTERVAL,
  SHORTEST_CODED,
} from './settings.js';

/** The variables that determine all timers, complete and checked. Source: RFC 9776 §8. */
export interface Variables {
  /** Tolerated losses in a row plus one; at least 1. */
  readonly robustness: number;
  readonly queryInterval: Duration;
  readonly queryResponseInterval: Duration;
  readonly lastMemberQueryInterval: Duration;
  readonly lastMemberQueryCount: number;
  readonly startupQueryInterval: Duration;
  readonly startupQueryCount: number;
}

/** The variables that another querier announced; undefined if it did not. */
export interface AdoptedVariables {
  readonly robustness: number | undefined;
  readonly queryInterval: Duration | undefined;
}

export const NOTHING_ADOPTED: AdoptedVariables = { robustness: undefined, queryInterval: undefined };

/** The variables of valid settings; derived ones follow what was adopted. Source: RFC 9776 §8. */
export const variablesOf = (
  settings: IgmpSettings,
  adopted: AdoptedVariables = NOTHING_ADOPTED,
): Variables => {
  const robustness = adopted.robustness ?? settings.robustness;
  const queryInterval = adopted.queryInterval ?? settings.queryInterval;
  return {
    robustness,
    queryInterval,
    queryResponseInterval: settings.queryResponseInterval,
    lastMemberQueryInterval: settings.lastMemberQueryInterval,
    lastMemberQueryCount: settings.lastMemberQueryCount ?? robustness,
    startupQueryInterval: settings.startupQueryInterval ?? duration(queryInterval / 4),
    startupQueryCount: settings.startupQueryCount ?? robustness,
  };
};

/**
 * How long a group stays on an interface after its last report, in milliseconds.
 *
 * A host answers each general query within `queryResponseInterval`, and `robustness - 1` of its
 * answers may be lost, so silence for this long means nobody is left. 270 000 with the defaults.
 *
 * Source: RFC 9776 §8.4.
 */
export const groupMembershipInterval = (v: Variables): Duration =>
  duration(v.robustness * v.queryInterval + 2 * v.queryResponseInterval);

/** How long another querier may be silent before we take over; 255 000 with the defaults. Source: RFC 9776 §8.5. */
export const otherQuerierPresentInterval = (v: Variables): Duration =>
  duration(v.robustness * v.queryInterval + v.queryResponseInterval / 2);

/** How long a group stays in version 1 or 2 mode after an older report; 260 000. Source: RFC 9776 §8.13. */
export const olderHostPresentInterval = (v: Variables): Duration =>
  duration(v.robustness * v.queryInterval + v.queryResponseInterval);

/** How long we use an older version after an older general query; 350 000. Source: RFC 9776 §8.12. */
export const olderQuerierPresentTimeout = (v: Variables): Duration =>
  duration(v.robustness * v.queryInterval + 10 * v.queryResponseInterval);

/** How long a group stays after a leave if nobody answers; 2 000. Source: RFC 9776 §8.10. */
export const lastMemberQueryTime = (v: Variables): Duration =>
  duration(v.lastMemberQueryInterval * v.lastMemberQueryCount);

/** The variables and everything derived from them, computed once, so that a report only looks them up. */
export interface Intervals extends Variables {
  readonly groupMembershipInterval: Duration;
  readonly otherQuerierPresentInterval: Duration;
  readonly olderHostPresentInterval: Duration;
  readonly olderQuerierPresentTimeout: Duration;
  readonly lastMemberQueryTime: Duration;
}

export const intervalsOf = (v: Variables): Intervals => ({
  ...v,
  groupMembershipInterval: groupMembershipInterval(v),
  otherQuerierPresentInterval: otherQuerierPresentInterval(v),
  olderHostPresentInterval: olderHostPresentInterval(v),
  olderQuerierPresentTimeout: olderQuerierPresentTimeout(v),
  lastMemberQueryTime: lastMemberQueryTime(v),
});

/** An impossible or inadvisable setting. */
interface VariableFault {
  readonly setting: keyof IgmpSettings;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly fix: string;
}

/** The longest time in one octet of tenths of a second. Source: RFC 2236 §2.2. */
const LONGEST_V2_CODED = milliseconds(25_500);

/** The variables of settings, and what is wrong with them; warnings alone do not invalidate them. */
export const parseVariables = (
  settings: IgmpSettings,
): { readonly variables: Variables | undefined; readonly faults: readonly VariableFault[] } => {
  const faults = [...countFaults(settings), ...intervalFaults(settings), ...versionFaults(settings)];
  const isValid = faults.every(({ severity }) => severity === 'warning');
  return { variables: isValid ? variablesOf(settings) : undefined, faults };
};

function* countFaults(settings: IgmpSettings): Generator<VariableFault, void> {
  for (const setting of ['robustness', 'lastMemberQueryCount', 'startupQueryCount'] as const) {
    const count = settings[setting];
    if (count !== undefined && !(Number.isInteger(count) && count >= 1))
      yield error(
        setting,
        `${count} is not a count of at least 1`,
        `use at least 1; the default is ${DEFAULT_IGMP_SETTINGS.robustness}`,
      );
  }
  if (settings.robustness === 1)
    yield {
      setting: 'robustness',
      severity: 'warning',
      message: 'with robustness 1, the loss of a single message ends a membership',
      fix: 'use 2 or more',
    };
}

function* intervalFaults(settings: IgmpSettings): Generator<VariableFault, void> {
  const { queryInterval, queryResponseInterval, version } = settings;
  if (!(queryInterval > 0 && queryInterval <= LONGEST_QUERY_INTERVAL))
    yield error(
      'queryInterval',
      'the query interval does not fit into a query',
      `use at most ${LONGEST_QUERY_INTERVAL / 1000} s`,
    );
  const longest = version === 3 ? LONGEST_CODED : LONGEST_V2_CODED;
  for (const setting of ['queryResponseInterval', 'lastMemberQueryInterval'] as const)
    if (!(settings[setting] >= SHORTEST_CODED && settings[setting] <= longest))
      yield error(
        setting,
        `a response interval of ${settings[setting] / 1000} s does not fit into a version ${version} query`,
        `use ${SHORTEST_CODED / 1000} s to ${longest / 1000} s`,
      );
  if (queryResponseInterval >= queryInterval)
    yield error(
      'queryResponseInterval',
      'hosts could still be answering when the next general query comes',
      `use less than the query interval, ${queryInterval / 1000} s`,
    );
  if (settings.startupQueryInterval !== undefined && !(settings.startupQueryInterval > 0))
    yield error('startupQueryInterval', 'the startup query interval is not positive', 'use 1 s or more');
}

function* versionFaults({ ignoreVersions, version }: IgmpSettings): Generator<VariableFault, void> {
  if (version !== 3 && ignoreVersions.includes(version))
    yield error(
      'ignoreVersions',
      `a version ${version} querier that ignores version ${version} gets no answers`,
      'use version 3, or do not ignore the version in use',
    );
}

const error = (setting: keyof IgmpSettings, message: string, fix: string): VariableFault => ({
  setting,
  severity: 'error',
  message,
  fix,
});
