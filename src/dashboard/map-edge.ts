import type { DrawnEdge } from '../http/drawing.js';
import { draw, setAttribute, setText } from './element.js';
import { bitRate } from './format.js';
import { IDLE } from './reading.js';
import type { View } from './view.js';

/** Where the mark of a querier stands, from the router. In CSS pixels. */
const MARK = 13;

/** An end of a link on the map, with what passes a router's interface. */
export class MapEdge {
  readonly line: SVGPathElement;
  readonly label: SVGGElement;
  readonly #edge: DrawnEdge;
  readonly #out: SVGTextElement;
  readonly #in: SVGTextElement;
  readonly #mark: SVGGElement;

  constructor(edge: DrawnEdge) {
    this.#edge = edge;
    const [x, y] = edge.label;
    const [start = edge.label, next = edge.label] = edge.points;
    const way = edge.points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');
    this.line = draw('path', { class: 'edge', attributes: { d: way, 'data-name': edge.name } });
    const end = edge.points.at(-1) ?? start;
    // A line that runs down has its label beside it, one that runs across has it around.
    const isSteep = Math.abs(start[1] - end[1]) > Math.abs(start[0] - end[0]);
    const text = (offset: number): SVGTextElement =>
      draw('text', {
        class: isSteep ? 'beside' : '',
        attributes: { x: isSteep ? x + 10 : x, y: y + (isSteep ? offset * 0.75 : offset) },
      });
    [this.#out, this.#in] = [text(-10), text(10)];
    const length = Math.hypot(next[0] - start[0], next[1] - start[1]) || 1;
    const [mx, my] = [0, 1].map((axis) => start[axis]! + ((next[axis]! - start[axis]!) / length) * MARK);
    this.#mark = draw(
      'g',
      { class: 'querier', attributes: { transform: `translate(${mx} ${my})` } },
      draw('title', { text: `${edge.name} is the IGMP querier` }),
      draw('circle', { attributes: { r: 7.5 } }),
      draw('text', { text: 'Q' }),
    );
    this.label = draw(
      'g',
      { class: 'rates', attributes: { 'aria-hidden': 'true' } },
      this.#out,
      this.#in,
      this.#mark,
    );
  }

  /** Tells what is so now. */
  update({ reading, rates, igmp }: View): void {
    const { name, node, link } = this.#edge;
    const own = reading.interfaces.find((each) => each.interface === name);
    const state = reading.links.find((each) => `link ${each.link}` === link && each.from === null)?.state;
    const isDown = own === undefined ? state === 'down' : own.operStatus === 'DOWN';
    this.line.classList.toggle('down', isDown);
    const role = igmp.find((each) => each.interface === name)?.role;
    this.#mark.style.display = role === 'querier' ? '' : 'none';
    if (!node.startsWith('router ')) return;
    const { inBits, outBits } = rates?.traffic.get(name) ?? IDLE;
    setText(this.#out, outBits === 0 ? '' : `out ${bitRate(outBits)}`);
    setText(this.#in, inBits === 0 ? '' : `in ${bitRate(inBits)}`);
    setAttribute(this.line, 'stroke-width', String(widthFor(inBits + outBits)));
  }
}

/** A line is wider where more passes: 1.5 px for nothing, 2 px more for each thousandfold beyond a kbit/s. */
const widthFor = (bits: number): number =>
  bits < 1000 ? 1.5 : Math.round((1.5 + (2 * Math.log10(bits / 1000)) / 3) * 10) / 10;
