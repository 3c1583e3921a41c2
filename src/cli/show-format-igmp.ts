import { type Column, formatTable } from './table.js';

interface IgmpRow {
  readonly interface: string;
  readonly role: string;
  readonly version: number;
  readonly querier: string | null;
  readonly otherQuerierExpiresSeconds: number | null;
  readonly nextQuerySeconds: number | null;
  readonly groups: number;
}

interface GroupRow {
  readonly interface: string;
  readonly group: string;
  readonly filterMode: string;
  readonly sources: readonly {
    readonly address: string;
    readonly forwarding: boolean;
    readonly expiresSeconds: number | null;
  }[];
  readonly lastReporter: string | null;
  readonly expiresSeconds: number | null;
  readonly origin: readonly string[];
  readonly compatibility: number;
}

interface MrouteRow {
  readonly router: string;
  readonly source: string;
  readonly group: string;
  readonly incoming: string;
  readonly outgoing: readonly string[];
  readonly packets: number;
  readonly reason: string | null;
}

const IGMP: readonly Column<IgmpRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'role', cell: (row) => row.role },
  { title: 'version', cell: (row) => row.version, align: 'right' },
  { title: 'querier', cell: (row) => row.querier ?? '-' },
  { title: 'its time left', cell: (row) => formatLeft(row.otherQuerierExpiresSeconds), align: 'right' },
  { title: 'next query', cell: (row) => formatLeft(row.nextQuerySeconds), align: 'right' },
  { title: 'groups', cell: (row) => row.groups, align: 'right' },
];

const GROUPS: readonly Column<GroupRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'group', cell: (row) => row.group },
  { title: 'wanted', cell: formatWanted },
  { title: 'last reporter', cell: (row) => row.lastReporter ?? '-' },
  { title: 'expires', cell: (row) => formatLeft(lastEnd(row)), align: 'right' },
  { title: 'origin', cell: (row) => row.origin.join(', ') },
  { title: 'igmp', cell: (row) => `v${row.compatibility}` },
];

const MROUTES: readonly Column<MrouteRow>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: 'source', cell: (row) => row.source },
  { title: 'group', cell: (row) => row.group },
  { title: 'in', cell: (row) => row.incoming },
  { title: 'out', cell: (row) => row.outgoing.join(', ') || '-' },
  { title: 'packets', cell: (row) => row.packets, align: 'right' },
  { title: 'stopped by', cell: (row) => row.reason ?? '-' },
];

export const formatIgmp = (rows: readonly IgmpRow[]): string => formatTable(IGMP, rows);

export const formatGroups = (rows: readonly GroupRow[]): string => formatTable(GROUPS, rows);

/** A table, and below it what a sender can do about a TTL that is used up. */
export const formatMroutes = (rows: readonly MrouteRow[]): string => {
  const table = formatTable(MROUTES, rows);
  const short = rows.find(({ reason }) => reason === 'multicast-ttl');
  if (short === undefined) return table;
  return `${table}\nhint: ${short.source} sends to ${short.group} with a TTL that does not reach the next link; programs send with TTL 1 unless told otherwise (IP_MULTICAST_TTL, mcast send --ttl)`;
};

/** Which sources the members want: all, all but some, or only some. */
function formatWanted({ filterMode, sources }: GroupRow): string {
  const named = (isForwarding: boolean): string =>
    sources
      .filter(({ forwarding }) => forwarding === isForwarding)
      .map(({ address }) => address)
      .join(', ');
  if (filterMode === 'include') return named(true) || '-';
  const blocked = named(false);
  return blocked === '' ? 'all sources' : `all but ${blocked}`;
}

/** When nobody will want anything of it any more, if nobody reports it: with named sources, the last of them. */
function lastEnd({ expiresSeconds, sources }: GroupRow): number | null {
  const ends = [expiresSeconds, ...sources.map((each) => each.expiresSeconds)].filter(
    (each) => each !== null,
  );
  return ends.length === 0 ? null : Math.max(...ends);
}

function formatLeft(seconds: number | null): string {
  return seconds === null ? '-' : `${seconds.toFixed(1)}s`;
}
