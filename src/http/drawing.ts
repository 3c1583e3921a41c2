/** Which way a drawing runs: to the right on a wide screen, down on a narrow one. */
export type DrawingDirection = 'right' | 'down';

export const isDrawingDirection = (word: string): word is DrawingDirection =>
  word === 'right' || word === 'down';

/** Where everything of a lab stands on its map. Lengths in CSS pixels, places are middles. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

export interface DrawnNode {
  /** `link core`, `router r1`, `host alice`; `hosts red` for all hosts of a link that has many. */
  readonly id: string;
  readonly kind: 'link' | 'router' | 'host' | 'hosts';
  readonly name: string;
  /** The second line of text: an address, a subnet, how many hosts. */
  readonly detail: string;
  /** The hosts that it stands for. */
  readonly members: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An end of a link: where a host or router attaches to it. */
export interface DrawnEdge {
  /** `r1.core`; `hosts red` for many. */
  readonly name: string;
  readonly node: string;
  readonly link: string;
  /** From the node to the link. */
  readonly points: readonly (readonly [number, number])[];
  /** Where its label has room. */
  readonly label: readonly [number, number];
}
