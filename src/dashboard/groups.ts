import type { GroupRow } from '../observe/shown.js';
import { byId } from './element.js';
import { count, span } from './format.js';
import { type Cell, type Column, Table } from './table.js';
import { named, type View } from './view.js';

/** Who hears what: a row for each group, a column for each interface that runs IGMP; then the streams that flow. */
export class Groups {
  readonly #place = byId('groups');
  #members: Table | undefined;
  #madeFor = '';
  readonly #streams = new Table(
    [
      { title: 'Stream', isWhole: true },
      { title: 'Router', isWhole: true },
      { title: 'In', isWhole: true },
      { title: 'Out' },
      { title: 'Datagrams', isNumber: true },
      { title: 'Not to' },
    ],
    'No multicast stream flows.',
    'Multicast streams, and where they go',
  );

  update(view: View): void {
    const { igmp, groups, mroutes } = view;
    const made = igmp.map((each) => each.interface).join(' ');
    if (this.#members === undefined || this.#madeFor !== made) {
      this.#madeFor = made;
      const columns: Column[] = igmp.map((each) => ({ title: each.interface }));
      this.#members = new Table(
        [{ title: 'Group', isWhole: true }, ...columns],
        'No interface runs IGMP: give it `igmp: {}`.',
        'Groups, and the interfaces behind which somebody has joined them',
      );
      this.#place.replaceChildren(this.#members.element, this.#streams.element);
    }
    const querier: Cell[] = igmp.map(({ role, querier: who, version, nextQuerySeconds }) => ({
      text:
        role === 'querier'
          ? `querier, v${version}${nextQuerySeconds === null ? '' : `; next query in ${span(Math.ceil(nextQuerySeconds))}`}`
          : role === 'host'
            ? `host, v${version}`
            : `v${version}; querier is ${named(view, who)}`,
      class: role === 'querier' ? 'prose accent' : 'prose dim',
    }));
    const names = [...new Set(groups.map(({ group }) => group))].sort(byAddress);
    const rows = names.map((group): Cell[] => [
      group,
      ...igmp.map((each): Cell => {
        const row = groups.find((one) => one.group === group && one.interface === each.interface);
        return row === undefined ? { text: '·', class: 'dim' } : heard(view, row);
      }),
    ]);
    const silent: Cell[] = [{ text: 'nobody has joined a group', class: 'dim' }, ...igmp.map(() => '')];
    this.#members.fill(
      igmp.length === 0
        ? []
        : [[{ text: 'IGMP', class: 'dim' }, ...querier], ...(rows.length === 0 ? [silent] : rows)],
    );
    this.#streams.fill(
      mroutes.map(({ router, source, group, incoming, outgoing, packets, reason, blocked }) => [
        `${source} → ${group}`,
        router,
        incoming,
        outgoing.length === 0 ? { text: reason ?? 'nobody', class: 'warn' } : outgoing.join(', '),
        count(packets),
        { text: blocked.map((each) => `${each.interface}: ${each.why}`).join(', '), class: 'prose dim' },
      ]),
    );
    this.#streams.element.hidden = mroutes.length === 0;
  }
}

/** Who has joined, and what: `● alice (198.51.100.10)`, with the sources that are wanted or not. */
export const heard = (view: View, { filterMode, sources, lastReporter, origin }: GroupRow): Cell => {
  const listed = sources
    .filter(({ forwarding }) => forwarding === (filterMode === 'include'))
    .map(({ address }) => address);
  const which =
    listed.length === 0
      ? ''
      : filterMode === 'include'
        ? ` only ${listed.join(', ')}`
        : ` not ${listed.join(', ')}`;
  const who = lastReporter === null ? origin.join(', ') : named(view, lastReporter);
  return { text: `● ${who}${which}`, title: `last report by ${who}; ${filterMode}` };
};

const byAddress = (a: string, b: string): number => numberOf(a) - numberOf(b);

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
