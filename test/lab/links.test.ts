import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChangeLine } from '../../src/change/change.js';
import { formatShown } from '../../src/cli/show-format.js';
import { describeConfiguration } from '../../src/config/describe.js';
import type { Event } from '../../src/event.js';
import * as ipv4 from '../../src/ip/header.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { routeRows, showDrops, showInterfaces } from '../../src/observe/show.js';
import { linkRows } from '../../src/observe/show-links.js';
import type { LinkRow } from '../../src/observe/shown.js';
import { milliseconds, seconds } from '../../src/time.js';
import { perform } from '../support/changes.js';
import { configured, watchedLab } from '../support/configured.js';
import { datagram } from '../support/datagram.js';
import { failureOf } from '../support/failure.js';

const labText = (core = '{}', red = '{}'): string => `
links: { red: ${red}, core: ${core}, blue: {}, spare: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 }, spare: { address: 192.0.2.5/30 } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.2 }, { to: 203.0.113.0/24, via: 192.0.2.6, metric: 9 }]
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 }, spare: { address: 192.0.2.6/30 } }
    routes: [{ to: default, via: 192.0.2.1 }, { to: default, via: 192.0.2.5, metric: 9 }]
`;

const rowsOf = ({ lab }: VirtualLab, link: string): LinkRow[] =>
  [...linkRows(lab)].filter((row) => row.link === link);

const rowOf = (lab: VirtualLab, link: string, from: string | null = null): LinkRow =>
  rowsOf(lab, link).find((row) => row.from === from)!;

const TO_BOB = { source: '198.51.100.10', destination: '203.0.113.10' };

/** Sends one datagram to bob, and tells how long it took; undefined if it did not arrive within ten seconds. */
const delayOf = (lab: VirtualLab): number | undefined => {
  lab.host('alice', 'red').send(datagram(TO_BOB));
  const bob = lab.host('bob', 'blue');
  const began = lab.now;
  for (;;) {
    if (bob.take().length > 0) return lab.now - began;
    const next = lab.lab.nextDeadline();
    if (next > began + 10_000) return undefined;
    lab.advance(milliseconds(Math.max(0, next - lab.now)));
  }
};

describe('a link of the file', () => {
  it('delays both directions, each by what is set for it', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms, from: { r2: { delay: 40ms } } }')));
    expect(delayOf(lab)).toBe(15);
    lab.host('bob', 'blue').send(datagram({ source: '203.0.113.10', destination: '198.51.100.10' }));
    lab.advance(milliseconds(39));
    expect(lab.host('alice', 'red').take()).toEqual([]);
    lab.advance(milliseconds(1));
    expect(lab.host('alice', 'red').take()).toHaveLength(1);
  });

  it('also has hosts at its ends', () => {
    expect(delayOf(new VirtualLab(configured(labText('{}', '{ delay: 7ms }'))))).toBe(7);
  });

  it('impairs a group once, however many receive it', () => {
    const text = `
links: { red: { delay: 5ms, loss: 50%, seed: 1 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { red: { address: 198.51.100.11/24 } } }
  carol: { interfaces: { red: { address: 198.51.100.12/24 } } }
`;
    const lab = new VirtualLab(configured(text));
    for (let i = 0; i < 100; i += 1)
      lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '239.1.2.3' }));
    lab.advance(milliseconds(5));
    const [bob, carol] = ['bob', 'carol'].map((name) => lab.host(name, 'red').take().length);
    expect(bob).toBe(carol);
    expect(bob).toBe(100 - rowOf(lab, 'red').lostDatagrams);
    expect(bob).toBeLessThan(70);
  });

  it('shows what is set of all, and of each sender that has its own, and draws it at 80 columns', () => {
    const text = labText(
      '{ mtu: 1400, delay: 15ms, jitter: 2ms, loss: 0.5%, burst: 3, rate: 50mbit, queue: 100, seed: 42, from: { r1: { loss: 10%, delay: 0 } } }',
    );
    const lab = new VirtualLab(configured(text));
    const row = {
      link: 'core',
      from: null,
      state: 'up',
      mtu: 1400,
      delaySeconds: 0.015,
      jitterSeconds: 0.002,
      loss: 0.005,
      burst: 3,
      duplicate: null,
      reorder: null,
      corrupt: null,
      rateBitsPerSecond: 50_000_000,
      queueDatagrams: 100,
      seed: 42,
      queuedDatagrams: 0,
      queuedOctets: 0,
      lostDatagrams: 0,
      droppedDatagrams: 0,
      duplicatedDatagrams: 0,
      corruptedDatagrams: 0,
    };
    expect(rowsOf(lab, 'core')).toEqual([row, { ...row, from: 'r1', delaySeconds: null, loss: 0.1 }]);
    const table = formatShown('links', rowsOf(lab, 'core'), { isAll: false, width: 80 });
    expect(table.split('\n').every((line) => line.length <= 80 && line === line.trimEnd())).toBe(true);
    expect(table).toMatchInlineSnapshot(`
      "LINK  FROM  STATE  IMPAIRMENTS
      core  all   up     delay 15ms±2ms, loss 0.5%, burst 3, rate 50mbit, queue 100
      core  r1    up     delay 0s±2ms, loss 10%, burst 3, rate 50mbit, queue 100"
    `);
  });

  it('takes what a preset says, and what overrides it', () => {
    const lab = new VirtualLab(
      configured(labText('{ preset: mobile-4g, delay: 5ms, from: { r1: { preset: dsl } } }')),
    );
    expect(rowOf(lab, 'core')).toMatchObject({
      delaySeconds: 0.005,
      jitterSeconds: 0.008,
      rateBitsPerSecond: 14_700_000,
    });
    expect(rowOf(lab, 'core', 'r1')).toMatchObject({ delaySeconds: 0.022, rateBitsPerSecond: 12_000_000 });
  });
});

