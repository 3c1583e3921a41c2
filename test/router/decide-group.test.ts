import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import type { DropReason } from '../../src/drop-reason.js';
import type { Interface } from '../../src/interface.js';
import { UNBOUNDED } from '../../src/interface.js';
import * as ipv4 from '../../src/ip/header.js';
import { decide, type Tables } from '../../src/router/decide.js';
import { emptyVerdict, type Step } from '../../src/router/verdict.js';
import { datagram, ip, pattern } from '../support/datagram.js';
import { filter } from '../support/filter.js';
import { testInterface, testRouter } from '../support/router.js';

/** What a router with one ingress and three egresses is, and what comes in. */
interface Situation {
  readonly ttl: number;
  readonly source: string;
  readonly group: string;
  readonly protocol: number;
  readonly isLong: boolean;
  readonly isDontFragment: boolean;
  /** What goes on from the ingress has this TTL. */
  readonly wanted: Interface['scope']['ttl'];
  readonly egresses: readonly { readonly threshold: number; readonly mtu: number }[];
  readonly routed: readonly number[];
  readonly reflected: readonly number[];
  readonly reason: DropReason | undefined;
  readonly isForUs: boolean;
}

const LINK_LOCAL = '224.0.0.251';

/** What such a router decides, and the steps that led to it. */
const decided = (given: Situation) => {
  const scope = { ...UNBOUNDED, ttl: given.wanted };
  const red = testInterface('red', ['169.254.10.1/16', '192.0.2.1/24'], { scope });
  const others = given.egresses.map(({ threshold, mtu }, at) =>
    testInterface(`e${at}`, [], { mtu, scope: { ...UNBOUNDED, ttlThreshold: threshold } }),
  );
  const { router } = testRouter({ red, blue: others[0]!, others: others.slice(1) });
  const outgoing = given.reason === undefined ? given.routed.map((at) => others[at]!) : [];
  const ttlForAll = Math.max(1, ...outgoing.map((each) => each.scope.ttlThreshold));
  const tables: Tables = {
    ...router.tables,
    groups: {
      routeFor: (source, group, incoming) => ({
        ...{ source, group, incoming, outgoing, ttlForAll },
        reason: given.reason,
      }),
      reflectedTo: () => given.reflected.map((at) => others[at]!),
      isForUs: () => given.isForUs,
    },
  };
  const octets = datagram({
    ...{ source: given.source, destination: given.group, ttl: given.ttl, protocol: given.protocol },
    flags: given.isDontFragment ? ipv4.FLAG_DONT_FRAGMENT : 0,
    payload: pattern(given.isLong ? 200 : 8),
  });
  const [verdict, steps]: [ReturnType<typeof emptyVerdict>, Step[]] = [emptyVerdict(), []];
  decide(octets, red, tables, verdict, steps);
  const silent = emptyVerdict();
  decide(octets, red, tables, silent);
  expect(silent).toEqual(verdict);
  return { verdict, steps };
};

/** The same by the rules, one after the other, for each copy by itself. */
const described = (given: Situation): unknown => {
  const { ttl, group, protocol, wanted, isForUs, reason } = given;
  const isLinkLocal = group === LINK_LOCAL;
  const isForRouter = isForUs && protocol === ipv4.PROTOCOL_ICMP;
  if (protocol === ipv4.PROTOCOL_IGMP || (isForRouter && isLinkLocal)) return 'deliver';
  const ended = (why: DropReason) => (isForRouter ? 'deliver' : why);
  const isReflected = given.reflected.length > 0;
  if (isLinkLocal && !isReflected) return 'multicast-link-local';
  if (given.source.startsWith('169.254.')) return ended('martian-source');
  const why = (at: number, reaches: number): DropReason | undefined => {
    const { threshold, mtu } = given.egresses[at]!;
    if (reaches < threshold) return 'multicast-ttl';
    return given.isLong && given.isDontFragment && mtu < 200 ? 'would-fragment' : undefined;
  };
  const beyond = typeof wanted === 'number' ? wanted : wanted === 'pass' ? Math.max(1, ttl - 1) : ttl - 1;
  const leaves = ttl === 0 ? 0 : beyond;
  const spread = (
    copies: readonly (readonly [at: number, why: DropReason | undefined])[],
    newTtl: number,
  ) => {
    const withheld = copies.filter(([, each]) => each !== undefined);
    const outgoing = copies.flatMap(([at, each]) => (each === undefined ? [at] : []));
    if (newTtl > 0 && outgoing.length > 0) return { ttl: newTtl, outgoing, withheld };
    const isTooLong = newTtl > 0 && withheld.some(([, each]) => each === 'would-fragment');
    return isTooLong ? 'would-fragment' : 'multicast-ttl';
  };
  const byRoute = given.routed.map((at) => [at, why(at, typeof wanted === 'number' ? wanted : ttl)] as const);
  const routed = reason ?? spread(byRoute, leaves);
  if (!isReflected) return typeof routed === 'string' ? ended(routed) : routed;
  if (routed === 'martian-source' && !isLinkLocal) return ended('martian-source');
  const isRouted = typeof routed !== 'string' && !isLinkLocal;
  const others = byRoute.filter(
    ([at]) => !given.reflected.includes(at) && reason === undefined && !isLinkLocal,
  );
  const refused = others.filter(([, each]) => each !== undefined);
  const going = isRouted ? others.filter(([, each]) => each === undefined) : [];
  const copies = [...given.reflected, ...going.map(([at]) => at)].map((at) => [at, why(at, ttl)] as const);
  const all = spread(copies, isLinkLocal ? ttl : Math.max(1, ttl - 1));
  if (typeof all === 'string') return ended(all);
  return { ...all, withheld: [...refused, ...all.withheld] };
};

