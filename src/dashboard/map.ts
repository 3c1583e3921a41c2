import type { Drawing } from '../http/drawing.js';
import { draw, setAttribute } from './element.js';
import { MapEdge } from './map-edge.js';
import { MapNode } from './map-node.js';
import type { View } from './view.js';
import type { Way } from './way.js';

/** A drawing is not blown up further than so, nor made smaller. */
const LARGEST = 1.3;
const SMALLEST = 0.82;

/** The lab as a picture: who is on which link, what passes, what is impaired, and the way of an explained datagram. */
export class LabMap {
  readonly #place: HTMLElement;
  readonly #onSelect: (id: string) => void;
  #drawing: Drawing | undefined;
  #nodes = new Map<string, MapNode>();
  #edges = new Map<string, MapEdge>();
  #selected: string | undefined;
  #way: Way | undefined;

  constructor(place: HTMLElement, onSelect: (id: string) => void) {
    this.#place = place;
    this.#onSelect = onSelect;
  }

  /** Shows what is so now; draws anew only where the lab itself has changed. */
  update(view: View): void {
    if (this.#drawing !== view.drawing) this.#draw(view.drawing);
    for (const edge of this.#edges.values()) edge.update(view);
    for (const node of this.#nodes.values()) node.update(view);
  }

  /** Marks a node as the one whose tables are shown. */
  select(id: string | undefined): void {
    this.#selected = id;
    this.#mark();
  }

  /** Lights the way of an explained datagram; undefined for none. */
  light(way: Way | undefined): void {
    this.#way = way;
    this.#mark();
  }

  #draw(drawing: Drawing): void {
    const focused = document.activeElement?.getAttribute('data-id');
    this.#drawing = drawing;
    this.#edges = new Map(drawing.edges.map((edge) => [edge.name, new MapEdge(edge)]));
    this.#nodes = new Map(
      drawing.nodes.map((node) => [node.id, new MapNode(node, () => this.#onSelect(node.id))]),
    );
    const { width, height } = drawing;
    const picture = draw(
      'svg',
      {
        attributes: {
          viewBox: `0 0 ${width} ${height}`,
          role: 'group',
          'aria-label': 'Links, routers and hosts',
        },
      },
      ...[...this.#edges.values()].map(({ line }) => line),
      ...[...this.#nodes.values()].map(({ element }) => element),
      ...[...this.#edges.values()].map(({ label }) => label),
    );
    picture.style.minWidth = `${Math.round(width * SMALLEST)}px`;
    picture.style.maxWidth = `${Math.round(width * LARGEST)}px`;
    this.#place.replaceChildren(picture);
    this.#mark();
    if (focused != null) this.#nodes.get(focused)?.element.focus();
  }

  #mark(): void {
    const way = this.#way;
    this.#place.classList.toggle('explained', way !== undefined);
    for (const [id, { element }] of this.#nodes) {
      setAttribute(element, 'aria-pressed', String(id === this.#selected));
      element.classList.toggle('lit', way?.nodes.has(id) === true);
      element.classList.toggle('end', way?.end === id);
    }
    for (const [name, { line, label }] of this.#edges) {
      line.classList.toggle('lit', way?.edges.has(name) === true);
      label.classList.toggle('lit', way?.edges.has(name) === true);
    }
  }
}