describe('link set', () => {
  it('merges with what is set, in force at once, and in the configuration', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms }')));
    perform(lab, 'link set core --loss 1% --burst 3');
    perform(lab, 'link set core --loss 2% --from r1');
    expect(rowOf(lab, 'core')).toMatchObject({ delaySeconds: 0.015, loss: 0.01, burst: 3 });
    expect(rowOf(lab, 'core', 'r1')).toMatchObject({ delaySeconds: 0.015, loss: 0.02, burst: 3 });
    expect(describeConfiguration(lab.lab.configuration)).toMatchObject({
      links: { core: { delay: '15ms', loss: '1%', burst: 3, from: { r1: { loss: '2%' } } } },
    });
    perform(lab, 'link set core --delay 0');
    expect(rowOf(lab, 'core').delaySeconds).toBeNull();
    perform(lab, 'link set core --delay 20ms --loss 0 --from r1');
    expect(delayOf(lab)).toBe(20);
  });

  it('for a time takes back its own keys only, to what they are without it', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms }')));
    const state = (): unknown[] => {
      const { delaySeconds, loss, rateBitsPerSecond } = rowOf(lab, 'core');
      return [delaySeconds, loss, rateBitsPerSecond];
    };
    perform(lab, 'link set core --loss 100% --delay 1s --for 10s');
    lab.advance(seconds(4));
    perform(lab, 'link set core --loss 50% --for 2s');
    perform(lab, 'link set core --rate 1mbit');
    expect(state()).toEqual([1, 0.5, 1e6]);
    lab.advance(seconds(2));
    expect(state()).toEqual([1, 1, 1e6]);
    lab.advance(seconds(4));
    expect(state()).toEqual([0.015, null, 1e6]);
  });

  it('for good, while one for a time is in force, is what stays', () => {
    const lab = new VirtualLab(configured(labText()));
    perform(lab, 'link set core --loss 100% --for 10s');
    perform(lab, 'link set core --loss 1%');
    expect(rowOf(lab, 'core').loss).toBe(0.01);
    lab.advance(seconds(10));
    expect(rowOf(lab, 'core').loss).toBe(0.01);
  });

  it('loses everything for a while, and then nothing', () => {
    const { lab, events } = watchedLab(labText(), 'link');
    events.length = 0;
    perform(lab, 'link set core --loss 100% --for 2s');
    for (let i = 0; i < 3; i += 1) lab.host('alice', 'red').send(datagram(TO_BOB));
    expect(rowOf(lab, 'core').lostDatagrams).toBe(3);
    expect(showDrops(lab.lab, String)).toContainEqual(
      expect.objectContaining({ router: 'r1', interface: 'r1.core', reason: 'link-loss', packets: 3 }),
    );
    lab.advance(seconds(2));
    expect(delayOf(lab)).toBe(0);
    expect(events).toEqual([
      { type: 'link', time: 10, link: 'core', event: 'changed' },
      { type: 'link', time: 2010, link: 'core', event: 'restored' },
    ]);
  });

  it('with a seed begins the draws again, also with the same one', () => {
    const lab = new VirtualLab(configured(labText('{ loss: 30%, seed: 7 }')));
    const round = (): string => {
      let got = '';
      for (let i = 0; i < 40; i += 1) {
        lab.host('alice', 'red').send(datagram(TO_BOB));
        got += lab.host('bob', 'blue').take().length;
      }
      return got;
    };
    const first = round();
    perform(lab, 'link set core --seed 7');
    expect(round()).toBe(first);
    perform(lab, 'link set core --delay 0');
    expect(round()).not.toBe(first);
  });

  it('of the MTU is that of every interface on the link', () => {
    const lab = new VirtualLab(configured(labText()));
    perform(lab, 'link set core --mtu 1300 --for 1s');
    const mtus = (): number[] =>
      showInterfaces(lab.lab)
        .filter(({ link }) => link === 'core')
        .map(({ mtu }) => mtu);
    expect([...mtus(), rowOf(lab, 'core').mtu]).toEqual([1300, 1300, 1300]);
    lab.advance(seconds(1));
    expect([...mtus(), rowOf(lab, 'core').mtu]).toEqual([1500, 1500, 1500]);
  });

  it('leaves alone the MTU that a device was given, unless it says one', () => {
    const lab = new VirtualLab(configured(labText()));
    lab.lab.setMtu('core', 1400, lab.now);
    perform(lab, 'link set core --loss 1%');
    expect(rowOf(lab, 'core').mtu).toBe(1400);
    perform(lab, 'link set core --mtu 1300');
    expect(rowOf(lab, 'core').mtu).toBe(1300);
  });

  it('leaves what is on its way to the new settings, also an hour of it', () => {
    const lab = new VirtualLab(configured(labText()));
    perform(lab, 'link set core --delay 1h');
    for (let i = 0; i < 100; i += 1) lab.host('alice', 'red').send(datagram(TO_BOB));
    expect(rowOf(lab, 'core')).toMatchObject({ queuedDatagrams: 100, queuedOctets: 2800 });
    perform(lab, 'link reset core');
    lab.host('alice', 'red').send(datagram({ ...TO_BOB, id: 99 }));
    lab.advance(milliseconds(0));
    const arrived = lab.host('bob', 'blue').take();
    expect(arrived).toHaveLength(101);
    expect(ipv4.identification(arrived[100]!)).toBe(99);
  });

  it.each([
    ['link set cor --loss 1%', 2, 'did you mean `core`?'],
    ['link set core --loss 1% --from r3', 2, 'did you mean `r1`?'],
    ['link set core --loss 1% --from alice', 2, 'on it are r1 r2'],
    ['link down nowhere', 2, 'its links are red core blue spare'],
  ])('%s is refused', (line, exitCode, fix) => {
    expect(failureOf(() => perform(new VirtualLab(configured(labText())), line))).toMatchObject({
      exitCode,
      fix,
    });
  });

  it.each([
    ['link set core', 'E-KEY'],
    ['link set core --for 2s', 'E-KEY'],
    ['link set core --mtu 1400 --from r1', 'E-KEY'],
    ['link set core --delay 15', 'E-UNIT'],
    ['link set core --delay 2h', 'E-RANGE'],
    ['link set core --loss 101%', 'E-RANGE'],
    ['link set core --loss 1% --for 0s', 'E-RANGE'],
    ['link set core --preset wify', 'E-TYPE'],
    ['link reset', 'E-TYPE'],
  ])('%s cannot be read', (line, code) => {
    expect(parseChangeLine(line)).toMatchObject({ fault: code });
  });
});

