import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { filterRows } from '../../src/observe/show-filters.js';
import type { FilterRow } from '../../src/observe/shown.js';
import { milliseconds, NEVER, seconds } from '../../src/time.js';
import { perform } from '../support/changes.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';
import { failureOf } from '../support/failure.js';

const labText = (filters: string, more = ''): string => `
links: { red: {}, blue: {}, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    filters: ${filters}
  r2:
    interfaces: { green: { address: 10.9.0.1/24 }${more} }
`;

const NO_TELNET =
  '{ name: no-telnet, in: red, match: { protocol: tcp, destination-port: 23 }, action: reject, with: admin-prohibited }';
const UDP_TWICE = '{ name: twice, match: { protocol: udp }, limit: 2, action: drop }';

const labOf = (filters: string, events: Event[] = []): VirtualLab =>
  new VirtualLab(configured(labText(filters)), {
    observer: { wants: (type) => type === 'config', notify: (event) => void events.push(event) },
  });
const shown = ({ lab, now }: VirtualLab): FilterRow[] => [...filterRows(lab, now)];
const names = (lab: VirtualLab): string[] => shown(lab).map(({ router, name }) => `${router} ${name}`);
const matched = (lab: VirtualLab): number[] => shown(lab).map((row) => row.matched);

/** How many of some datagrams of UDP from alice arrive at bob's. */
const arriving = (lab: VirtualLab, count = 1): number => {
  lab.host('bob', 'blue').take();
  for (let each = 0; each < count; each++)
    lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '203.0.113.10' }));
  return lab.host('bob', 'blue').take().length;
};

describe('show filters', () => {
  it('has what the file says, and what is added', () => {
    const lab = labOf(`[${NO_TELNET}]`);
    const line =
      'filter add --out r1.blue --source 198.51.100.10 --destination 203.0.113.0/24 --size-over 100 --df false --probability 30% --limit 7 --for 90s --action drop';
    expect(perform(lab, line)).toMatchObject({ said: ['f1'], fields: { router: 'r1', name: 'f1' } });
    lab.advance(milliseconds(500));
    expect(shown(lab)).toEqual([
      {
        router: 'r1',
        name: 'no-telnet',
        in: 'r1.red',
        out: null,
        match: { protocol: 'tcp', destinationPort: 23 },
        action: 'reject',
        with: 'admin-prohibited',
        probability: 1,
        limit: null,
        matched: 0,
        expiresSeconds: null,
        origin: 'config',
      },
      {
        router: 'r1',
        name: 'f1',
        in: null,
        out: 'r1.blue',
        match: { source: '198.51.100.10/32', destination: '203.0.113.0/24', sizeOver: 100, df: false },
        action: 'drop',
        with: null,
        probability: 0.3,
        limit: 7,
        matched: 0,
        expiresSeconds: 89.5,
        origin: 'runtime',
      },
    ]);
  });
});

describe('filter add', () => {
  it('acts at once, after those of the file, and counts', () => {
    const lab = labOf('[{ name: let-dns, match: { destination-port: 53 }, action: accept }]');
    expect(arriving(lab)).toBe(1);
    perform(lab, 'filter add --in red --protocol udp --action drop --name none');
    expect(arriving(lab, 3)).toBe(0);
    expect(matched(lab)).toEqual([0, 3]);
    perform(lab, 'filter del none');
    expect(arriving(lab)).toBe(1);
  });

  it('finds the router by an interface, by its name, or because it is the only one', () => {
    const lab = labOf('[]');
    perform(lab, 'filter add --in r1.red --action drop');
    perform(lab, 'filter add --in green --action drop');
    perform(lab, 'filter add -r r2 --action drop --name a');
    perform(lab, 'filter add --out blue -r r1 --action drop --name a');
    expect(names(lab)).toEqual(['r1 f1', 'r1 a', 'r2 f1', 'r2 a']);
  });

  it.each([
    ['filter add --action drop', 2, 'the lab has several routers'],
    ['filter add -r r3 --action drop', 2, 'the lab has no router `r3`'],
    ['filter add --in r1.rde --action drop', 2, 'there is no interface `r1.rde`'],
    ['filter add --in red -r r2 --action drop', 2, 'there is no interface `red`'],
    ['filter add --in r1.red --out r2.green --action drop', 2, 'are of different routers'],
    ['filter add -r r1 --action drop --name no-telnet', 7, 'r1 has a filter no-telnet already'],
    ['filter del no-tellnet', 7, 'there is no filter `no-tellnet`'],
    ['filter del no-telnet -r r2', 7, 'there is no filter `no-telnet`'],
  ])('refuses %s with %i', (line, exitCode, message) => {
    const lab = labOf(`[${NO_TELNET}]`);
    const failure = failureOf(() => perform(lab, line));
    expect(failure).toMatchObject({ exitCode });
    expect(failure.message).toContain(message);
    expect(failure.fix).toBeTruthy();
    expect(names(lab)).toEqual(['r1 no-telnet']);
  });

  it('with --for is undone in time, and told', () => {
    const events: Event[] = [];
    const lab = labOf('[]', events);
    perform(lab, 'filter add --in r1.red --action drop --for 2s --name brief');
    expect(lab.lab.nextDeadline()).toBe(2000);
    lab.advance(milliseconds(1999));
    expect(arriving(lab)).toBe(0);
    lab.advance(milliseconds(1));
    expect(arriving(lab)).toBe(1);
    expect(names(lab)).toEqual([]);
    expect(lab.lab.nextDeadline()).toBe(NEVER);
    expect(events).toMatchObject([
      {
        type: 'config',
        time: 2000,
        event: 'applied',
        message: 'r1: the filter brief has expired and was removed',
      },
    ]);
  });
});

