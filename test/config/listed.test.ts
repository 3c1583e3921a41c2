import { describe, expect, it } from 'vitest';
import { listed } from '../../src/config/check/listed.js';

describe('some names to choose from', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);

  it('are the first ten', () => {
    expect(listed(names(10))).toBe('n0, n1, n2, n3, n4, n5, n6, n7, n8, n9');
    expect(listed(names(11))).toBe(listed(names(10)));
    expect(listed(names(2))).toBe('n0, n1');
  });

  it('are not there where there is none', () => {
    expect(listed([])).toBe('there is none');
  });
});
