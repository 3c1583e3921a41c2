import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { addRouteLines } from '../../src/lab/change/route-lines.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { routeRows } from '../../src/observe/show.js';
import { perform } from '../support/changes.js';
import { configured, watchedLab } from '../support/configured.js';
import { failureOf } from '../support/failure.js';
import { icmp, message } from '../support/icmp.js';

const labText = (routes: string): string => `
links: { red: {}, blue: {}, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 192.0.2.2/30 } } }
  carol: { interfaces: { green: { address: 192.0.2.6/30 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 192.0.2.1/30 }, green: { address: 192.0.2.5/30 } }
    routes: [${routes}]
`;
const FILE = '{ to: 203.0.113.0/24, via: 192.0.2.2 }';

/** Which host gets what alice sends to an address, and how often. */
const takers = (lab: VirtualLab, destination: string): string[] => {
  lab.host('alice', 'red').send(icmp(message(8, 0, [0, 1, 0, 1]), { source: '198.51.100.10', destination }));
  return ['bob', 'carol'].filter(
    (host) => lab.host(host, host === 'bob' ? 'blue' : 'green').take().length > 0,
  );
};

/** The routes that are not connected, in the words of `route add`. */
const routesOf = ({ lab }: VirtualLab): string[] =>
  [...routeRows(lab)]
    .filter(({ origin }) => origin !== 'connected')
    .map(({ prefix, type, nexthops, metric, tos, origin }) =>
      [
        type,
        prefix,
        ...nexthops.map(({ via, weight }) => `${via}*${weight}`),
        metric,
        ...(tos === undefined ? [] : [`tos ${tos}`]),
        origin,
      ].join(' '),
    );

