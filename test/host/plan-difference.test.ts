import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration, HostConfiguration } from '../../src/config/configuration.js';
import { commandOf, formatChange, type HostChange, planHost } from '../../src/host/plan.js';
import {
  formatKept,
  formatRemoval,
  planDifference,
  planDifferenceInPieces,
  removalCommand,
} from '../../src/host/plan-difference.js';
import { host, lab, router } from './lab.js';

const between = (from: Configuration, to: Configuration) => planDifference(planHost(from), planHost(to));

const lines = (from: Configuration, to: Configuration): readonly string[] => {
  const { displaced, made, kept, removed } = between(from, to);
  return [
    ...displaced.map(formatRemoval),
    ...made.map(formatChange),
    ...kept.map(formatKept),
    ...removed.map(formatRemoval),
  ];
};

const bob = (options: Parameters<typeof host>[0] = {}): HostConfiguration =>
  host({ name: 'bob', link: 'blue', address: '203.0.113.10/24', routes: [], ...options });

/** What a plan leaves in the kernel; routes by destination, as the kernel has them. */
class Model {
  readonly things = new Map<string, HostChange>();

  make(changes: readonly HostChange[]): void {
    for (const { ...change } of changes) {
      const key = keyOf(change);
      const overwrites = (change.kind === 'route' && change.replaces === true) || change.kind === 'mtu';
      if (!overwrites && this.things.has(key)) throw new Error(`${key} is there already`);
      const needed = change.kind === 'namespace' || change.kind === 'device' ? undefined : change.device;
      if (needed !== undefined && needed !== 'lo' && !this.things.has(`device ${change.namespace}/${needed}`))
        throw new Error(`nothing to set ${key} on`);
      if ('replaces' in change) delete change.replaces;
      this.things.set(key, change);
    }
  }

  /** What is on a device goes with it, and what is in a namespace with that. */
  remove(changes: readonly HostChange[]): void {
    for (const change of changes) {
      if (!this.things.delete(keyOf(change))) throw new Error(`${keyOf(change)} is not there`);
      for (const [key, { namespace, ...each }] of this.things) {
        const isOn = change.kind === 'device' && 'device' in each && each.device === change.device;
        if (namespace === change.namespace && (isOn || change.kind === 'namespace')) this.things.delete(key);
      }
    }
  }
}

const keyOf = (change: HostChange): string => {
  const place = `${change.namespace}/${change.kind === 'namespace' ? '' : change.device}`;
  if (change.kind === 'route') return `route ${change.namespace} ${change.to.network}/${change.to.length}`;
  return `${change.kind} ${place}${change.kind === 'address' ? ` ${change.address}` : ''}`;
};

const anyHost = fc
  .record({
    name: fc.constantFrom('alice', 'bob', 'carol'),
    namespace: fc.constantFrom(undefined, 'shared', 'self'),
    link: fc.constantFrom('red', 'blue'),
    last: fc.integer({ min: 10, max: 12 }),
    device: fc.constantFrom('tp-a', 'tp-b', 'tp-c'),
    routes: fc.subarray(['default', '10.0.0.0/8', '224.0.0.0/4']),
  })
  .map(({ namespace, link, last, ...each }) =>
    host({
      ...each,
      link,
      namespace: namespace ?? each.name,
      address: link === 'red' ? `198.51.100.${last}/24` : `203.0.113.${last}/24`,
    }),
  );

const anyLab = fc
  .record({
    hosts: fc.uniqueArray(anyHost, { selector: ({ name }) => name, maxLength: 3 }),
    mtu: fc.constantFrom(1400, 1500),
    gateway: fc.constantFrom('r1', undefined),
  })
  // Two devices of a name, or two routes to one place, in one namespace are no lab.
  .filter(({ hosts }) => {
    const places = hosts.map(({ namespace, interfaces }) => `${namespace}/${interfaces[0]!.device}`);
    const ways = hosts.flatMap(({ namespace, interfaces }) =>
      interfaces[0]!.routes.map(({ to }) => `${namespace} ${to.network}/${to.length}`),
    );
    return new Set(places).size === places.length && new Set(ways).size === ways.length;
  })
  .map((options) => lab(options));

