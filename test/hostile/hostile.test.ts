import { describe, expect, it } from 'vitest';
import { flood } from './flood.js';

describe('routers under a flood that means ill', () => {
  it('throw nothing, lose count of nothing, and answer an echo in the end', () => {
    const { sent, book, drops, icmpSent } = flood({ count: 10_000, seed: 20_000 });
    expect(sent).toBeGreaterThanOrEqual(10_000);
    // The flood is worth something only where it reaches what it attacks.
    for (const part of ['forwarded', 'delivered', 'dropped', 'originated'])
      expect(book[part], part).toBeGreaterThan(300);
    for (const reason of [
      'bad-checksum',
      'bad-option',
      'ttl-expired',
      'would-fragment',
      'source-route',
    ] as const)
      expect(drops.get(reason), reason).toBeGreaterThan(5);
    for (const answer of ['echo-reply', 'timestamp-reply', 'address-mask-reply', 'extended-echo-reply'])
      expect(icmpSent[answer], answer).toBeGreaterThan(2);
    for (const error of ['frag-needed', 'redirect-host', 'parameter-problem', 'reassembly-exceeded'])
      expect(icmpSent[error], error).toBeGreaterThan(0);
  });
});
