import type { Address, Prefix } from '../address.js';
import { type Duration, seconds } from '../time.js';
import type { OlderVersion, Version } from './message.js';
import type { QuerierMode } from './querier-table.js';

/** A membership that no report makes: of a group, or of one source of it. */
export interface FixedMembership {
  readonly group: Address;
  /** Undefined for every source. */
  readonly source: Address | undefined;
}

/** Groups, and where told only some sources of them. */
export interface GroupPattern {
  readonly group: Prefix;
  /** Undefined where the whole group is meant. */
  readonly source: Prefix | undefined;
}

/** How IGMP behaves on one interface. The defaults are those of the configuration file. */
export interface IgmpSettings {
  /** What the querier speaks. */
  readonly version: Version;
  /** `always`: goes on although another router has a lower address; `never`: asks nothing, and only listens. */
  readonly querier: QuerierMode;
  /**
   * Versions whose messages are ignored completely, queries too: hosts of that version get nothing, and a
   * querier of that version is not heard. Never the version that is spoken. Source: RFC 9776 §9.1, §9.2.
   */
  readonly ignoreVersions: readonly OlderVersion[];
  readonly robustness: number;
  readonly queryInterval: Duration;
  readonly queryResponseInterval: Duration;
  readonly lastMemberQueryInterval: Duration;
  /** Undefined: as many as `robustness`. */
  readonly lastMemberQueryCount: number | undefined;
  /** Undefined: a quarter of `queryInterval`. */
  readonly startupQueryInterval: Duration | undefined;
  /** Undefined: as many as `robustness`. */
  readonly startupQueryCount: number | undefined;
  /**
   * Whether a leave counts at once, without asking who is left. `tracked`: only where everybody who
   * reported the group has left it, by what each of them said.
   */
  readonly fastLeave: 'never' | 'always' | 'tracked';
  /** Whether what is sent carries the Router Alert option; other routers may ignore queries without it. */
  readonly routerAlert: boolean;
  /** Whether version 2 and 3 reports and leaves without the option are ignored; queries always are. */
  readonly requireRouterAlert: boolean;
  /** Whether switches are told that a multicast router is here; never where the interface has no address. */
  readonly routerDiscovery: boolean;
  readonly maxGroups: number;
  /** Of one group. */
  readonly maxSources: number;
  /** What hosts may ask for; empty for everything. See `GroupAccess`. */
  readonly acceptGroups: readonly GroupPattern[];
  /** What hosts may not ask for, whatever is accepted. */
  readonly denyGroups: readonly GroupPattern[];
  readonly staticGroups: readonly FixedMembership[];
  readonly joinGroups: readonly FixedMembership[];
  /** Source-specific besides 232.0.0.0/8. */
  readonly ssmRanges: readonly Prefix[];
}

/** Source: RFC 9776 §8. */
export const DEFAULT_IGMP_SETTINGS: IgmpSettings = {
  version: 3,
  querier: 'elect',
  ignoreVersions: [],
  robustness: 2,
  queryInterval: seconds(125),
  queryResponseInterval: seconds(10),
  lastMemberQueryInterval: seconds(1),
  lastMemberQueryCount: undefined,
  startupQueryInterval: undefined,
  startupQueryCount: undefined,
  fastLeave: 'never',
  routerAlert: true,
  requireRouterAlert: false,
  routerDiscovery: false,
  maxGroups: 4096,
  maxSources: 512,
  acceptGroups: [],
  denyGroups: [],
  staticGroups: [],
  joinGroups: [],
  ssmRanges: [],
};