describe('link reset', () => {
  it('takes back everything that was set at run time, also what is for a time, and what the file says stays', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms, from: { r1: { loss: 1% } } }')));
    const before = rowsOf(lab, 'core');
    perform(lab, 'link set core --delay 1s --rate 1mbit --mtu 1300');
    perform(lab, 'link set core --loss 50% --from r1 --for 10s');
    perform(lab, 'link set core --loss 50% --from r2');
    perform(lab, 'link reset core --from r2');
    expect(rowsOf(lab, 'core').map(({ from, loss }) => [from, loss])).toEqual([
      [null, null],
      ['r1', 0.5],
    ]);
    perform(lab, 'link reset core');
    expect(rowsOf(lab, 'core')).toEqual(before);
    lab.advance(seconds(20));
    expect(rowsOf(lab, 'core')).toEqual(before);
  });
});

/** The events of links: where, and what. */
const told = (events: readonly Event[]): string[] =>
  events.flatMap((each) =>
    each.type === 'link'
      ? [[each.link, each.attachment ?? [], each.event, each.detail ?? []].flat().join(' ')]
      : [],
  );

describe('link down', () => {
  const statusOf = ({ lab }: VirtualLab): unknown[] =>
    showInterfaces(lab)
      .filter(({ link }) => link === 'core')
      .map(({ operStatus }) => operStatus);

  it('takes carrier from every interface, and the next metric takes over; up gives all back', () => {
    const { lab, events } = watchedLab(labText('{ delay: 15ms }'), 'link');
    events.length = 0;
    perform(lab, 'link down core');
    expect(statusOf(lab)).toEqual(['DOWN', 'DOWN']);
    expect(rowOf(lab, 'core').state).toBe('down');
    const inUse = (): string[] =>
      [...routeRows(lab.lab)]
        .filter(({ router, active, prefix }) => router === 'r1' && active && prefix === '203.0.113.0/24')
        .map(({ nexthops }) => nexthops[0]!.interface);
    const shown = [...routeRows(lab.lab)].flatMap(({ type, nexthops }) => (type === 'local' ? [] : nexthops));
    expect(shown.filter((hop) => hop.interface.endsWith('.core'))).toEqual([]);
    expect(inUse()).toEqual(['r1.spare']);
    expect(delayOf(lab)).toBe(0);
    perform(lab, 'link up core');
    expect(statusOf(lab)).toEqual(['UP', 'UP']);
    expect(inUse()).toEqual(['r1.core']);
    expect(delayOf(lab)).toBe(15);
    expect(told(events)).toEqual(['core down', 'core up']);
  });

  it('tells once of each change, whatever it is, and nothing of none', () => {
    const { lab, events } = watchedLab(labText('{ delay: 15ms }'), 'link');
    events.length = 0;
    perform(lab, 'link reset core');
    expect(told(events)).toEqual([]);
    perform(lab, 'link set core --mtu 1400');
    perform(lab, 'link reset core');
    perform(lab, 'link set core --delay 1s --for 2s');
    perform(lab, 'link down core --for 1s');
    lab.advance(seconds(3));
    expect(told(events)).toEqual([
      'core changed',
      'core restored',
      'core changed',
      'core down',
      'core up',
      'core restored',
    ]);
    events.length = 0;
    lab.host('bob', 'blue').setUp(false);
    lab.lab.setMtu('core', 1300, lab.now);
    expect(told(events)).toEqual(['blue bob.blue down', 'blue r2.blue down', 'core changed mtu 1300']);
  });

  it('ends what is on its way, and what a host still sends', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms }', '{ delay: 15ms }')));
    lab.host('alice', 'red').send(datagram(TO_BOB));
    lab.advance(milliseconds(15));
    lab.host('alice', 'red').send(datagram(TO_BOB));
    perform(lab, 'link down core');
    perform(lab, 'link down red');
    lab.host('alice', 'red').send(datagram(TO_BOB));
    lab.advance(seconds(1));
    expect(lab.host('bob', 'blue').take()).toEqual([]);
    expect(showDrops(lab.lab, String)).toMatchObject([
      { router: 'r1', interface: 'r1.core', reason: 'link-down', packets: 1 },
      { router: null, interface: null, link: 'red', reason: 'link-down', packets: 2 },
    ]);
  });

  it('loses no group by chance that a router still replicates', () => {
    const member = 'core: { address: 192.0.2.1/30, igmp: { static-groups: [{ group: 239.1.2.3 }] } }';
    const text = labText('{ loss: 100% }').replace('core: { address: 192.0.2.1/30 }', member);
    const lab = new VirtualLab(configured(text));
    const send = () =>
      lab.host('alice', 'red').send(datagram({ source: '198.51.100.10', destination: '239.1.2.3', ttl: 9 }));
    send();
    // Before anybody on it has noticed.
    lab.lab.links.get('core')!.setUp(false, lab.now);
    send();
    expect(rowOf(lab, 'core').lostDatagrams).toBe(1);
    expect(
      showDrops(lab.lab, String).filter((row) => row.link === 'core' || row.interface === 'r1.core'),
    ).toEqual([
      expect.objectContaining({ reason: 'link-loss', packets: 1 }),
      expect.objectContaining({ reason: 'link-down', packets: 1 }),
    ]);
  });

  it('for a time comes up by itself, once is enough, and reset leaves it alone', () => {
    const lab = new VirtualLab(configured(labText()));
    expect(perform(lab, 'link down core --for 2s').said).toEqual([]);
    expect(perform(lab, 'link down core --for 1s').said).toEqual(['core is down already']);
    perform(lab, 'link reset core');
    lab.advance(seconds(1));
    expect(statusOf(lab)).toEqual(['DOWN', 'DOWN']);
    lab.advance(seconds(1));
    expect(statusOf(lab)).toEqual(['UP', 'UP']);
    perform(lab, 'link down core --for 1s');
    perform(lab, 'link up core');
    expect(statusOf(lab)).toEqual(['UP', 'UP']);
    perform(lab, 'link down core');
    lab.advance(seconds(5));
    expect(statusOf(lab)).toEqual(['DOWN', 'DOWN']);
  });
});

