import type { Interface } from '../interface.js';
import type { Filter, FilterDecision, FilterEntry } from '../ip/filter.js';
import { DEPENDS } from '../ip/filter-block.js';
import type { Whither } from '../ip/filter-table.js';
import type { FilterLookup } from '../ip/filters.js';
import * as ipv4 from '../ip/header.js';
import type { Routing } from '../ip/routing.js';
import { drop, type Step, type Verdict, type Withheld } from './verdict.js';

/** What filters need to decide. */
export interface FilterTables {
  readonly routing: Routing;
  /** Undefined if there are none. */
  readonly filters: FilterLookup | undefined;
}

/**
 * Asks the filters about a datagram that has just come in. Returns whether that ends it.
 *
 * Often the egress makes no difference. If it does, the verdict awaits it, and `filterAtEgress` or `withholdFiltered` asks
 * again. Source: RFC 1812 §5.3.9.
 */
export const isFilteredOnArrival = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: FilterTables,
  verdict: Verdict,
  steps: Step[] | undefined,
): boolean => {
  const told: Step[] | undefined = steps && [];
  const found = find(datagram, ingress, 'unknown', tables.filters!, verdict, told);
  if (found === DEPENDS) {
    verdict.awaitsEgress = true;
    return false;
  }
  verdict.decisions = noted(verdict.decisions, found, 'anywhere', datagram);
  steps?.push(...told!);
  if (!isAgainst(found)) return false;
  end(found, datagram, ingress, tables, verdict, steps);
  return true;
};

/**
 * Asks the filters again, once the fate of a datagram shows where it leaves or that it does not. Copies have been asked
 * about already. What a filter says comes before any other reason to drop.
 */
export const filterAtEgress = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: FilterTables,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  const where = verdict.fate === 'deliver' ? 'nowhere' : (verdict.egress ?? 'nowhere');
  const told: Step[] | undefined = steps && [];
  const found = find(datagram, ingress, where, tables.filters!, verdict, told);
  if (found === DEPENDS) return;
  verdict.decisions = noted(verdict.decisions, found, where, datagram);
  const ending = steps?.splice(steps.findIndex(({ what }) => ENDINGS.has(what))) ?? [];
  steps?.push(...told!);
  if (isAgainst(found)) end(found, datagram, ingress, tables, verdict, steps);
  else steps?.push(...ending);
};

/** Asks the filters about each copy of a datagram to a group, and withholds those that they are against. */
export const withholdFiltered = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: Pick<FilterTables, 'filters'>,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  verdict.awaitsEgress = false;
  const withheld: Withheld[] = [];
  for (const egress of verdict.outgoing) {
    const told: Step[] | undefined = steps && [];
    const found = find(datagram, ingress, egress, tables.filters!, verdict, told);
    if (found === DEPENDS) continue;
    for (const each of told ?? []) steps!.push({ ...each, detail: `to ${egress.name}: ${each.detail}` });
    verdict.decisions = noted(verdict.decisions, found, egress, datagram);
    if (isAgainst(found)) withheld.push({ egress, reason: reasonOf(found) });
  }
  if (withheld.length === 0) return;
  verdict.outgoing = verdict.outgoing.filter((each) => !withheld.some(({ egress }) => egress === each));
  verdict.withheld = [...verdict.withheld, ...withheld];
};

/** The filter that decides: that of the first fragment, if it was seen, or else the first that matches. */
const find = (
  datagram: Uint8Array,
  ingress: Interface,
  whither: Whither,
  filters: FilterLookup,
  verdict: Verdict,
  steps: Step[] | undefined,
): FilterEntry | typeof DEPENDS | undefined => {
  const first = ipv4.fragmentOffset(datagram) > 0 ? filters.decisionsAbout(datagram) : undefined;
  const followed = first && followedBy(first, whither);
  if (followed === DEPENDS) return followed;
  if (followed !== undefined) {
    steps?.push(stepOf(`${said(followed.entry)}, as for the first fragment`));
    return followed.entry;
  }
  const missed =
    steps &&
    (({ filter }: FilterEntry): unknown =>
      steps.push(stepOf(`${filter.name}: matches, but not this time${oddsOf(filter)}`)));
  const found = filters.table.find(datagram, ingress, whither, filters.draw, verdict, missed);
  if (found !== DEPENDS) steps?.push(stepOf(said(found)));
  return found;
};

/** Which of the decisions about a first fragment holds for a later one; undefined if it goes where the first did not. */
const followedBy = (
  decisions: readonly FilterDecision[],
  whither: Whither,
): FilterDecision | typeof DEPENDS | undefined => {
  const [only] = decisions;
  if (only?.where === 'anywhere') return only;
  return whither === 'unknown' ? DEPENDS : decisions.find(({ where }) => where === whither);
};

/** The decisions with one more. That no filter matches is worth a note only for those who follow. */
const noted = (
  decisions: readonly FilterDecision[],
  entry: FilterEntry | undefined,
  where: FilterDecision['where'],
  datagram: Uint8Array,
): readonly FilterDecision[] => {
  if (entry !== undefined && where === 'anywhere') return entry.alone;
  return entry === undefined && !ipv4.isFragment(datagram) ? decisions : [...decisions, { entry, where }];
};

const isAgainst = (entry: FilterEntry | undefined): entry is FilterEntry =>
  entry !== undefined && entry.filter.action !== 'accept';

const reasonOf = ({ filter }: FilterEntry): 'filter-drop' | 'filter-reject' =>
  filter.action === 'reject' ? 'filter-reject' : 'filter-drop';

const end = (
  entry: FilterEntry,
  datagram: Uint8Array,
  ingress: Interface,
  { routing }: FilterTables,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  verdict.code = entry.filter.with;
  // The MTU to tell is that of the way on. Source: RFC 1191 §4.
  if (verdict.code === 'frag-needed') verdict.egress ??= routing.onwardExit(datagram)?.egress ?? ingress;
  drop(verdict, reasonOf(entry), steps);
};

/** The steps that say how a datagram ends; one of them is always there. */
const ENDINGS: ReadonlySet<Step['what']> = new Set(['mtu', 'out', 'deliver', 'drop']);

const stepOf = (detail: string): Step => ({ what: 'filter', detail, source: RULE });

const RULE = 'RFC 1812 §5.3.9';

const said = (entry: FilterEntry | undefined): string => {
  if (entry === undefined) return 'none matches';
  const { name, action, with: code } = entry.filter;
  return `${name}: ${action}${code === undefined ? '' : ` with ${code}`}${oddsOf(entry.filter)}`;
};

const oddsOf = ({ probability }: Filter): string =>
  probability === 1 ? '' : `, by a chance of ${Number((probability * 100).toPrecision(9))}%`;