const some = fc.subarray([0, 1, 2]);
const situation: fc.Arbitrary<Situation> = fc.record({
  ttl: fc.constantFrom(0, 1, 2, 3, 9, 10, 64, 255),
  source: fc.constantFrom('192.0.2.10', '192.0.2.10', '192.0.2.10', '169.254.1.2'),
  group: fc.constantFrom('239.1.2.3', '239.1.2.3', LINK_LOCAL),
  protocol: fc.constantFrom(ipv4.PROTOCOL_UDP, ipv4.PROTOCOL_UDP, ipv4.PROTOCOL_ICMP, ipv4.PROTOCOL_IGMP),
  isLong: fc.boolean(),
  isDontFragment: fc.boolean(),
  wanted: fc.constantFrom<Interface['scope']['ttl'][]>(undefined, undefined, 'pass', 1, 9),
  egresses: fc.array(
    fc.record({ threshold: fc.constantFrom(1, 1, 2, 10), mtu: fc.constantFrom(1500, 100) }),
    { minLength: 3, maxLength: 3 },
  ),
  routed: fc.subarray([0, 1, 2], { minLength: 1 }),
  reflected: fc.oneof(fc.constant([]), some),
  reason: fc.constantFrom<(DropReason | undefined)[]>(
    ...[undefined, undefined, undefined, 'multicast-no-member' as const, 'martian-source' as const],
  ),
  isForUs: fc.boolean(),
});

const PLAIN: Situation = {
  ...{ ttl: 64, source: '192.0.2.10', group: '239.1.2.3', protocol: ipv4.PROTOCOL_UDP, wanted: undefined },
  ...{
    isLong: true,
    isDontFragment: true,
    routed: [0, 1, 2],
    reflected: [],
    reason: undefined,
    isForUs: false,
  },
  egresses: [
    { threshold: 1, mtu: 1500 },
    { threshold: 100, mtu: 1500 },
    { threshold: 1, mtu: 100 },
  ],
};

const stepsOf = (given: Partial<Situation>): string[] =>
  decided({ ...PLAIN, ...given })
    .steps.slice(2)
    .map(({ what, at, detail }) => [what, ...(at === undefined ? [] : [`[${at.name}]`]), detail].join(' '));

