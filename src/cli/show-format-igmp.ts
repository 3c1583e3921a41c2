import type { Counts, GroupRow, IgmpRow, MrouteRow } from '../observe/shown-multicast.js';
import { type Column, folded, formatTable, type TableStyle } from './table.js';

const IGMP: readonly Column<IgmpRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'role', cell: (row) => row.role },
  { title: 'version', cell: (row) => row.version, align: 'right', yields: 3 },
  { title: 'querier', cell: (row) => row.querier ?? '-' },
  {
    title: 'its time left',
    cell: (row) => formatLeft(row.otherQuerierExpiresSeconds),
    align: 'right',
    yields: 2,
  },
  { title: 'next query', cell: (row) => formatLeft(row.nextQuerySeconds), align: 'right', yields: 1 },
  { title: 'groups', cell: (row) => row.groups, align: 'right' },
  {
    title: 'refused',
    cell: (row) => sum(row.refused),
    align: 'right',
    tone: (row) => (sum(row.refused) > 0 ? 'odd' : undefined),
  },
];

const GROUPS: readonly Column<GroupRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'group', cell: (row) => row.group },
  { title: 'wanted', cell: formatWanted },
  { title: 'last reporter', cell: (row) => row.lastReporter ?? '-', yields: 2 },
  { title: 'expires', cell: (row) => formatLeft(lastEnd(row)), align: 'right', yields: 1 },
  { title: 'origin', cell: (row) => row.origin.join(', '), yields: 3 },
  { title: 'igmp', cell: (row) => `v${row.compatibility}`, yields: 4 },
];

const MROUTES: readonly Column<MrouteRow>[] = [
  { title: 'router', cell: (row) => row.router, yields: 1 },
  { title: 'source', cell: (row) => row.source },
  { title: 'group', cell: (row) => row.group },
  { title: 'in', cell: (row) => row.incoming },
  { title: 'out', cell: (row) => (row.outgoing.length === 0 ? '-' : row.outgoing.join(', ')) },
  { title: 'forwarded', cell: (row) => row.packets, align: 'right', yields: 2 },
  {
    title: 'stopped by',
    cell: formatReason,
    tone: (row) => (row.reason !== null && row.reason !== 'multicast-no-member' ? 'bad' : undefined),
  },
];

/** Why it goes nowhere; or why one of those that it goes to does not get all of it. */
function formatReason({ reason, outgoing, blocked }: MrouteRow): string {
  if (reason !== null) return reason;
  const partly = blocked.find(({ interface: each }) => outgoing.includes(each));
  return partly === undefined ? '-' : (partly.why.split(':')[0] ?? '-');
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** A table, and below it what each interface has refused, and how often. */
export const formatIgmp = (rows: readonly IgmpRow[], style: TableStyle = {}): string => {
  const refusing = rows.filter(({ refused }) => sum(refused) > 0);
  const lines = refusing.map(({ interface: name, refused }) => {
    const counts = Object.entries(refused).filter(([, count]) => count > 0);
    return `${name} refused: ${counts.map(([why, count]) => `${why} ${count}`).join(', ')}`;
  });
  const hint = lines.length === 0 ? [] : [...lines, 'hint: `tunpike help WHY` explains each of them'];
  if (rows.length === 0) hint.push('hint: IGMP runs on interfaces that have `igmp: {}`');
  return [formatTable(IGMP, rows, style), ...hint.map((each) => folded(each, style.width))].join('\n');
};

export const formatGroups = (rows: readonly GroupRow[], style: TableStyle = {}): string =>
  formatTable(GROUPS, rows, style);

/** The most hints that a table gets. */
const MOST_HINTS = 4;

/** A table, and below it what keeps streams from links where they may be expected. */
export const formatMroutes = (rows: readonly MrouteRow[], style: TableStyle = {}): string => {
  const hints = [...new Set(rows.flatMap(hintsOf))].slice(0, MOST_HINTS);
  return [
    formatTable(MROUTES, rows, style),
    ...hints.map((hint) => folded(`hint: ${hint}`, style.width)),
  ].join('\n');
};

/** Reasons that are as they should be, and plain from the table. */
const ORDINARY: ReadonlySet<string> = new Set([
  'it is where they arrive',
  'no host there has joined the group',
]);

const hintsOf = ({ source, group, incoming, outgoing, reason, blocked }: MrouteRow): string[] => {
  // A link without IGMP may be meant to have none, as long as the stream goes somewhere.
  const isMeant = (why: string): boolean => outgoing.length > 0 && why.startsWith('it runs no IGMP');
  const telling = blocked.filter(({ why }) => !ORDINARY.has(why) && !isMeant(why));
  const hints = telling.map(
    (each) => `the stream from ${source} to ${group} does not leave by ${each.interface}: ${each.why}`,
  );
  if (reason === 'multicast-ttl' && telling.length === 0)
    hints.push(
      `the stream from ${source} to ${group} has a TTL too small for the next link; most programs send with TTL 1 by default (IP_MULTICAST_TTL, mcast send --ttl)`,
    );
  if (reason === 'multicast-reverse-path')
    hints.push(
      `the stream from ${source} to ${group} arrived on ${incoming}, but no route to ${source} leaves by it (\`multicast.reverse-path: off\` accepts it anyway)`,
    );
  return hints;
};

/** The sources that members want: all, all but some, or only some. */
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

/** When the group expires if no report comes; with named sources, when the last of them does. */
function lastEnd({ expiresSeconds, sources }: GroupRow): number | null {
  const ends = [expiresSeconds, ...sources.map((each) => each.expiresSeconds)].filter(
    (each) => each !== null,
  );
  return ends.length === 0 ? null : Math.max(...ends);
}

function formatLeft(seconds: number | null): string {
  return seconds === null ? '-' : `${seconds.toFixed(1)}s`;
}
