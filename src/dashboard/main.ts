import type { Drawing } from '../http/drawing.js';
import { asked, show, TokenWanted } from './ask.js';
import { Details } from './details.js';
import { Drops } from './drops.js';
import { byId, make, setText } from './element.js';
import { Events } from './events.js';
import { Explain } from './explain.js';
import { clock, count, rate, span } from './format.js';
import { Groups } from './groups.js';
import { LabMap } from './map.js';
import { isSameRun, type Reading, ratesBetween } from './reading.js';
import { askForToken } from './token.js';
import type { View } from './view.js';

/** How often the lab is read. In milliseconds. */
const PACE = 1000;
/** What changes seldom is read once in so many readings, or when an event says that it has changed. */
const SELDOM = 3;

const narrow = matchMedia('(max-width: 700px)');

const map = new LabMap(byId('map'), (id) => select(id));
const drops = new Drops();
const groups = new Groups();
const explain = new Explain((way) => map.light(way));
const details = new Details(
  () => select(undefined),
  (source) => explain.from(source),
);
const events = new Events(({ type }) => {
  if (type !== 'drop' && type !== 'icmp') isStale = true;
});

let selected: string | undefined;
let view: View | undefined;
/** Whether what changes seldom must be read with the next reading. */
let isStale = true;
let readings = 0;

const select = (id: string | undefined): void => {
  selected = id === selected ? undefined : id;
  map.select(selected);
  details.select(selected);
};

const read = async (): Promise<Reading> => {
  const [status, interfaces, links, dropped] = await Promise.all([
    show('status'),
    show('interfaces'),
    show('links'),
    show('drops'),
  ]);
  return { at: performance.now(), status, interfaces, links, drops: dropped };
};

type Seldom = Pick<View, 'topology' | 'drawing' | 'igmp' | 'groups' | 'mroutes' | 'neighbors'>;

const readSeldom = async (): Promise<Seldom> => {
  const [topology, drawing, igmp, joined, mroutes, neighbors] = await Promise.all([
    show('topology'),
    asked(`/dashboard/map?direction=${narrow.matches ? 'down' : 'right'}`).then((response) =>
      response.json(),
    ),
    show('igmp'),
    show('groups', { limit: '1000' }),
    show('mroutes', { limit: '200' }),
    show('neighbors', { limit: '2000' }),
  ]);
  // One that is the same stays the same object: nothing is drawn anew.
  const isSame = JSON.stringify(view?.drawing) === JSON.stringify(drawing);
  return {
    topology,
    drawing: isSame && view !== undefined ? view.drawing : (drawing as Drawing),
    igmp,
    groups: joined,
    mroutes,
    neighbors,
  };
};

const update = async (): Promise<void> => {
  const reading = await read();
  const isSeldom = view === undefined || isStale || readings % SELDOM === 0;
  isStale = false;
  const seldom: Seldom = isSeldom ? await readSeldom() : view!;
  readings += 1;
  const before = view?.reading;
  const isNext = before !== undefined && isSameRun(before, reading);
  if (before !== undefined && !isNext) drops.clear();
  const rates = isNext ? ratesBetween(before, reading) : undefined;
  const { topology, drawing, igmp, groups: joined, mroutes, neighbors } = seldom;
  view = { reading, rates, topology, drawing, igmp, groups: joined, mroutes, neighbors };
  byId('lab').hidden = false;
  tellFacts(view);
  map.update(view);
  explain.update(view);
  details.update(view);
  drops.update(reading, rates);
  groups.update(view);
  if (selected !== undefined && !drawing.nodes.some(({ id }) => id === selected)) select(undefined);
};

const tellFacts = (now: View): void => {
  const { status, drops: rows } = now.reading;
  setText(byId('lab-name'), status.name);
  if (document.title !== `${status.name} · Tunpike`) document.title = `${status.name} · Tunpike`;
  const dropped =
    now.rates === undefined ? 0 : [...now.rates.drops.values()].reduce((sum, each) => sum + each, 0);
  const facts: readonly (readonly [string, string, string])[] = [
    ['Up', span(status.uptimeSeconds), ''],
    ['Routers', String(status.routers), ''],
    ['Links', String(status.links), ''],
    ['Hosts', String(status.hosts), ''],
    ['Forwarded /s', now.rates === undefined ? '–' : rate(now.rates.forwarded), ''],
    ['Dropped /s', rate(dropped), dropped > 0 ? 'warn' : ''],
    ['Dropped', count(rows.reduce((sum, { packets }) => sum + packets, 0)), ''],
  ];
  const list = byId('facts');
  if (list.childElementCount === 0)
    list.append(...facts.map(([name]) => make('div', {}, make('dt', { text: name }), make('dd'))));
  for (const [index, [, text, names]] of facts.entries()) {
    const value = list.children[index]?.lastElementChild;
    if (value == null) continue;
    setText(value, text);
    value.className = names;
  }
};

const tellState = (text: string, isGood: boolean): void => {
  setText(byId('state'), text);
  byId('state').classList.toggle('problem', !isGood);
  document.body.classList.toggle('stale', !isGood);
};

const isShown = (): Promise<void> =>
  document.hidden
    ? new Promise((resolve) => document.addEventListener('visibilitychange', () => resolve(), { once: true }))
    : Promise.resolve();

const run = async (): Promise<never> => {
  let hasEvents = false;
  let lastAnswer = new Date();
  for (;;) {
    const begun = performance.now();
    try {
      await update();
      lastAnswer = new Date();
      tellState('running', true);
      if (!hasEvents) events.begin();
      hasEvents = true;
    } catch (error) {
      if (error instanceof TokenWanted) {
        events.end();
        hasEvents = false;
        tellState('token wanted', false);
        await askForToken();
        continue;
      }
      tellState(`no answer since ${clock(lastAnswer.toISOString())}`, false);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, PACE - (performance.now() - begun))));
    await isShown();
  }
};

narrow.addEventListener('change', () => {
  isStale = true;
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && selected !== undefined) select(undefined);
});
void run();