describe('filter del', () => {
  it('asks which router is meant if several have a filter of that name', () => {
    const lab = labOf('[]');
    for (const router of ['r1', 'r2']) perform(lab, `filter add -r ${router} --action drop --name a`);
    expect(failureOf(() => perform(lab, 'filter del a'))).toMatchObject({
      exitCode: 2,
      fix: 'name one with -r: r1 r2',
    });
    expect(perform(lab, 'filter del a -r r2').fields).toEqual({ router: 'r2', name: 'a' });
    expect(names(lab)).toEqual(['r1 a']);
  });
});

describe('another configuration', () => {
  it('leaves alone what it does not touch: counts, limits, removals, and what was added', () => {
    const lab = labOf(`[${UDP_TWICE}, ${NO_TELNET}]`);
    arriving(lab);
    perform(lab, 'filter del no-telnet');
    perform(lab, 'filter add --in r1.red --protocol 99 --action drop --name mine');
    const same = labText(
      `[${UDP_TWICE}, ${NO_TELNET}, { name: new, match: { protocol: 98 }, action: drop }]`,
      ', blue: { address: 203.0.113.2/24 }',
    );
    lab.apply(
      configured(same.replace('links: { red: {}, blue: {}', 'links: { red: {}, blue: { gateway: r1 }')),
    );
    expect(shown(lab).map(({ name, matched: count, origin }) => [name, count, origin])).toEqual([
      ['twice', 1, 'config'],
      ['new', 0, 'config'],
      ['mine', 0, 'runtime'],
    ]);
    expect(arriving(lab, 3)).toBe(2);
  });

  it('begins again with a filter that it changes, and takes away what it no longer has', () => {
    const lab = labOf(`[${UDP_TWICE}, ${NO_TELNET}]`);
    expect(arriving(lab, 3)).toBe(1);
    perform(lab, 'filter del no-telnet');
    lab.apply(
      configured(labText(`[${UDP_TWICE.replace('limit: 2', 'limit: 3')}, ${NO_TELNET.replace('23', '24')}]`)),
    );
    expect(matched(lab)).toEqual([0, 0]);
    expect(arriving(lab, 4)).toBe(1);
    lab.apply(configured(labText('[]')));
    expect(names(lab)).toEqual([]);
    expect(arriving(lab)).toBe(1);
  });

  it('has the file’s filter where one of that name was added', () => {
    const lab = labOf('[]');
    perform(lab, 'filter add -r r1 --protocol udp --action drop --name no-telnet');
    lab.apply(configured(labText(`[${NO_TELNET}]`)));
    expect(shown(lab)).toMatchObject([{ name: 'no-telnet', origin: 'config' }]);
  });

  it('keeps a filter that was added only as long as its interfaces', () => {
    const lab = labOf('[]');
    perform(lab, 'filter add --out r1.blue --action drop');
    perform(lab, 'filter add --in r1.red --action drop');
    const text = labText('[]')
      .replace(', blue: { address: 203.0.113.1/24 }', '')
      .replace(/ {2}bob.*\n/, '');
    lab.apply(configured(text));
    expect(names(lab)).toEqual(['r1 f2']);
  });

  it('does not bring back a filter whose time is over, and lets those that stay end when they should', () => {
    const lab = labOf(
      '[{ name: brief, for: 2s, action: drop }, { name: longer, for: 9s, match: { protocol: 1 }, action: drop }]',
    );
    const { configuration } = lab.lab;
    lab.advance(seconds(3));
    lab.apply(configuration);
    expect(names(lab)).toEqual(['r1 longer']);
    expect(shown(lab)[0]?.expiresSeconds).toBe(6);
    expect(arriving(lab)).toBe(1);
  });
});

describe('the schedule', () => {
  it('adds filters as a person does', () => {
    const text = `${labText('[]')}schedule:
  - { at: 5s, every: 10s, times: 2, do: filter add --in r1.red --protocol udp --action drop --limit 2 --for 1s }
`;
    const lab = new VirtualLab(configured(text));
    expect(arriving(lab)).toBe(1);
    for (const _ of [1, 2]) {
      lab.advance(seconds(5));
      expect(arriving(lab, 3)).toBe(1);
      lab.advance(seconds(5));
      expect(arriving(lab, 3)).toBe(3);
    }
  });
});
