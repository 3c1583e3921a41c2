import type { TopologyEnd, TopologyRow } from '../observe/shown.js';
import type { DrawnNode } from './drawing.js';

/** What is to be drawn, in an order in which a drawing runs. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export type GraphNode = Pick<DrawnNode, 'id' | 'kind' | 'name' | 'detail' | 'members'>;

export interface GraphEdge {
  readonly name: string;
  readonly node: string;
  readonly link: string;
  /** Whether the drawing runs from the node to the link, or the other way. */
  readonly isTowardsLink: boolean;
}

/** So many hosts of a link stand by themselves; more are drawn as one. */
const MOST_HOSTS = 8;

/**
 * The graph of a lab: links, routers and hosts are nodes, for a link may have many ends.
 *
 * A drawing runs from one end of the lab to the other: from the link that is farthest from some other one.
 */
export const graphOf = (topology: readonly TopologyRow[]): Graph => {
  const nodes = new Map<string, GraphNode>();
  const edges: Omit<GraphEdge, 'isTowardsLink'>[] = [];
  const homes = new Map<string, number>();
  for (const { ends } of topology)
    for (const { kind, name } of ends) homes.set(`${kind} ${name}`, (homes.get(`${kind} ${name}`) ?? 0) + 1);
  for (const { link, subnets, ends } of topology) {
    const id = `link ${link}`;
    nodes.set(id, { id, kind: 'link', name: link, detail: subnets[0] ?? '', members: [] });
    const crowd = ends.filter(({ kind, name }) => kind === 'host' && homes.get(`host ${name}`) === 1);
    const isCrowded = crowd.length > MOST_HOSTS;
    for (const end of ends) {
      if (isCrowded && crowd.includes(end)) continue;
      const node = nodeOf(end);
      if (!nodes.has(node.id)) nodes.set(node.id, node);
      edges.push({ name: `${end.name}.${link}`, node: node.id, link: id });
    }
    if (!isCrowded) continue;
    const hosts = `hosts ${link}`;
    const members = crowd.map(({ name }) => name);
    const detail = `${members[0]} … ${members.at(-1)}`;
    nodes.set(hosts, { id: hosts, kind: 'hosts', name: `${members.length} hosts`, detail, members });
    edges.push({ name: hosts, node: hosts, link: id });
  }
  return { nodes: [...nodes.values()], edges: directed([...nodes.keys()], edges) };
};

const nodeOf = ({ kind, name, addresses }: TopologyEnd): GraphNode => ({
  id: `${kind} ${name}`,
  kind,
  name,
  detail: kind === 'host' ? (addresses[0] ?? '').replace(/\/\d+$/, '') : '',
  members: kind === 'host' ? [name] : [],
});

const directed = (
  ids: readonly string[],
  edges: readonly Omit<GraphEdge, 'isTowardsLink'>[],
): readonly GraphEdge[] => {
  const around = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { node, link } of edges) {
    around.get(node)!.push(link);
    around.get(link)!.push(node);
  }
  const rank = new Map<string, number>();
  const isLeaf = (id: string): boolean => around.get(id)!.length === 1 && !id.startsWith('link ');
  for (const id of ids) {
    if (rank.has(id) || !id.startsWith('link ')) continue;
    // The farthest from anywhere is at one end, and the farthest from that at the other.
    const end = firstFarthest(distancesFrom(id, around));
    const other = firstFarthest(distancesFrom(end, around));
    const start = ids.indexOf(end) < ids.indexOf(other) ? end : other;
    for (const [each, distance] of distancesFrom(start, around)) rank.set(each, distance);
    // The hosts of the first link stand before it.
    for (const each of around.get(start)!) if (isLeaf(each)) rank.set(each, -1);
  }
  return edges.map((edge) => ({
    ...edge,
    isTowardsLink: (rank.get(edge.node) ?? 0) < (rank.get(edge.link) ?? 0),
  }));
};

const firstFarthest = (distances: ReadonlyMap<string, number>): string => {
  let [found, most] = ['', -1];
  for (const [id, distance] of distances)
    if (id.startsWith('link ') && distance > most) [found, most] = [id, distance];
  return found;
};

const distancesFrom = (
  start: string,
  around: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> => {
  const distances = new Map([[start, 0]]);
  // A map is walked in the order in which it grows.
  for (const [id, distance] of distances)
    for (const next of around.get(id) ?? []) if (!distances.has(next)) distances.set(next, distance + 1);
  return distances;
};
