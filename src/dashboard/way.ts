import type { Explanation } from '../explanation.js';
import type { Drawing } from '../http/drawing.js';
import type { TopologyRow } from '../observe/shown.js';

/** What an explained datagram touches on the map: ids of nodes, names of edges. */
export interface Way {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  /** Where it is dropped; undefined if it is not. */
  readonly end: string | undefined;
}

/** The host or router that a word means: its name, an interface of it, or one of its addresses. */
export const ownerOf = (topology: readonly TopologyRow[], word: string): string | undefined => {
  for (const { link, ends } of topology)
    for (const { name, addresses } of ends)
      if (
        word === name ||
        word === `${name}.${link}` ||
        addresses.some((each) => each.split('/')[0] === word)
      )
        return name;
  return undefined;
};

/** Finds the way of an explained datagram on a drawing; `source` is the word that it was asked for with. */
export const wayOf = (
  { steps, verdict }: Explanation,
  source: string,
  topology: readonly TopologyRow[],
  drawing: Drawing,
): Way => {
  const nodes = new Set<string>();
  const edges = new Set<string>();
  const drawnAs = new Map<string, string>();
  for (const { id, kind, name, members } of drawing.nodes) {
    if (kind === 'router') drawnAs.set(name, id);
    for (const member of members) drawnAs.set(member, id);
  }
  const ends = new Map<string, { readonly owner: string; readonly link: string }>();
  for (const { link, ends: on } of topology)
    for (const { name } of on) ends.set(`${name}.${link}`, { owner: name, link });
  let last: string | undefined;
  /** Lights an end of a link, its owner and the link. */
  const touch = (owner: string, link: string): void => {
    const node = drawnAs.get(owner);
    const edge = drawing.edges.find((each) => each.node === node && each.link === `link ${link}`);
    if (node === undefined || edge === undefined) return;
    for (const id of [node, edge.link]) nodes.add(id);
    edges.add(edge.name);
    last = node;
  };
  const links: string[] = [];
  const first = ownerOf(topology, source);
  for (const { at, what } of steps) {
    const end = ends.get(at);
    if (
      what === 'link' ||
      what === 'held' ||
      (what === 'drop' && drawnAs.get(at) === undefined && end === undefined)
    ) {
      // What a host sends itself begins at the host.
      if (links.length === 0 && nodes.size === 0 && first !== undefined && ends.has(`${first}.${at}`))
        touch(first, at);
      nodes.add(`link ${at}`);
      links.push(at);
      last = `link ${at}`;
    } else if (end !== undefined) touch(end.owner, end.link);
    else {
      const node = drawnAs.get(at);
      if (node === undefined) continue;
      nodes.add(node);
      last = node;
      if (what !== 'deliver') continue;
      const link = links.findLast((each) => ends.has(`${at}.${each}`));
      if (link !== undefined) touch(at, link);
    }
  }
  return { nodes, edges, end: verdict === 'dropped' ? last : undefined };
};
