import type { DropReason } from '../drop-reason.js';

/** Counters by the name of what they count. */
export type Counts = Readonly<Record<string, number>>;

/** IGMP on one interface. */
export interface IgmpRow {
  readonly interface: string;
  readonly role: 'querier' | 'non-querier' | 'host';
  /** The version spoken now. */
  readonly version: number;
  readonly querier: string | null;
  readonly otherQuerierExpiresSeconds: number | null;
  readonly nextQuerySeconds: number | null;
  readonly groups: number;
  readonly robustness: number;
  readonly queryIntervalSeconds: number;
  readonly queryResponseIntervalSeconds: number;
  readonly lastMemberQueryIntervalSeconds: number;
  readonly groupMembershipIntervalSeconds: number;
  readonly otherQuerierPresentIntervalSeconds: number;
  readonly olderHostPresentIntervalSeconds: number;
  readonly lastMemberQueryTimeSeconds: number;
  readonly received: Counts;
  readonly sent: Counts;
  readonly refused: Counts;
}

/** What is known of one group on one interface. */
export interface GroupRow {
  readonly interface: string;
  readonly group: string;
  readonly filterMode: 'include' | 'exclude';
  readonly sources: readonly SourceRow[];
  readonly lastReporter: string | null;
  readonly expiresSeconds: number | null;
  readonly origin: readonly ('report' | 'static' | 'join')[];
  /** The oldest IGMP version among the group's members. */
  readonly compatibility: number;
  readonly ageSeconds: number | null;
}

interface SourceRow {
  readonly address: string;
  readonly forwarding: boolean;
  readonly expiresSeconds: number | null;
}

/** One multicast route: a source and a group as they come in by one interface. */
export interface MrouteRow {
  readonly router: string;
  readonly source: string;
  readonly group: string;
  readonly incoming: string;
  readonly outgoing: readonly string[];
  readonly packets: number;
  readonly octets: number;
  readonly reason: DropReason | null;
  /** Why not to the other interfaces. */
  readonly blocked: readonly { readonly interface: string; readonly why: string }[];
}
