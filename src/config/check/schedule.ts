import { namesIn, parseChangeLine } from '../../change/change.js';
import type { Named } from '../../change/grammar.js';
import { isFault } from '../../text/fault.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { Topology } from '../topology.js';
import type { Path } from '../tree.js';
import { listed } from './listed.js';

/** Finds scheduled changes that nobody could type, and names in them that mean nothing in this lab. */
export const checkSchedule = (draft: FileDraft, topology: Topology, report: Report): void => {
  const known = knownNames(draft, topology);
  for (const [at, entry] of (draft.schedule ?? []).entries()) {
    if (entry === undefined) continue;
    const path = ['schedule', at];
    if (entry.times !== undefined && entry.times > 1 && entry.every === undefined)
      report.errorAtKey(
        'E-KEY',
        [...path, 'times'],
        '`times` has no `every`',
        'add how long to wait between, such as `every: 30s`',
      );
    if (entry.do !== undefined) checkWords(entry.do, known, [...path, 'do'], report);
  }
};

type Known = { readonly [What in Named]: ReadonlySet<string> | undefined };

const checkWords = (line: string, known: Known, path: Path, report: Report): void => {
  const change = parseChangeLine(line);
  if (isFault(change)) return report.error(change.fault, path, change.message, change.fix);
  for (const { what, name } of namesIn(change)) {
    const names = known[what];
    if (names === undefined || names.has(name)) continue;
    const meant = report.nearest(name, names);
    report.error(
      'E-REF',
      path,
      `there is no ${WORDS[what]} \`${name}\``,
      meant === undefined ? `use an existing one: ${listed(names)}` : `did you mean \`${meant}\`?`,
    );
  }
};

/** What a sentence calls it. */
const WORDS: Readonly<Record<Named, string>> = {
  link: 'link',
  router: 'router',
  interface: 'interface',
  owner: 'host or router',
  filter: 'filter',
};

/** The names of each kind; undefined where any name may come to mean something while the lab runs. */
const knownNames = ({ links, hosts, routers }: FileDraft, { attachments }: Topology): Known => {
  const ofRouters = attachments.filter(({ kind }) => kind === 'router');
  return {
    link: links && new Set(links.keys()),
    router: routers && new Set(routers.keys()),
    interface: routers && new Set(ofRouters.flatMap(({ owner, link }) => [`${owner}.${link}`, link])),
    owner: hosts && routers && new Set([...hosts.keys(), ...routers.keys()]),
    filter: undefined,
  };
};
