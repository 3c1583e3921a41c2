import { Graph as Dagre, layout } from '@dagrejs/dagre';
import type { TopologyRow } from '../observe/shown.js';
import type { Drawing, DrawingDirection, DrawnEdge, DrawnNode } from './drawing.js';
import { type GraphNode, graphOf } from './graph.js';

/** How much room a node needs. In CSS pixels. */
const HEIGHTS: Readonly<Record<DrawnNode['kind'], number>> = { link: 72, router: 60, host: 46, hosts: 46 };
const LEAST_WIDTHS: Readonly<Record<DrawnNode['kind'], number>> = {
  link: 172,
  router: 104,
  host: 112,
  hosts: 112,
};
const MOST_WIDTH = 220;
const CHARACTER = 7.6;
/** Beyond this nobody reads a drawing, and laying it out takes seconds: then it is a table of links. */
const MOST_NODES = 300;
const GAP = 24;

/** Lays a lab out. Takes from 5 ms to a second: not for the event loop of a router. */
export const drawingOf = (topology: readonly TopologyRow[], direction: DrawingDirection): Drawing => {
  const { nodes, edges } = graphOf(topology);
  if (nodes.length > MOST_NODES) return inRows(nodes);
  const graph = new Dagre();
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 18,
    ranksep: 16,
    marginx: 12,
    marginy: 12,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, sizeOf(node));
  for (const { node, link, isTowardsLink } of edges) {
    const [from, to] = isTowardsLink ? [node, link] : [link, node];
    graph.setEdge(from, to, { ...(node.startsWith('router ') ? ROOM_FOR_RATES : {}) });
  }
  layout(graph);
  const placed = (id: string): Placed => graph.node(id) as unknown as Placed;
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node): DrawnNode => ({ ...node, ...round(placed(node.id)) })),
    edges: edges.map(({ name, node, link, isTowardsLink }): DrawnEdge => {
      const [from, to] = isTowardsLink ? [node, link] : [link, node];
      const { points, x, y } = graph.edge(from, to) as unknown as PlacedEdge;
      const way = points.map((point) => [tenths(point.x), tenths(point.y)] as const);
      const middle = way[Math.floor(way.length / 2)] ?? [0, 0];
      return {
        name,
        node,
        link,
        points: isTowardsLink ? way : way.toReversed(),
        label: [tenths(x ?? middle[0]), tenths(y ?? middle[1])],
      };
    }),
  };
};

/** Two lines of a rate each. */
const ROOM_FOR_RATES = { width: 102, height: 40, labelpos: 'c' } as const;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface PlacedEdge {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly x?: number;
  readonly y?: number;
}

const sizeOf = ({ kind, name, detail }: GraphNode): { width: number; height: number } => ({
  width: Math.min(
    MOST_WIDTH,
    Math.max(LEAST_WIDTHS[kind], Math.ceil(Math.max(name.length, detail.length) * CHARACTER) + 28),
  ),
  height: HEIGHTS[kind],
});

const round = ({ x, y, width, height }: Placed): Placed => ({ x: tenths(x), y: tenths(y), width, height });

const tenths = (length: number): number => Math.round(length * 10) / 10;

/** Nodes one beside the other, without lines. */
const inRows = (nodes: readonly GraphNode[]): Drawing => {
  const columns = Math.ceil(Math.sqrt(nodes.length / 2));
  const [across, down] = [MOST_WIDTH + GAP, HEIGHTS.link + GAP];
  return {
    width: columns * across,
    height: Math.ceil(nodes.length / columns) * down,
    nodes: nodes.map((node, index) => ({
      ...node,
      x: ((index % columns) + 0.5) * across,
      y: (Math.floor(index / columns) + 0.5) * down,
      ...sizeOf(node),
    })),
    edges: [],
  };
};
