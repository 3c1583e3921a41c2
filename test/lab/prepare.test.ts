import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';

const COUNT = 600;

/** A router with hundreds of filters, and one that lets pass nothing from alice, on a link unless told. */
const labText = (links: Readonly<Record<string, string>>, at = 'red'): string => `
links: { ${Object.keys(links)
  .map((link) => `${link}: {}`)
  .join(', ')} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces: { ${Object.entries(links)
      .map(([link, address]) => `${link}: { address: ${address} }`)
      .join(', ')} }
    filters:
${[...Array(COUNT).keys()].map((each) => `      - { name: f${each}, in: ${at}, match: { source: 10.${each >> 8}.${each & 255}.0/24 }, action: drop }`).join('\n')}
      - { name: alice, in: red, match: { source: 198.51.100.10 }, action: drop }
`;
const RED = { red: '198.51.100.1/24' };
const BLUE = { blue: '203.0.113.1/24' };
const GREEN = { green: '192.0.2.1/24' };

/** The same, and how often a filter of its was read. */
const counted = (
  configuration: Configuration,
): { readonly wanted: Configuration; readonly looks: () => number } => {
  let looks = 0;
  const router = configuration.routers.get('r1')!;
  const filters = router.filters.map(({ match, ...rest }) => ({
    ...rest,
    get match() {
      looks += 1;
      return match;
    },
  }));
  return {
    wanted: { ...configuration, routers: new Map([['r1', { ...router, filters }]]) },
    looks: () => looks,
  };
};

const arrives = (lab: VirtualLab): boolean => {
  lab.host('bob', 'blue').take();
  lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '203.0.113.10' }));
  return lab.host('bob', 'blue').take().length > 0;
};

describe('what is prepared of a configuration', () => {
  it.each([
    ['one more, on a link of its own', { ...RED, ...BLUE }, { ...RED, ...BLUE, ...GREEN }, 'green'],
    ['one before the others, with other numbers', { ...RED, ...BLUE }, { ...GREEN, ...RED, ...BLUE }, 'red'],
    ['one less', { ...GREEN, ...RED, ...BLUE }, { ...RED, ...BLUE }, 'blue'],
    ['the same', { ...RED, ...BLUE }, { ...RED, ...BLUE }, 'red'],
  ])('are the filters of a router in small steps, where its interfaces are: %s', (_, before, after, at) => {
    const lab = new VirtualLab(configured(labText(before, Object.keys(before)[0])));
    const { wanted, looks } = counted(configured(labText(after, at)));
    let [steps, most, last] = [0, 0, 0];
    for (const _ of lab.lab.prepare(wanted, lab.now)) {
      steps += 1;
      most = Math.max(most, looks() - last);
      last = looks();
    }
    expect([steps > 4, most <= 256]).toEqual([true, true]);
    expect([...lab.lab.links.keys()]).toEqual(Object.keys(before));
    lab.lab.apply(wanted, lab.now);
    expect(looks()).toBe(last);
    expect([...lab.lab.links.keys()]).toEqual(Object.keys(after));
    const views = lab.lab.routers.get('r1')!.filters.views(lab.now);
    expect([views.length, views[0]?.filter.in?.name]).toEqual([COUNT + 1, `r1.${at}`]);
    expect(lab.lab.routers.get('r1')!.interfaces).toContain(views[0]?.filter.in);
    expect(arrives(lab)).toBe(false);
    expect(views.at(-1)).toMatchObject({ filter: { name: 'alice' } });
    expect(lab.lab.routers.get('r1')!.filters.views(lab.now).at(-1)?.matched).toBe(1);
  });

  it('is of no use to another one, and does no harm', () => {
    const lab = new VirtualLab(configured(labText({ ...RED, ...BLUE })));
    for (const _ of lab.lab.prepare(configured(labText({ ...RED, ...BLUE, ...GREEN }, 'green')), lab.now));
    const other = configured(labText({ ...GREEN, ...BLUE, ...RED }, 'blue'));
    lab.lab.apply(other, lab.now);
    const { filters, interfaces } = lab.lab.routers.get('r1')!;
    expect(interfaces.map(({ name }) => name)).toEqual(['r1.green', 'r1.blue', 'r1.red']);
    expect(filters.views(lab.now)[0]?.filter.in).toBe(interfaces[1]);
    expect(arrives(lab)).toBe(false);
  });

  it('is a router that is new, but for its routes, which follow in small steps', () => {
    const text = labText({ ...RED, ...BLUE }).replace(
      '    filters:',
      `    routes:
${[...Array(2000).keys()].map((each) => `      - { to: 10.${each >> 8}.${each & 255}.0/24, via: 203.0.113.10 }`).join('\n')}
    filters:`,
    );
    const lab = new VirtualLab(configured(text.replace('  r1:', '  r9:')));
    const { wanted, looks } = counted(configured(text));
    for (const _ of lab.lab.prepare(wanted, lab.now));
    expect([...lab.lab.routers.keys()]).toEqual(['r9']);
    const before = looks();
    lab.lab.apply(wanted, lab.now);
    expect(looks()).toBe(before);
    const { routing, filters } = lab.lab.routers.get('r1')!;
    expect([lab.lab.routers.size, filters.names.length, routing.isFollowing]).toEqual([1, COUNT + 1, false]);
    lab.advance(milliseconds(1));
    expect([routing.isFollowing, routing.rib.prefixes.size > 2000]).toEqual([true, true]);
    expect(arrives(lab)).toBe(false);
    expect(filters.views(lab.now).at(-1)?.matched).toBe(1);
  });
});
