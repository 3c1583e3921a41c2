import { expect, it } from 'vitest';
import { reassemblyKey } from '../../src/ip/fragment-key.js';
import { datagram } from '../support/datagram.js';

it('the key of a fragment has every bit of source, destination, identification and protocol, and no other', () => {
  const original = datagram({ source: '10.1.2.3', options: [148, 4, 0, 0] });
  const key = reassemblyKey(original);
  const keys = new Set([key]);
  for (let bit = 8; bit < 8 * original.length; bit += 1) {
    const changed = original.slice();
    changed[bit >>> 3]! ^= 0x80 >>> (bit & 7);
    const at = bit >>> 3;
    const counts = at === 4 || at === 5 || at === 9 || (at >= 12 && at < 20);
    expect(reassemblyKey(changed) === key).toBe(!counts);
    if (counts) keys.add(reassemblyKey(changed));
  }
  expect(keys.size).toBe(1 + 88);
});
