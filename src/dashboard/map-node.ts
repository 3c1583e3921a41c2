import type { DrawnNode } from '../http/drawing.js';
import { draw, setAttribute, setText } from './element.js';
import { impairments, rate } from './format.js';
import type { View } from './view.js';

const KINDS: Readonly<Record<DrawnNode['kind'], string>> = {
  link: 'link',
  router: 'router',
  host: 'host',
  hosts: 'hosts of one link',
};
/** The width of a character of small text, and from one line to the next. In CSS pixels. */
const CHARACTER = 6.2;
const LINE = 15.5;

/** What stands under the name of a node. */
interface Said {
  readonly details: readonly string[];
  readonly isImpaired?: boolean;
  /** What is wrong; '' for nothing. */
  readonly alarm?: string;
}

/** A node of the map: a button that shows the tables of what it stands for. */
export class MapNode {
  readonly element: SVGGElement;
  readonly #node: DrawnNode;
  readonly #name: SVGTextElement;
  readonly #details: readonly SVGTextElement[];
  readonly #alarm: SVGTextElement;

  constructor(node: DrawnNode, onSelect: () => void) {
    this.#node = node;
    const { id, kind, name, x, y, width, height } = node;
    this.#name = draw('text', { class: 'name', text: shortened(name, width - 16) });
    this.#details = [draw('text', { class: 'detail' }), draw('text', { class: 'detail' })];
    this.#alarm = draw('text', { class: 'alarm' });
    const radius = kind === 'link' ? 24 : kind === 'router' ? 8 : 3;
    this.element = draw(
      'g',
      {
        class: `node ${kind}`,
        attributes: { transform: `translate(${x} ${y})`, tabindex: 0, role: 'button', 'data-id': id },
      },
      draw('rect', { attributes: { x: -width / 2, y: -height / 2, width, height, rx: radius } }),
      // Blanks between the lines, for whoever reads them as one.
      ...[this.#name, ...this.#details, this.#alarm].flatMap((line) => [line, new Text(' ')]),
    );
    this.element.addEventListener('click', onSelect);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onSelect();
    });
  }

  /** Tells what is so now. */
  update(view: View): void {
    const { kind, name, detail, width } = this.#node;
    const said =
      kind === 'link'
        ? ofLink(view, name, detail)
        : kind === 'router'
          ? ofRouter(view, name)
          : { details: [detail] };
    const { details, isImpaired = false, alarm = '' } = said;
    for (const [index, element] of this.#details.entries())
      setText(element, shortened(details[index] ?? '', width - 16));
    setText(this.#alarm, alarm);
    const filled = [this.#name, ...this.#details, this.#alarm].filter(
      ({ textContent }) => textContent !== '',
    );
    for (const [index, element] of filled.entries())
      setAttribute(element, 'y', String((index - (filled.length - 1) / 2) * LINE));
    this.element.classList.toggle('impaired', isImpaired);
    this.element.classList.toggle('alarmed', alarm !== '');
    const all = [name, ...details, alarm].filter((each) => each !== '').join(' ');
    setAttribute(this.element, 'aria-label', `${all}, ${KINDS[kind]}`);
  }
}

/** The impairments of a link: those of all on one line or two, those of single senders after them. */
const ofLink = ({ reading, rates }: View, name: string, subnet: string): Said => {
  const rows = reading.links.filter(({ link }) => link === name);
  const whole = rows.find(({ from }) => from === null);
  const own = (whole === undefined ? [] : impairments(whole)).map(brief);
  const senders = rows
    .filter(({ from }) => from !== null)
    .map((row) => {
      const theirs = impairments(row).map(brief);
      return `${row.from}: ${theirs.filter((each) => !own.includes(each)).join(', ') || 'its own settings'}`;
    });
  const all = own.length + senders.length;
  const first = own.slice(0, 2).join(', ');
  const rest = [...own.slice(2), ...senders].join(', ');
  const lost = rates?.places.get(`link ${name}`) ?? 0;
  return {
    details: all === 0 ? [subnet] : [first, rest],
    isImpaired: all > 0,
    alarm: whole?.state === 'down' ? 'down' : lost > 0 ? `${rate(lost)} lost/s` : '',
  };
};

/** What a number is, its unit says. */
const brief = (impairment: string): string => impairment.replace(/^(delay|rate) /, '');

const ofRouter = ({ reading, rates }: View, name: string): Said => {
  const own = reading.interfaces.filter(({ router }) => router === name);
  const down = own.filter(({ operStatus }) => operStatus === 'DOWN').length;
  const dropped = rates?.places.get(name) ?? 0;
  return {
    details: [
      down > 0 ? `${down} of ${own.length} down` : `${own.length} interface${own.length === 1 ? '' : 's'}`,
    ],
    alarm: dropped > 0 ? `${rate(dropped)} dropped/s` : '',
  };
};

const shortened = (text: string, width: number): string => {
  const most = Math.floor(width / CHARACTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
};