describe('the difference of two host plans', () => {
  it('leads from the one to the other, and makes nothing that is there', () => {
    fc.assert(
      fc.property(anyLab, anyLab, (from, to) => {
        const [kernel, wanted] = [new Model(), new Model()];
        kernel.make(planHost(from));
        wanted.make(planHost(to));
        const { displaced, made, removed } = between(from, to);
        kernel.remove(displaced);
        kernel.make(made);
        kernel.remove(removed);
        expect(kernel.things).toEqual(wanted.things);
      }),
    );
  });

  it('is nothing between a plan and itself', () => {
    fc.assert(fc.property(anyLab, (each) => lines(each, each).length === 0));
  });

  it('leaves a host alone that another one is put beside', () => {
    expect(lines(lab(), lab({ hosts: [host(), bob()] }))).toEqual([
      'bob: network namespace',
      'bob: TUN device tp-blue (bob on link blue)',
      'bob: no IPv6 on tp-blue',
      'bob: lo up',
      'bob: mtu 1500 on tp-blue',
      'bob: address 203.0.113.10/24 on tp-blue',
      'bob: tp-blue up',
    ]);
    expect(lines(lab({ hosts: [host(), bob()] }), lab())).toEqual(['bob: network namespace removed']);
  });

  it('keeps a device that gets another address, route or MTU', () => {
    const to = lab({ hosts: [host({ address: '198.51.100.11/24', routes: ['224.0.0.0/4'] })], mtu: 1400 });
    expect(lines(lab(), to)).toEqual([
      'alice: mtu 1400 on tp-red',
      'alice: address 198.51.100.11/24 on tp-red',
      'alice: route 224.0.0.0/4 dev tp-red',
      'alice: route default via 198.51.100.1 dev tp-red removed',
      'alice: address 198.51.100.10/24 on tp-red removed',
    ]);
  });

  it('replaces a route whose next hop is another one now', () => {
    const { made, replaced, removed } = between(lab(), lab({ router: router(['198.51.100.2/24']) }));
    expect(made.map(commandOf)).toEqual(['ip -n alice route replace default via 198.51.100.2 dev tp-red']);
    expect([...replaced.values()].map(commandOf)).toEqual([
      'ip -n alice route add default via 198.51.100.1 dev tp-red',
    ]);
    expect(removed).toEqual([]);
  });

  it('makes room for the device of another host under the same name', () => {
    const [from, to] = [host({ namespace: 'here' }), host({ name: 'amy', namespace: 'here' })];
    expect(lines(lab({ hosts: [from] }), lab({ hosts: [to] }))).toEqual([
      'here: TUN device tp-red (alice on link red) removed',
      'here: TUN device tp-red (amy on link red)',
      'here: no IPv6 on tp-red',
      'here: mtu 1500 on tp-red',
      'here: address 198.51.100.10/24 on tp-red',
      'here: tp-red up',
      'here: route default via 198.51.100.1 dev tp-red',
    ]);
  });

  it('keeps a device that comes to last', () => {
    expect(lines(lab(), lab({ hosts: [host({ persistent: true })] }))).toEqual([
      'alice: persistent TUN device tp-red (alice on link red), made to last',
    ]);
  });

  it('removes by hand what does not go with its namespace', () => {
    const from = lab({ hosts: [host({ namespace: 'self' })] });
    const { removed } = between(from, lab({ hosts: [] }));
    expect(removed.map(removalCommand)).toEqual(['ip link del dev tp-red']);
    const fewer = between(lab(), lab({ hosts: [host({ address: '198.51.100.9/24', routes: [] })] }));
    expect(fewer.removed.map(removalCommand)).toEqual([
      'ip -n alice route del default via 198.51.100.1 dev tp-red',
      'ip -n alice address del 198.51.100.10/24 dev tp-red',
    ]);
  });
});

it('is found in pieces, between which others have their turn', () => {
  const [from, to] = [planHost(lab()), planHost(lab({ hosts: [bob()] }))];
  const pieces = planDifferenceInPieces(from, to);
  let count = 0;
  for (let next = pieces.next(); ; next = pieces.next()) {
    count += 1;
    if (next.done !== true) continue;
    expect(next.value).toEqual(planDifference(from, to));
    break;
  }
  expect(count).toBeGreaterThan(5);
});
