import { describe, expect, it } from 'vitest';
import { ownerOf, wayOf } from '../../src/dashboard/way.js';
import { graphOf } from '../../src/http/graph.js';
import { drawingOf } from '../../src/http/layout.js';
import { explain } from '../../src/lab/explain/explain.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { topologyRows } from '../../src/observe/show-topology.js';
import type { TopologyRow } from '../../src/observe/shown.js';
import { configured } from '../support/configured.js';

/** A link may be named as a host or a router is. */
const LAB = `
links: { r1: {}, core: {}, blue: {} }
hosts:
  alice: { interfaces: { r1: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces: { r1: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }]
`;

describe('the way of an explained datagram', () => {
  const { lab, now } = new VirtualLab(configured(LAB));
  const topology = [...topologyRows(lab)];
  const drawing = drawingOf(topology, 'right');
  const way = (source: string, destination: string) => {
    const { nodes, edges, end } = wayOf(
      explain(lab, { source, destination }, now),
      source,
      topology,
      drawing,
    );
    return { nodes: [...nodes], edges: [...edges], end };
  };

  it('goes from the sender to whoever gets it', () => {
    const all = ['host alice', 'link r1', 'router r1', 'link core', 'router r2', 'link blue', 'host bob'];
    const ends = ['alice.r1', 'r1.r1', 'r1.core', 'r2.core', 'r2.blue', 'bob.blue'];
    expect(way('alice', 'bob')).toEqual({ nodes: all, edges: ends, end: undefined });
    expect(way('198.51.100.10', '203.0.113.10')).toEqual(way('alice', 'bob'));
    const back = way('bob', 'alice');
    expect(back.nodes).toEqual(all.toReversed());
    expect(back.edges).toEqual(ends.toReversed());
  });

  it('ends where it is dropped', () => {
    const { nodes, end } = way('alice', '8.8.8.8');
    expect(nodes.at(-1)).toBe('router r2');
    expect(end).toBe('router r2');
  });

  it('begins at a router that sends', () => {
    expect(way('r1', 'bob').nodes.at(0)).toBe('router r1');
    expect(way('r1', 'bob').nodes).not.toContain('link r1');
  });

  it('knows owners by name, interface and address', () => {
    for (const word of ['bob', 'bob.blue', '203.0.113.10']) expect(ownerOf(topology, word)).toBe('bob');
    expect(ownerOf(topology, '203.0.113.11')).toBeUndefined();
  });
});

/** A link with so many hosts, and a router. */
const crowd = (hosts: number): TopologyRow[] => [
  {
    link: 'red',
    subnets: ['10.0.0.0/16'],
    mtu: 1500,
    gateway: 'r1',
    ends: [
      { kind: 'router', name: 'r1', addresses: ['10.0.0.1/16'], device: null, namespace: null },
      ...Array.from({ length: hosts }, (_, index) => ({
        kind: 'host' as const,
        name: `h${index}`,
        addresses: [`10.0.1.${index}/16`],
        device: `d${index}`,
        namespace: `h${index}`,
      })),
    ],
  },
];

describe('the map', () => {
  it('draws a crowd as one', () => {
    expect(graphOf(crowd(8)).nodes).toHaveLength(10);
    const { nodes, edges } = graphOf(crowd(1000));
    expect(nodes.map(({ id }) => id)).toEqual(['link red', 'router r1', 'hosts red']);
    expect(nodes.at(-1)).toMatchObject({ name: '1000 hosts', detail: 'h0 … h999' });
    expect(nodes.at(-1)?.members).toHaveLength(1000);
    expect(edges).toHaveLength(2);
  });

  it('runs from the first link to the last, and its nodes do not overlap', () => {
    const { nodes } = drawingOf([...topologyRows(new VirtualLab(configured(LAB)).lab)], 'right');
    const x = (id: string): number => nodes.find((each) => each.id === id)!.x;
    const order = [
      'host alice',
      'link r1',
      'router r1',
      'link core',
      'router r2',
      'link blue',
      'host bob',
    ].map(x);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    for (const a of nodes)
      for (const b of nodes)
        if (a !== b)
          expect(
            Math.abs(a.x - b.x) >= (a.width + b.width) / 2 ||
              Math.abs(a.y - b.y) >= (a.height + b.height) / 2,
          ).toBe(true);
  });

  it('is rows of nodes where a lab is too large for lines, and empty for none', () => {
    const many = Array.from({ length: 301 }, (_, index) => ({
      ...crowd(0)[0]!,
      link: `l${index}`,
    }));
    const { nodes, edges, width, height } = drawingOf(many, 'right');
    expect(nodes).toHaveLength(302);
    expect(edges).toEqual([]);
    for (const { x, y } of nodes) expect(x < width && y < height).toBe(true);
    expect(drawingOf([], 'right').nodes).toEqual([]);
  });
});
