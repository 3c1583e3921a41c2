import { describe, expect, it } from 'vitest';
import { formatShown } from '../../src/cli/show-format.js';
import { narrowed } from '../../src/cli/show-narrow.js';
import type { RouteRow } from '../../src/observe/shown.js';

const route = (prefix: string, more: Partial<RouteRow> = {}): RouteRow => ({
  router: 'r1',
  prefix,
  type: 'unicast',
  nexthops: [{ via: '192.0.2.2', interface: 'r1.core', weight: 1 }],
  metric: 0,
  origin: 'config',
  active: true,
  ...more,
});

const ROWS = [
  route('0.0.0.0/0', {
    type: 'ecmp',
    nexthops: [
      { via: '192.0.2.2', interface: 'r1.core', weight: 2 },
      { via: '198.51.100.20', interface: 'r1.red', weight: 1 },
    ],
  }),
  route('203.0.113.0/24'),
  route('203.0.113.64/26', { router: 'r2' }),
  route('203.0.113.65/32', { type: 'local' }),
];

describe('routes as a person reads them', () => {
  it('have a line each, with all of their next hops', () => {
    const lines = formatShown('routes', ROWS.slice(1)).split('\n');
    expect(lines).toEqual([
      'ROUTER  PREFIX           TYPE     NEXT HOPS                  METRIC  ORIGIN',
      'r1      203.0.113.0/24   unicast  via 192.0.2.2 dev r1.core       0  config',
      'r2      203.0.113.64/26  unicast  via 192.0.2.2 dev r1.core       0  config',
    ]);
    expect(formatShown('routes', ROWS).split('\n')[1]).toContain(
      ' via 192.0.2.2 dev r1.core weight 2, via 198.51.100.20 dev r1.red ',
    );
  });

  it('say the same in fewer letters where the terminal is narrow', () => {
    const lines = formatShown('routes', ROWS, { isAll: false, width: 80 }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'ROUTER  PREFIX           TYPE     NEXT HOPS                    METRIC  ORIGIN',
      'r1      default          ecmp     192.0.2.2 ×2, 198.51.100.20       0  config',
      'r1      203.0.113.0/24   unicast  192.0.2.2                         0  config',
    ]);
    const narrow = formatShown('routes', ROWS, { isAll: false, width: 50 }).split('\n');
    expect(narrow[0]).toBe('ROUTER  PREFIX           NEXT HOPS');
  });

  it('have the own addresses of the routers among them if asked for', () => {
    expect(formatShown('routes', ROWS, { isAll: true })).toContain('203.0.113.65/32');
  });

  it.each([
    ['203.0.113.70', ['0.0.0.0/0', '203.0.113.0/24', '203.0.113.64/26']],
    ['203.0.113.0/24', ['203.0.113.0/24', '203.0.113.64/26', '203.0.113.65/32']],
    ['default', ROWS.map(({ prefix }) => prefix)],
    ['10.0.0.0/8', []],
  ])('are those for %s', (prefix, expected) => {
    const found = narrowed('routes', { prefix, router: undefined })(ROWS);
    expect(found.map((row) => row.prefix)).toEqual(expected);
  });

  it('are those of one router', () => {
    const found = narrowed('routes', { prefix: undefined, router: 'r2' })(ROWS);
    expect(found.map((row) => row.prefix)).toEqual(['203.0.113.64/26']);
  });

  it('are formatted in time that grows with their number', () => {
    const many = Array.from({ length: 200_000 }, (_, at) => route(`10.${at >> 8}.${at & 255}.0/24`));
    const startedAt = performance.now();
    expect(formatShown('routes', many).split('\n')).toHaveLength(200_001);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