describe('another configuration', () => {
  it('changes what the file says otherwise than before, and leaves what was set at run time', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 15ms, loss: 1% }')));
    perform(lab, 'link set core --delay 1s --rate 1mbit');
    perform(lab, 'link set core --duplicate 5% --for 10s');
    lab.apply(configured(labText('{ delay: 20ms, loss: 1%, duplicate: 1% }')));
    expect(rowOf(lab, 'core')).toMatchObject({
      delaySeconds: 0.02,
      loss: 0.01,
      rateBitsPerSecond: 1e6,
      duplicate: 0.05,
    });
    lab.advance(seconds(10));
    expect(rowOf(lab, 'core').duplicate).toBe(0.01);
    perform(lab, 'link reset core');
    expect(rowOf(lab, 'core')).toMatchObject({ delaySeconds: 0.02, rateBitsPerSecond: null });
  });

  it('ends what was on its way to somebody, or on a link, that is no more', () => {
    const lab = new VirtualLab(configured(labText('{ delay: 10ms }')));
    const text = labText('{ delay: 10ms }', '{ delay: 10ms }');
    lab.apply(configured(text));
    lab.host('alice', 'red').send(datagram(TO_BOB));
    lab.host('alice', 'red').send(datagram({ ...TO_BOB, destination: '198.51.100.1' }));
    lab.apply(
      configured(
        text
          .replace(/ {2}r1:[\s\S]*(?= {2}r2:)/, '')
          .replace('via: 192.0.2.1 ', 'via: 203.0.113.10 ')
          .replace('via: 192.0.2.5', 'via: 203.0.113.10'),
      ),
    );
    lab.advance(seconds(1));
    expect(showDrops(lab.lab, String)).toMatchObject([{ link: 'red', reason: 'link-down', packets: 2 }]);
  });
});

