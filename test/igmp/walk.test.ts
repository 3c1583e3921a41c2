import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/address.js';
import type { HostMembership } from '../../src/igmp/host-membership.js';
import { nextPiece, type Walk, Walks } from '../../src/igmp/walk.js';
import { NEVER, START } from '../../src/time.js';

/** A walk over groups of so many sources each. */
const walkOver = (kind: Walk['kind'], sources: readonly number[]): Walk => ({
  kind,
  memberships: sources
    .map((count, at): [Address, HostMembership] => [
      at,
      {
        sources: new Set(Array.from({ length: count }, (_, each) => each)),
      } as Partial<HostMembership> as HostMembership,
    ])
    .values(),
  since: START,
  take: () => [],
});
/** How many groups there are in each piece. */
const piecesOf = (walk: Walk): number[] => {
  const counts: number[] = [];
  for (;;) {
    const { piece, isLast } = nextPiece(walk);
    counts.push(piece.length);
    if (isLast) return counts;
  }
};

describe('what a host does about all its groups', () => {
  // A record is 8 octets, and 4 for each source: RFC 9776 §4.2.
  it.each<[Walk['kind'], number[]]>([
    ['report', [32, 32, 1]],
    ['spread', [32, 32, 1]],
    ['answer', [65]],
  ])('is done a piece at a time: %s', (kind, counts) => {
    expect(piecesOf(walkOver(kind, Array(65).fill(0)))).toEqual(counts);
  });

  it('fills datagrams where it is an answer', () => {
    expect(piecesOf(walkOver('answer', Array(400).fill(0)))).toEqual([175, 175, 50]);
    expect(piecesOf(walkOver('answer', Array(176).fill(0)))).toEqual([175, 1]);
  });

  it('counts sources', () => {
    // 16 octets, 16 times; then one that is more than a piece by itself.
    expect(piecesOf(walkOver('report', Array(32).fill(2)))).toEqual([16, 16, 0]);
    expect(piecesOf(walkOver('report', [62, 0, 61, 0, 0]))).toEqual([1, 2, 2]);
  });

  it('is done one kind after the other', () => {
    const walks = new Walks();
    const taken: Walk['kind'][] = [];
    for (const kind of ['report', 'answer', 'spread'] as const)
      walks.begin({
        ...walkOver(kind, Array(40).fill(0)),
        take: () => {
          taken.push(kind);
          return [];
        },
      });
    expect([taken, walks.since]).toEqual([['report'], START]);
    while (walks.since !== NEVER) walks.goOn(START);
    expect(taken).toEqual(['report', 'report', 'answer', 'spread', 'spread']);
  });
});
