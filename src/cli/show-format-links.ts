import type { LinkRow } from '../observe/shown.js';
import { formatDuration, formatRate, formatShare } from '../text/quantities.js';
import { seconds } from '../time.js';
import { type Column, formatTable, type TableStyle } from './table.js';

const LINKS: readonly Column<LinkRow>[] = [
  { title: 'link', cell: (row) => row.link },
  { title: 'from', cell: (row) => row.from ?? 'all', yields: 1 },
  { title: 'state', cell: (row) => row.state, tone: (row) => (row.state === 'down' ? 'bad' : undefined) },
  { title: 'mtu', cell: (row) => row.mtu, align: 'right', yields: 3 },
  { title: 'queued', cell: (row) => row.queuedDatagrams, align: 'right', yields: 4 },
  { title: 'lost', cell: (row) => row.lostDatagrams, align: 'right', yields: 2 },
  {
    title: 'dropped',
    cell: (row) => row.droppedDatagrams,
    align: 'right',
    yields: 2,
    tone: (row) => (row.droppedDatagrams > 0 ? 'odd' : undefined),
  },
  {
    title: 'impairments',
    cell: (row) => impairmentsOf(row).join(', ') || '-',
    short: (row) =>
      impairmentsOf(row)
        .join(', ')
        .replaceAll(' ± ', '±')
        .replace(/, seed \d+$/, '') || '-',
  },
];

/** One row a link, and after it one for each sender that has settings of its own. */
export const formatLinks = (rows: readonly LinkRow[], style: TableStyle = {}): string =>
  formatTable(LINKS, rows, style);

/** Those that are set, in the units of the file. */
function impairmentsOf(row: LinkRow): readonly string[] {
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
  return lines.filter((line) => line !== false);
}
