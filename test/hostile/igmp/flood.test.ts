import { describe, expect, it } from 'vitest';
import { igmpFlood } from './flood.js';

describe('IGMP under a flood that means ill', () => {
  it('throws nothing, loses count of nothing, and no member loses its stream', () => {
    const { received, refused, answered } = igmpFlood({ count: 10_000, seed: 7 });
    // The flood is worth something only where it reaches what it attacks.
    // What routers tell switches, other routers are not told.
    const { 'mrd-advertisement': advertisements, 'mrd-termination': terminations, ...told } = received;
    expect([advertisements, terminations]).toEqual([0, 0]);
    for (const [name, count] of Object.entries(told)) expect(count, name).toBeGreaterThan(0);
    for (const [name, count] of Object.entries(refused))
      if (name !== 'query-limit' && name !== 'message-limit' && name !== 'own-source')
        expect(count, name).toBeGreaterThan(0);
    for (const name of ['query-v2', 'query-v3', 'report-v3'])
      expect(answered[name], name).toBeGreaterThan(50);
  });
});