describe('the fate of a datagram to a group', () => {
  it('follows from the rules, copy by copy', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { verdict, steps } = decided(given);
        const { fate, reason, ttl, outgoing, withheld } = verdict;
        const numberOf = ({ name }: Interface): number => Number(name.at(-1));
        const found =
          fate === 'replicate'
            ? {
                ...{ ttl, outgoing: outgoing.map(numberOf) },
                withheld: withheld.map(({ egress, reason: why }) => [numberOf(egress), why]),
              }
            : fate === 'deliver'
              ? fate
              : reason;
        expect(found).toEqual(described(given));
        const isLookedUp = verdict.route !== undefined;
        const isByRoute = fate === 'replicate' && given.reflected.length === 0;
        if (fate === 'replicate') expect(isLookedUp).toBe(isByRoute);
        const last = fate === 'replicate' ? (withheld.length > 0 ? 'out' : 'route') : fate;
        expect(steps.at(-1)!.what).toBe(last);
      }),
      { numRuns: 200 },
    );
  });

  const plain = { threshold: 1, mtu: 1500 };
  const slim = { threshold: 1, mtu: 100 };
  const far = { threshold: 100, mtu: 1500 };
  it.each<[title: string, given: Partial<Situation>, expected: object | string]>([
    ['some are too long', { egresses: [plain, slim, plain] }, { ttl: 63, outgoing: [0, 2] }],
    ['all are too long', { egresses: [slim, slim, slim] }, 'would-fragment'],
    ['all are too long, with TTL 1', { egresses: [slim, slim, slim], ttl: 2 }, 'would-fragment'],
    ['all are too long, and end here', { egresses: [slim, slim, slim], ttl: 1 }, 'multicast-ttl'],
    ['none reaches so far', { egresses: [far, far, far] }, 'multicast-ttl'],
    ['some are too long, and others go not so far', { egresses: [far, slim, far] }, 'would-fragment'],
    [
      'TTL 1 passes',
      { egresses: [plain, plain, plain], ttl: 1, wanted: 'pass' },
      { ttl: 1, outgoing: [0, 1, 2] },
    ],
    [
      'TTL 9 passes',
      { egresses: [plain, plain, plain], ttl: 9, wanted: 'pass' },
      { ttl: 8, outgoing: [0, 1, 2] },
    ],
    ['TTL 0 does not', { egresses: [plain, plain, plain], ttl: 0, wanted: 'pass' }, 'multicast-ttl'],
  ])('goes by the copies: %s', (_, some, expected) => {
    const given = { ...PLAIN, ...some };
    const { fate, reason, ttl, outgoing } = decided(given).verdict;
    const numbers = outgoing.map(({ name }) => Number(name.at(-1)));
    expect(fate === 'drop' ? reason : { ttl, outgoing: numbers }).toEqual(expected);
    const wanted = described(given);
    expect(typeof expected === 'string' ? wanted : { ...(wanted as object), withheld: undefined }).toEqual(
      typeof expected === 'string' ? expected : { ...expected, withheld: undefined },
    );
  });

  it('is told step by step, with who gets no copy and why', () => {
    expect(stepsOf({})).toEqual([
      'ttl 64 to 63',
      'route r1.e0',
      'out [r1.e1] not by r1.e1: multicast-ttl',
      'out [r1.e2] not by r1.e2: would-fragment',
    ]);
    expect(stepsOf({ isLong: false, routed: [0, 2] })).toEqual(['ttl 64 to 63', 'route r1.e0 r1.e2']);
    expect(stepsOf({ routed: [1] })).toEqual(['drop multicast-ttl']);
    const ours = { protocol: ipv4.PROTOCOL_ICMP, isForUs: true };
    expect(stepsOf({ ...ours, routed: [1] })).toEqual([
      'drop multicast-ttl',
      'deliver a group that the router is in',
    ]);
    expect(stepsOf({ ...ours, group: LINK_LOCAL })).toEqual(['deliver a group that the router is in']);
    for (const { source } of decided(PLAIN).steps) expect(source).toMatch(/^RFC \d+ §[\d.]+$/);
  });

  it('is told with what filters say of each copy, and why the last one is withheld where none is left', () => {
    const red = testInterface('red', ['192.0.0.1/24']);
    const blue = testInterface('blue', ['192.0.1.1/24']);
    const green = testInterface('green', ['192.0.2.1/24']);
    const made = (actions: readonly ('drop' | 'reject' | 'accept')[], outgoing = [blue, green]) => {
      const { router } = testRouter({
        ...{ red, blue, others: [green] },
        multicast: [{ group: prefixOf(ip('239.1.2.3'), 32), source: undefined, incoming: red, outgoing }],
        filters: () =>
          actions.map((action, at) => filter({ name: `f${at}`, out: [blue, green][at]!, action })),
      });
      const steps: Step[] = [];
      const verdict = emptyVerdict();
      decide(
        datagram({ source: '192.0.0.10', destination: '239.1.2.3' }),
        red,
        router.tables,
        verdict,
        steps,
      );
      return { verdict, told: steps.slice(2).map(({ what, detail }) => `${what} ${detail}`) };
    };
    expect(made(['drop', 'accept']).told).toEqual([
      'filter to r1.blue: f0: drop',
      'filter to r1.green: f1: accept',
      'ttl 64 to 63',
      'route r1.green',
      'out not by r1.blue: filter-drop',
    ]);
    const none = made(['drop', 'reject']);
    expect(none.told.slice(1)).toEqual([
      'filter to r1.green: f1: reject with admin-prohibited',
      'drop filter-reject',
    ]);
    expect(none.verdict).toMatchObject({ fate: 'drop', reason: 'filter-reject', awaitsEgress: false });
    expect(made(['drop'], [blue]).verdict.reason).toBe('filter-drop');
    expect(made(['accept']).verdict.outgoing).toEqual([blue, green]);
    expect(made(['accept']).verdict.withheld).toEqual([]);
  });
});
