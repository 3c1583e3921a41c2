import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { UNBOUNDED } from '../../src/interface.js';
import {
  blockedBeside,
  decideMulticastRoute,
  type MulticastTables,
  ttlForThresholds,
} from '../../src/ip/multicast-route.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { datagram, ip } from '../support/datagram.js';
import { type TestInterface, testInterface } from '../support/router.js';

const [SOURCE, GROUP] = [ip('203.0.113.7'), ip('239.1.1.1')];
const BOUNDED = { ...UNBOUNDED, boundary: [prefixOf(ip('239.1.0.0'), 16)] };

const made = (
  some: Partial<MulticastTables> = {},
  fields: Record<string, object> = {},
  wanting = ['blue'],
) => {
  const [red, blue, green] = ['red', 'blue', 'green'].map((name, at) =>
    testInterface(name, [`10.${at}.0.1/16`], { index: at + 1, ...fields[name] }),
  ) as [TestInterface, TestInterface, TestInterface];
  const tables: MulticastTables = {
    settings: DEFAULT_MULTICAST,
    interfaces: [red, blue, green],
    interest: {
      wants: (egress) => wanting.includes(egress.link),
      hindrance: (egress) => `nobody on ${egress.link}`,
    },
    leadsTo: (_source, egress) => egress === red,
    ...some,
  };
  const route = (source = SOURCE, incoming = red) => decideMulticastRoute(tables, source, GROUP, incoming);
  const blocked = (found = route()) =>
    blockedBeside(tables, found).map((each) => `${each.interface.link}: ${each.why}`);
  return { tables, red, blue, green, route, blocked };
};
const links = (interfaces: readonly { link: string }[]) => interfaces.map(({ link }) => link);

describe('a multicast route', () => {
  it('leads to where somebody wants the group, and the others are told with the reason', () => {
    const { route, blocked } = made();
    expect(route()).toMatchObject({ reason: undefined, ttlForAll: 1 });
    expect(links(route().outgoing)).toEqual(['blue']);
    expect(blocked()).toEqual(['red: it is where they arrive', 'green: nobody on green']);
    expect(links(made({}, {}, ['red', 'blue', 'green']).route().outgoing)).toEqual(['blue', 'green']);
  });

  it('leads nowhere where nobody wants the group, or only somebody behind a boundary could', () => {
    const { route, blocked } = made({}, {}, []);
    expect(route()).toMatchObject({ reason: 'multicast-no-member', outgoing: [], ttlForAll: 1 });
    expect(blocked()).toEqual([
      'red: it is where they arrive',
      'blue: nobody on blue',
      'green: nobody on green',
    ]);
    const bounded = made({}, { green: { scope: BOUNDED } }, []);
    expect(bounded.route().reason).toBe('multicast-boundary');
    expect(bounded.blocked()).toEqual([
      ...['red: it is where they arrive', 'blue: nobody on blue'],
      'green: the group must not cross its multicast boundary',
    ]);
    for (const green of [
      { scope: BOUNDED, up: false },
      { scope: BOUNDED, forwarding: false },
    ])
      expect(made({}, { green }, []).route().reason).toBe('multicast-no-member');
  });

  it('leads nowhere from behind a boundary, and then nothing is said of the others', () => {
    const { route, blocked } = made({}, { red: { scope: BOUNDED } });
    expect([route().reason, blocked()]).toEqual(['multicast-boundary', []]);
  });

  it('leads nowhere from nobody, from where the source is not, or without forwarding', () => {
    expect(made().route(ip('0.0.0.0')).reason).toBe('martian-source');
    const { route, blue, blocked } = made();
    expect(route(SOURCE, blue).reason).toBe('multicast-reverse-path');
    expect(blocked(route(SOURCE, blue))).toEqual([]);
    expect(made({ settings: { ...DEFAULT_MULTICAST, routing: false } }).route().reason).toBe(
      'forwarding-off',
    );
    expect(made({}, { red: { forwarding: false } }).route().reason).toBe('forwarding-off');
  });

  it('leads from anywhere where the reverse path does not matter, or a static route says so', () => {
    const off = made({ settings: { ...DEFAULT_MULTICAST, reversePath: 'off' } }, {}, ['green']);
    expect(links(off.route(SOURCE, off.blue).outgoing)).toEqual(['green']);
    const { tables, blue, green } = made({}, {}, []);
    const fixed = {
      group: prefixOf(ip('239.1.0.0'), 16),
      source: undefined,
      incoming: blue,
      outgoing: [green],
    };
    const over = (some: object, source = SOURCE) =>
      decideMulticastRoute(
        { ...tables, settings: { ...DEFAULT_MULTICAST, routes: [{ ...fixed, ...some }] } },
        source,
        GROUP,
        blue,
      );
    expect([over({}).reason, links(over({}).outgoing)]).toEqual([undefined, ['green']]);
    expect(over({ source: SOURCE }).reason).toBeUndefined();
    for (const other of [
      { source: ip('10.9.9.9') },
      { incoming: green },
      { group: prefixOf(ip('239.2.0.0'), 16) },
    ])
      expect(over(other).reason).toBe('multicast-reverse-path');
  });

  it('leads to the upstream of a proxy, and to no interface that is down or does not forward', () => {
    const proxy = made({}, {}, []);
    const settings = { ...DEFAULT_MULTICAST, upstream: proxy.green };
    const found = decideMulticastRoute({ ...proxy.tables, settings }, SOURCE, GROUP, proxy.red);
    expect(links(found.outgoing)).toEqual(['green']);
    const { route, blocked } = made({}, { blue: { up: false }, green: { forwarding: false } }, [
      'blue',
      'green',
    ]);
    expect(route().reason).toBe('multicast-no-member');
    expect(blocked()).toEqual([
      ...['red: it is where they arrive', 'blue: it is down', 'green: forwarding is off there'],
    ]);
  });

  it('has the highest of the TTL thresholds of where it leads', () => {
    const scope = (ttlThreshold: number) => ({ scope: { ...UNBOUNDED, ttlThreshold } });
    const { route } = made({}, { red: scope(200), blue: scope(8), green: scope(16) }, ['blue', 'green']);
    expect(route().ttlForAll).toBe(16);
  });
});

describe('the TTL that counts for thresholds', () => {
  it('is the one on arrival, unless the ingress sets another', () => {
    const on = (ttl: number | 'pass' | undefined) =>
      ttlForThresholds(
        datagram({ ttl: 9 }),
        testInterface('red', [], { scope: { ...UNBOUNDED, ttl } as never }),
      );
    expect([on(undefined), on('pass'), on(32)]).toEqual([9, 9, 32]);
  });
});
