import type { TopologyEnd, TopologyRow } from '../observe/shown.js';
import { printable } from '../text/printable.js';

/** How a topology may be drawn. */
export type Drawing = 'text' | 'mermaid' | 'dot';

/** The links of a lab and who is on them, for a person or for a program that draws. */
export const formatTopology = (rows: readonly TopologyRow[], drawing: Drawing = 'text'): string =>
  DRAWINGS[drawing](rows);

/** A line for each link, and below it one for each end. */
const asText = (rows: readonly TopologyRow[]): string => {
  const ends = rows.flatMap((row) => row.ends);
  const width = (read: (end: TopologyEnd) => string): number =>
    Math.max(0, ...ends.map((end) => read(end).length));
  const [names, addresses] = [width(({ name }) => name), width(addressesOf)];
  return rows
    .map(({ link, subnets, mtu, gateway, ends: here }) =>
      [
        [link, ...subnets, `mtu ${mtu}`].join('  '),
        ...here.map((end, at) =>
          [
            at === here.length - 1 ? '└─' : '├─',
            `${end.name.padEnd(names)}  ${addressesOf(end).padEnd(addresses)}  ${placeOf(end, gateway)}`,
          ]
            .join(' ')
            .trimEnd(),
        ),
      ]
        .map(printable)
        .join('\n'),
    )
    .join('\n');
};

const addressesOf = ({ addresses }: TopologyEnd): string =>
  addresses.length === 0 ? 'unnumbered' : addresses.join(' ');

const placeOf = ({ kind, name, device, namespace }: TopologyEnd, gateway: string | null): string =>
  [
    kind === 'router' ? 'router' : `${device} in ${namespace === 'self' ? 'this namespace' : namespace}`,
    ...(name === gateway ? ['gateway'] : []),
  ].join(', ');

/** Source: https://mermaid.js.org/syntax/flowchart.html */
const asMermaid = (rows: readonly TopologyRow[]): string =>
  [
    'flowchart LR',
    ...nodesOf(rows).map(({ id, kind, label }) => `  ${id}${MERMAID[kind][0]}"${label}"${MERMAID[kind][1]}`),
    ...edgesOf(rows).map(({ from, to, label }) => `  ${from} ---|"${label}"| ${to}`),
  ].join('\n');

/** Source: https://graphviz.org/doc/info/lang.html */
const asDot = (rows: readonly TopologyRow[]): string =>
  [
    'graph lab {',
    '  layout=neato; overlap=false; splines=true;',
    ...nodesOf(rows).map(({ id, kind, label }) => `  ${id} [label="${label}", shape=${DOT[kind]}];`),
    ...edgesOf(rows).map(({ from, to, label }) => `  ${from} -- ${to} [label="${label}"];`),
    '}',
  ].join('\n');

type Kind = TopologyEnd['kind'] | 'link';

const MERMAID: Readonly<Record<Kind, readonly [string, string]>> = {
  host: ['[', ']'],
  router: ['{{', '}}'],
  link: ['([', '])'],
};

const DOT: Readonly<Record<Kind, string>> = { host: 'box', router: 'hexagon', link: 'ellipse' };

interface Node {
  readonly id: string;
  readonly kind: Kind;
  readonly label: string;
}

/** Each host, router and link once; names are letters, digits, `-`, `_` and `.`, and need no quotes in a label. */
const nodesOf = (rows: readonly TopologyRow[]): readonly Node[] => {
  const nodes = new Map<string, Node>();
  const add = (kind: Kind, name: string, label = name): void => {
    const id = idOf(kind, name);
    if (!nodes.has(id)) nodes.set(id, { id, kind, label });
  };
  for (const { link, subnets, ends } of rows) {
    add('link', link, [link, ...subnets].join(' '));
    for (const { kind, name } of ends) add(kind, name);
  }
  return [...nodes.values()];
};

const edgesOf = (rows: readonly TopologyRow[]): readonly { from: string; to: string; label: string }[] =>
  rows.flatMap(({ link, ends }) =>
    ends.map((end) => ({
      from: idOf(end.kind, end.name),
      to: idOf('link', link),
      label: end.addresses.map((each) => each.split('/')[0]).join(' ') || 'unnumbered',
    })),
  );

/** An identifier in either language: other letters than those of a word become their code. */
const idOf = (kind: Kind, name: string): string =>
  `${kind}_${name.replace(/[^A-Za-z0-9]/g, (letter) => `_${letter.charCodeAt(0)}_`)}`;

const DRAWINGS: Readonly<Record<Drawing, (rows: readonly TopologyRow[]) => string>> = {
  text: asText,
  mermaid: asMermaid,
  dot: asDot,
};
