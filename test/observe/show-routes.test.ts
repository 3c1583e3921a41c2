import { describe, expect, it } from 'vitest';
import { parseChangeLine } from '../../src/change/change.js';
import { Rows } from '../../src/control/rows.js';
import { performChange } from '../../src/lab/change/perform.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { type Concerning, routeRows, routeSteps } from '../../src/observe/show.js';
import { accepted } from '../../src/text/fault.js';
import { configured } from '../support/configured.js';
import { ip } from '../support/datagram.js';
import { twoLinks } from '../support/topologies.js';

const ROUTES =
  '    routes: [{ to: default, via: 203.0.113.10 }, { to: 10.0.0.0/8, type: blackhole }, { to: 10.1.0.0/16, type: prohibit }, { to: 10.1.2.0/24, type: unreachable }, { to: 11.0.0.0/8, type: blackhole }]';

const shown = ({ lab }: VirtualLab, concerning?: Concerning): string[] =>
  [...new Rows(() => routeSteps(lab, concerning))].map(({ prefix }) => prefix);

describe('the routes that are shown', () => {
  const lab = new VirtualLab(configured(twoLinks({ router: ROUTES })));

  it('of an address are those to what contains it, of a prefix those to it and inside it', () => {
    expect(shown(lab, { address: ip('10.1.9.9') })).toEqual(['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16']);
    expect(shown(lab, { prefix: { network: ip('10.0.0.0'), length: 7 } })).toEqual([
      '10.0.0.0/8',
      '10.1.0.0/16',
      '10.1.2.0/24',
      '11.0.0.0/8',
    ]);
    expect(shown(lab, { prefix: { network: ip('10.1.0.0'), length: 16 } })).toEqual([
      '10.1.0.0/16',
      '10.1.2.0/24',
    ]);
    expect(shown(lab, { address: ip('203.0.113.1') })).toEqual([
      '0.0.0.0/0',
      '203.0.113.0/24',
      '203.0.113.1/32',
    ]);
    expect(shown(lab, { prefix: { network: 0, length: 0 } })).toEqual(shown(lab));
  });

  it('come a few at a time, even where none of many is shown, and may change meanwhile', () => {
    const busy = new VirtualLab(configured(twoLinks({ router: ROUTES })));
    const change = (words: string) => performChange(busy.lab, accepted(parseChangeLine(words)), busy.now);
    for (let at = 0; at < 2000; at += 1) change(`route add 20.${at >> 8}.${at & 255}.0/24 via 203.0.113.10`);
    expect([...routeRows(busy.lab)].length).toBeGreaterThan(2000);
    busy.host('bob', 'blue').setUp(false);
    const steps = [...routeSteps(busy.lab)];
    expect(steps.filter((row) => row === undefined).length).toBeGreaterThan(5);
    expect([...routeRows(busy.lab)].length).toBeLessThan(20);
    busy.host('bob', 'blue').setUp(true);
    const rows = routeRows(busy.lab);
    const seen: string[] = [];
    for (const { prefix } of rows) {
      seen.push(prefix);
      if (seen.length === 600)
        for (let at = 0; at < 2000; at += 2) change(`route del 20.${at >> 8}.${at & 255}.0/24`);
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (let at = 1; at < 2000; at += 2) expect(seen).toContain(`20.${at >> 8}.${at & 255}.0/24`);
  });
});
