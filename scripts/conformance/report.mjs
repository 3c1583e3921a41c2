import { release } from 'node:os';

/** What the last column of the second part is, and what it is not. */
const BRIDGE = [
  `**Linux bridge** is the querier of the bridge in Linux ${release()}, \`mcast_querier 1\` in a namespace of its own for each`,
  'case, given the same octets as Ethernet frames by TAP devices, and read by its queries and by `bridge -d -s mdb show`. It is',
  'there as a second opinion, not as a contest: a bridge snoops and forwards below IPv4, it is held here to RFC 9776, of 2025,',
  'and where the level is — its choice may be as good as ours. What of a case is about datagrams that are routed, counters or',
  'events is left out for it, and where nothing else is in a case, that is not run; so a pass says less than in the other columns.',
  'The version of the oldest host is not compared either: a bridge does not remember it. It has a setting for each interval',
  'that follows from others by the RFC, and those are set as they follow, but for the rows about just that (B01, B03, B04, B09,',
  'B13), which show its own. Moments may be off by 0.25 s, and late by an eighth of the time since they were set, for so coarse',
  'are the long timers of the kernel.',
];

/** What the third part is. */
const OFFLOAD = [
  'Whatever is offloaded, a wire must show the same octets. The kernel is the judge: bursts made by chance are written to a TUN',
  'device with offload, single datagrams at once where that may be; Linux sends them out of a device without offload, and so',
  'takes them apart by itself, before any of its IP has seen them; and out of one with offload, as super-datagrams, which are',
  'read and taken apart by us. All three are compared with the burst, octet by octet, and the order within each flow; only where',
  'DF is set, the identification of what was written at once is anybody’s (RFC 6864 §4.1).',
];

const judgedOf = (judged) => [
  '| id | source | what | result | bursts | datagrams | writes |',
  '| --- | --- | --- | --- | ---: | ---: | ---: |',
  ...judged.map(({ row: { id, source, title }, checked: { why, bursts, datagrams, writes } }) => {
    const result = why === undefined ? 'pass' : `**deviates**: ${escaped(why)}`;
    return `| ${id} | ${escaped(source)} | ${escaped(title)} | ${result} | ${bursts} | ${datagrams} | ${writes} |`;
  }),
];

/**
 * The whole of docs/conformance.md: of two parts, with the results of each by level, then by id, and of the third, whose
 * rows the kernel has judged.
 */
export const reportOf = ([ipv4, igmp], [ipv4Results, igmpResults], judged) => {
  const lines = [
    '# Conformance',
    '',
    `Written by \`npm run conformance\`, in one run, on Linux ${release()} and Node ${process.version}; do not edit.`,
    'Each row is one thing that the RFCs ask of a router, with the cases of `test/conformance/` behind it: octets in,',
    'octets out on every port, compared one by one.',
    '',
    '- **memory**: Tunpike on memory links in virtual time.',
    '- **TUN**: Tunpike on four TUN devices; a network namespace injects and captures octets through `AF_PACKET`.',
    '- **offload**: the same with `TUNPIKE_OFFLOAD=all`: what is injected of TCP and UDP has a partial checksum, as from a program there.',
    '- **Linux**: the kernel of this machine as the router between four TUN devices, given the same octets.',
    '',
    'A number in brackets says how many cases there are. *deviates* says what came out first that was not as the row asks; on',
    'Linux that may be a choice as good as ours where the level is —. *not run* says why.',
    '',
    `# Part 1: ${ipv4.title}`,
    '',
    ...partOf(ipv4, ipv4Results),
    '',
    `# Part 2: ${igmp.title}`,
    '',
    'In memory each moment is exact to a tenth of a millisecond; on TUN devices it may be off by 0.15 s (0.3 s later than 3 s), and what takes',
    'more than 65 s is not run, nor what asks for a millisecond after many seconds.',
    '',
    ...BRIDGE,
    '',
    ...partOf(igmp, igmpResults),
    '',
    '# Part 3: Offload',
    '',
    ...OFFLOAD,
    '',
    ...judgedOf(judged),
  ];
  return `${lines.join('\n')}\n`;
};

const partOf = ({ groups, rows, comparedWith }, results) => {
  const levels = ['memory', 'devices', 'offload', comparedWith];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const all = groups.flatMap(({ ids }) => ids);
  const lines = summaryOf(all, byId, results, levels);
  for (const { letters, title, ids } of groups) {
    lines.push('', `## ${letters}: ${title}`, '');
    lines.push(
      `| id | level | source | what | ${levels.map((level) => COLUMNS[level]).join(' | ')} |`,
      `| --- | --- | --- | --- |${' --- |'.repeat(levels.length)}`,
    );
    for (const id of ids) lines.push(lineOf(id, byId.get(id), results, levels));
  }
  return lines;
};

const summaryOf = (ids, byId, results, levels) => {
  const counted = levels.map((level) => {
    const words = ids.map((id) => verdictOf(byId.get(id), results.get(level)?.get(id)).word);
    return ['pass', 'deviates', 'not run', 'does not apply', 'not written'].map(
      (word) => words.filter((each) => each === word).length,
    );
  });
  return [
    `| of ${ids.length} rows | pass | deviates | not run | does not apply | not written |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...levels.map((level, at) => `| ${NAMES[level]} | ${counted[at].join(' | ')} |`),
  ];
};

const COLUMNS = {
  memory: 'memory',
  devices: 'TUN',
  offload: 'offload',
  linux: 'Linux',
  bridge: 'Linux bridge',
};
const NAMES = {
  memory: 'Tunpike, memory',
  devices: 'Tunpike, TUN',
  offload: 'Tunpike, TUN, offload',
  linux: 'Linux',
  bridge: 'Linux bridge',
};

const lineOf = (id, row, results, levels) => {
  if (row === undefined) return `| ${id} | | | not written |${' |'.repeat(levels.length)}`;
  const cells = levels.map((level) => cellOf(verdictOf(row, results.get(level)?.get(id))));
  return `| ${id} | ${row.level} | ${escaped(row.source)} | ${escaped(row.title)} | ${cells.join(' | ')} |`;
};

/** What the results of a row's cases come to: one that deviates decides, then whether any was run at all. */
const verdictOf = (row, results) => {
  if (row === undefined) return { word: 'not written' };
  if (row.inapplicable !== undefined) return { word: 'does not apply', detail: row.inapplicable };
  if (results === undefined) return { word: 'not run' };
  const of = (outcome) => results.filter(({ result }) => result.outcome === outcome);
  const [deviating, passing, skipped] = [of('deviates'), of('pass'), of('not run')];
  const first = deviating[0] ?? skipped[0];
  const why = first && (results.length === 1 ? first.result.why : `${first.title}: ${first.result.why}`);
  const count = (some) => (results.length === 1 ? '' : ` (${some.length} of ${results.length})`);
  if (deviating.length > 0) return { word: 'deviates', count: count(deviating), detail: why };
  if (passing.length === 0) return { word: 'not run', count: '', detail: first.result.why };
  const without = passing.find(({ result }) => result.without !== undefined)?.result.without;
  const details = [without && `without ${without}`, skipped.length > 0 && `not run: ${why}`].filter(Boolean);
  return {
    word: 'pass',
    count: skipped.length > 0 ? count(passing) : results.length === 1 ? '' : ` (${results.length})`,
    detail: details.length === 0 ? undefined : details.join('; '),
  };
};

const cellOf = ({ word, count = '', detail }) => {
  const emphasized = word === 'deviates' ? `**${word}**` : word;
  return `${emphasized}${count}${detail === undefined ? '' : `: ${escaped(detail)}`}`;
};

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