describe('route add, replace and del', () => {
  it('change where the next datagram goes, and say so', () => {
    const { lab, events } = watchedLab(labText(FILE), 'route');
    expect(takers(lab, '203.0.113.9')).toEqual(['bob']);
    perform(lab, 'route replace 203.0.113.0/24 via 192.0.2.6 dev green');
    expect(takers(lab, '203.0.113.9')).toEqual(['carol']);
    perform(lab, 'route add 203.0.113.9 via 192.0.2.2 -r r1');
    expect(takers(lab, '203.0.113.9')).toEqual(['bob']);
    perform(lab, 'route del 203.0.113.9');
    perform(lab, 'route del 203.0.113.0/24');
    expect(takers(lab, '203.0.113.9')).toEqual([]);
    const told = events as Extract<Event, { type: 'route' }>[];
    expect(told.map(({ router, event, prefix }) => `${router} ${event} ${prefix}`)).toEqual([
      'r1 replace 203.0.113.0/24',
      'r1 add 203.0.113.9/32',
      'r1 del 203.0.113.9/32',
      'r1 del 203.0.113.0/24',
    ]);
  });

  it.each([
    ['route add default via 192.0.2.2', 'unicast 0.0.0.0/0 192.0.2.2*1 0 runtime'],
    ['route add to 10.0.0.0/8 via 192.0.2.2 metric 5 dev blue', 'unicast 10.0.0.0/8 192.0.2.2*1 5 runtime'],
    ['route add blackhole 10.0.0.0/8', 'blackhole 10.0.0.0/8 0 runtime'],
    ['route add unreachable 10.1.0.0/16 metric 4294967295', 'unreachable 10.1.0.0/16 4294967295 runtime'],
    ['route add prohibit 10.1.0.0/16 --router r1', 'prohibit 10.1.0.0/16 0 runtime'],
    [
      'route add 10.0.0.0/8 tos 0x10 via 192.0.2.2 dev r1.blue',
      'unicast 10.0.0.0/8 192.0.2.2*1 0 tos 16 runtime',
    ],
    [
      'route add 0.0.0.0/0 metric 7 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.6 dev green',
      'ecmp 0.0.0.0/0 192.0.2.2*2 192.0.2.6*1 7 runtime',
    ],
  ])('read the words of iproute2: %s', (line, shown) => {
    const lab = new VirtualLab(configured(labText('')));
    perform(lab, line);
    expect(routesOf(lab)).toEqual([shown]);
  });

  it.each<[string, number, RegExp]>([
    ['route add 203.0.113.0/24 via 192.0.2.6', 7, /route already/],
    ['route add 192.0.2.0/30 via 192.0.2.6', 7, /directly connected/],
    ['route replace 192.0.2.0/30 via 192.0.2.6', 7, /directly connected/],
    ['route del 192.0.2.0/30', 7, /directly connected/],
    ['route del 203.0.113.0/24 metric 5', 7, /no such route/],
    ['route del 203.0.113.0/24 via 192.0.2.6', 7, /no such route/],
    ['route del blackhole 203.0.113.0/24', 7, /no such route/],
    ['route del 10.0.0.0/8', 7, /no such route/],
    ['route add 10.0.0.0/8 via 192.0.2.9', 2, /not on any link/],
    ['route add 10.0.0.0/8 via 192.0.2.3', 2, /broadcast address/],
    ['route add 10.0.0.0/8 via 192.0.2.1', 2, /address of r1 itself/],
    ['route add 10.0.0.0/8 via 192.0.2.2 dev green', 2, /not on the link green/],
    ['route add 10.0.0.0/8 via 192.0.2.2 dev grene', 2, /no interface `grene`/],
    ['route add 10.0.0.1/8 via 192.0.2.2', 2, /host bits/],
    ['route add 239.0.0.0/8 via 192.0.2.2', 2, /multicast/],
    ['route add 10.0.0.0/8', 2, /no next hop/],
    ['route add 10.0.0.0/8 dev blue', 2, /no next hop/],
    ['route add blackhole 10.0.0.0/8 via 192.0.2.2', 2, /no next hop/],
    ['route add 10.0.0.0/8 vai 192.0.2.2', 2, /not expected/],
    ['route add 10.0.0.0/8 via 192.0.2.2 metric -1', 2, /^metric: `-1` is out of range/],
    ['route add 10.0.0.0/8 via 192.0.2.2 via 192.0.2.6', 2, /twice/],
    ['route add 10.0.0.0/8 nexthop via 192.0.2.2 nexthop', 2, /no `via`/],
    ['route add', 2, /needs a prefix/],
    ['route ad 10.0.0.0/8 via 192.0.2.2', 2, /no `ad`/],
    ['route add 10.0.0.0/8 via 192.0.2.2 -r r2', 2, /no router `r2`/],
  ])('refuse with nothing changed: %s', (line, exitCode, message) => {
    const lab = new VirtualLab(configured(labText(FILE)));
    const before = routesOf(lab);
    const failure = failureOf(() => perform(lab, line));
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.message).toMatch(message);
    expect(failure.fix).toBeTruthy();
    expect(routesOf(lab)).toEqual(before);
  });

  it('are refused where there are as many to one prefix as are looked through', () => {
    const lab = new VirtualLab(configured(labText('')));
    for (let metric = 0; metric < 256; metric += 1)
      perform(lab, `route add blackhole 10.0.0.0/8 metric ${metric}`);
    expect(failureOf(() => perform(lab, 'route add blackhole 10.0.0.0/8 metric 256')).exitCode).toBe(7);
    perform(lab, 'route replace prohibit 10.0.0.0/8 metric 255');
  });

  it('delete the route with the lowest metric where no metric is named', () => {
    const lab = new VirtualLab(configured(labText('')));
    for (const metric of [20, 10]) perform(lab, `route add 10.0.0.0/8 via 192.0.2.2 metric ${metric}`);
    perform(lab, 'route del 10.0.0.0/8');
    expect(routesOf(lab)).toEqual(['unicast 10.0.0.0/8 192.0.2.2*1 20 runtime']);
  });

  it('survive another configuration that says the same of the route, and yield to one that says something else', () => {
    const lab = new VirtualLab(configured(labText(`${FILE}, { to: 10.0.0.0/8, via: 192.0.2.2 }`)));
    perform(lab, 'route del 203.0.113.0/24');
    perform(lab, 'route replace 10.0.0.0/8 via 192.0.2.6');
    perform(lab, 'route add 172.16.0.0/12 via 192.0.2.6');
    const changed = routesOf(lab);
    lab.apply(configured(labText(`${FILE}, { to: 10.0.0.0/8, via: 192.0.2.2 }`)));
    expect(routesOf(lab)).toEqual(changed);
    lab.apply(
      configured(labText('{ to: 203.0.113.0/24, via: 192.0.2.6 }, { to: 10.0.0.0/8, type: blackhole }')),
    );
    expect(routesOf(lab)).toEqual([
      'blackhole 10.0.0.0/8 0 config',
      'unicast 172.16.0.0/12 192.0.2.6*1 0 runtime',
      'unicast 203.0.113.0/24 192.0.2.6*1 0 config',
    ]);
  });
});