describe('the sums, with impaired links', () => {
  const share = fc.constantFrom('0%', '20%', '100%');
  const impairment = fc.record({
    delay: fc.constantFrom('0ms', '3ms', '200ms'),
    jitter: fc.constantFrom('0ms', '3ms'),
    loss: share,
    duplicate: share,
    reorder: share,
    corrupt: share,
    rate: fc.constantFrom('0kbit', '10kbit', '10mbit'),
    queue: fc.constantFrom(0, 3),
  });
  const words = (set: object): string =>
    Object.entries(set)
      .map(([key, value]) => `--${key} ${value}`)
      .join(' ');
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('send to-bob', 'send to-alice', 'send group', 'send junk') },
    { weight: 3, arbitrary: fc.constantFrom('wait 1', 'wait 50', 'wait 1000') },
    fc
      .tuple(fc.constantFrom('red', 'core'), impairment)
      .map(([link, set]) => `link set ${link} ${words(set)}`),
    fc.constantFrom('link set core --loss 100% --for 100ms', 'link reset core', 'link reset red'),
    fc.constantFrom(
      'link down core',
      'link up core',
      'link down red --for 100ms',
      'link set core --delay 5ms --from r2',
    ),
  );

  it('match at every moment', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lab = new VirtualLab(configured(labText()));
        let id = 0;
        for (const each of steps) {
          const [word, what] = each.split(' ');
          if (word === 'wait') lab.advance(milliseconds(Number(what)));
          else if (word === 'link') perform(lab, each);
          else if (what === 'to-bob') lab.host('alice', 'red').send(datagram({ ...TO_BOB, id: id++ }));
          else if (what === 'to-alice')
            lab
              .host('bob', 'blue')
              .send(datagram({ source: TO_BOB.destination, destination: TO_BOB.source, ttl: 2 }));
          else if (what === 'group')
            lab.host('alice', 'red').send(datagram({ ...TO_BOB, destination: '239.1.2.3' }));
          else lab.host('alice', 'red').send(new Uint8Array(7));
          expectSums(lab);
        }
        // Nothing stays on its way for ever, and all that is counted as held is.
        for (const link of ['red', 'core']) perform(lab, `link reset ${link}`);
        lab.advance(seconds(1));
        for (const { queuedDatagrams, queuedOctets } of linkRows(lab.lab))
          expect([queuedDatagrams, queuedOctets]).toEqual([0, 0]);
        expectSums(lab);
      }),
      { numRuns: 150 },
    );
  });

  const expectSums = ({ lab }: VirtualLab): void => {
    for (const router of lab.routers.values()) {
      const { received, forwarded, delivered, dropped, held } = router.ledger;
      expect(forwarded + delivered + dropped + held).toBe(received);
      for (const { counters, refusals } of router.interfaces) {
        const refused = refusals.values().reduce((sum, { packets }) => sum + packets, 0);
        expect(counters.refusedPackets).toBe(refused);
        expect(counters.handedPackets).toBeGreaterThanOrEqual(refused);
      }
    }
    // What r1 sent on the core is on its way there, with r2, or lost as a copy that the link made.
    const at = (router: string) => lab.routers.get(router)!.interfaces.find(({ link }) => link === 'core')!;
    const link = lab.links.get('core')!;
    const copies = link.drops.values().reduce((sum, { packets }) => sum + packets, 0);
    const row = [...linkRows(lab)].find((each) => each.link === 'core' && each.from === null)!;
    const sent = ['r1', 'r2'].reduce((sum, router) => {
      const { counters } = at(router);
      return sum + counters.handedPackets - counters.refusedPackets;
    }, 0);
    const received = at('r1').counters.inPackets + at('r2').counters.inPackets;
    expect(received + row.queuedDatagrams + copies).toBe(sent + row.duplicatedDatagrams);
  };
});
