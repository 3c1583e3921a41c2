import type { LinkRow } from '../observe/shown.js';
import { formatDuration, formatRate, formatShare } from '../text/quantities.js';
import { seconds } from '../time.js';
import { type Column, formatTable } from './table.js';

const LINKS: readonly Column<LinkRow>[] = [
  { title: 'link', cell: (row) => row.link },
  { title: 'from', cell: (row) => row.from ?? 'all' },
  { title: 'state', cell: (row) => row.state },
  { title: 'mtu', cell: (row) => row.mtu, align: 'right' },
  { title: 'impairments', cell: formatImpairments },
  { title: 'queued', cell: (row) => row.queuedDatagrams, align: 'right' },
  { title: 'lost', cell: (row) => row.lostDatagrams, align: 'right' },
  { title: 'dropped', cell: (row) => row.droppedDatagrams, align: 'right' },
];

/** One row a link, and after it one for each sender that has settings of its own. */
export const formatLinks = (rows: readonly LinkRow[]): string => formatTable(LINKS, rows);

/** One a line, in the units of the file. */
function formatImpairments(row: LinkRow): readonly string[] {
  const lasting = (length: number | null): string => formatDuration(seconds(length ?? 0));
  const lines: readonly (string | false)[] = [
    (row.delaySeconds ?? row.jitterSeconds) !== null &&
      `delay ${lasting(row.delaySeconds)}${row.jitterSeconds === null ? '' : ` ± ${lasting(row.jitterSeconds)}`}`,
    row.loss !== null && `loss ${formatShare(row.loss)}${row.burst === null ? '' : `, burst ${row.burst}`}`,
    row.duplicate !== null && `duplicate ${formatShare(row.duplicate)}`,
    row.reorder !== null && `reorder ${formatShare(row.reorder)}`,
    row.corrupt !== null && `corrupt ${formatShare(row.corrupt)}`,
    row.rateBitsPerSecond !== null && `rate ${formatRate(row.rateBitsPerSecond)}`,
    row.queueDatagrams !== null && `queue ${row.queueDatagrams}`,
    row.seed !== null && `seed ${row.seed}`,
  ];
  const set = lines.filter((line) => line !== false);
  return set.length === 0 ? ['-'] : set;
}