describe('route get', () => {
  const lab = new VirtualLab(
    configured(
      labText(
        `${FILE}, { to: 10.0.0.0/8, via: 192.0.2.3 }`.replace('192.0.2.3', '198.51.100.77') +
          ', { to: 198.18.0.0/15, type: blackhole }, { to: 10.9.0.0/16, via: 192.0.2.6, tos: 16 }',
      ),
    ),
  );
  it.each<[string, boolean, readonly string[]]>([
    ['203.0.113.9', true, ['203.0.113.9 via 192.0.2.2 dev r1.blue src 192.0.2.1', '    by 203.0.113.0/24 via 192.0.2.2 dev blue (config)']],
    ['203.0.113.9 from 198.51.100.10 -r r1', true, ['203.0.113.9 from 198.51.100.10 via 192.0.2.2 dev r1.blue src 192.0.2.1', '    by 203.0.113.0/24 via 192.0.2.2 dev blue (config)']],
    ['198.51.100.10', true, ['198.51.100.10 dev r1.red src 198.51.100.1', '    by 198.51.100.0/24 dev red (connected)']],
    ['198.51.100.11', false, ['198.51.100.11 would be dropped by r1: host-unreachable', '    by 198.51.100.0/24 dev red (connected)']],
    ['10.1.1.1', false, ['10.1.1.1 would be dropped by r1: host-unreachable', '    by 10.0.0.0/8 via 198.51.100.77 dev red (config)']],
    ['198.18.0.1', false, ['198.18.0.1 would be dropped by r1: blackhole', '    by blackhole 198.18.0.0/15 (config)']],
    ['172.16.0.1', false, ['172.16.0.1 would be dropped by r1: no-route', '    no route leads there']],
    ['127.0.0.1', false, ['127.0.0.1 would be dropped by r1: martian-destination', '    no route leads there']],
    ['10.9.0.1', false, ['10.9.0.1 would be dropped by r1: tos-route', '    no route leads there']],
    ['10.9.0.1 tos 0x10', true, ['10.9.0.1 via 192.0.2.6 dev r1.green src 192.0.2.5', '    by 10.9.0.0/16 via 192.0.2.6 dev green tos 0x10 (config)']],
    ['192.0.2.1', true, ['local 192.0.2.1 dev r1.blue']],
    ['192.0.2.3', true, ['broadcast 192.0.2.3 dev r1.blue']],
  ])('says where a datagram to %s would go, and by which route', (words, isYes, said) => {
    expect(perform(lab, `route get ${words}`)).toMatchObject({ isYes, said });
  }); // biome-ignore format: a table

  it('needs the address of a host', () => {
    expect(failureOf(() => perform(lab, 'route get 239.1.2.3'))).toMatchObject({ exitCode: 2 });
    expect(failureOf(() => perform(lab, 'route get'))).toMatchObject({ exitCode: 2 });
  });
});

describe('lines of a table of routes', () => {
  const add = ({ lab, now }: VirtualLab, lines: readonly string[], isReplacing = false) =>
    addRouteLines(lab, { isReplacing, firstLine: 10, lines }, now);

  it('are added in order, up to the first that cannot be', () => {
    const lab = new VirtualLab(configured(labText('')));
    expect(add(lab, ['# some', '10.0.0.0/8 via 192.0.2.2', '', 'blackhole 172.16.0.0/12 metric 3'])).toBe(2);
    expect(
      failureOf(() => add(lab, ['10.1.0.0/16 via 192.0.2.2', '10.0.0.0/8 via 192.0.2.6'])),
    ).toMatchObject({
      exitCode: 7,
      message: expect.stringMatching(/^line 11: r1 has this route already/),
    });
    expect(failureOf(() => add(lab, ['10.2.0.0/16 vai 192.0.2.2']))).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^line 10, column 13: /),
    });
    expect(failureOf(() => add(lab, ['10.2.0.0/16 via 192.0.9.2']))).toMatchObject({ exitCode: 2 });
    expect(add(lab, ['10.0.0.0/8 via 192.0.2.6'], true)).toBe(1);
    expect(routesOf(lab)).toEqual([
      'unicast 10.0.0.0/8 192.0.2.6*1 0 runtime',
      'unicast 10.1.0.0/16 192.0.2.2*1 0 runtime',
      'blackhole 172.16.0.0/12 3 runtime',
    ]);
  });
});
