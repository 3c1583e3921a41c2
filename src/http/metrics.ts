import { interfaceView } from '../igmp/interface-view.js';
import type { Interface } from '../interface.js';
import type { Lab } from '../lab/lab.js';
import type { Router } from '../router/router.js';
import type { Instant } from '../time.js';
import type { Metric, Sample } from './exposition.js';

/** What the metrics are about. */
export interface MetricsEnvironment {
  readonly lab: Lab;
  readonly version: string;
  readonly now: () => Instant;
  /** Whether the last reload was applied; true if there was none. */
  readonly isLastReloadSuccessful: () => boolean;
}

/**
 * The metrics of a running lab, read from its counters when they are asked for.
 *
 * Names and units follow https://prometheus.io/docs/practices/naming/.
 */
export const metricsOf = (environment: MetricsEnvironment): (() => Promise<readonly Metric[]>) => {
  const { lab } = environment;
  const metrics: Metric[] = [];
  const add =
    (type: Metric['type']) =>
    (name: string, help: string, samples: Metric['samples']): void =>
      void metrics.push({ name: `tunpike_${name}`, type, help, samples });
  const counter = add('counter');
  const gauge = add('gauge');
  const ofInterfaces = (read: (each: Interface) => number) =>
    function* (): Generator<Sample> {
      for (const [router, each] of everyInterface(lab))
        yield [{ router: router.name, interface: each.name }, read(each)];
    };

  counter(
    'interface_receive_packets_total',
    'Datagrams received.',
    ofInterfaces(({ counters }) => counters.inPackets),
  );
  counter(
    'interface_receive_bytes_total',
    'Octets of datagrams received.',
    ofInterfaces(({ counters }) => counters.inOctets),
  );
  counter(
    'interface_transmit_packets_total',
    'Datagrams sent.',
    ofInterfaces(({ counters }) => counters.handedPackets - counters.refusedPackets),
  );
  counter(
    'interface_transmit_bytes_total',
    'Octets of datagrams sent.',
    ofInterfaces(({ counters }) => counters.handedOctets - counters.refusedOctets),
  );
  counter(
    'dropped_packets_total',
    'Datagrams dropped, by reason; without a router where none had them.',
    () => drops(lab),
  );
  counter('icmp_sent_messages_total', 'ICMP messages sent.', () =>
    counts(lab, ({ icmp }) => icmp.sent, 'message'),
  );
  counter('icmp_suppressed_messages_total', 'ICMP errors that were not sent.', () =>
    counts(lab, ({ icmp }) => icmp.suppressed, 'why'),
  );
  gauge('routes', 'Routes, in use or not.', () => routes(lab));
  counter('igmp_messages_total', 'IGMP messages received and sent.', () => igmpMessages(lab));
  gauge('igmp_groups', 'Groups that hosts have joined.', () =>
    everyIgmp(lab).map(([each, igmp]) => [{ interface: each.name }, igmp.memberships.groups.size]),
  );
  gauge('igmp_querier', 'Whether this router is the querier: 0 or 1.', () =>
    everyIgmp(lab).map(([each, igmp]) => [
      { interface: each.name },
      interfaceView(igmp, environment.now()).role === 'querier' ? 1 : 0,
    ]),
  );
  gauge('multicast_routes', 'Multicast routes.', () =>
    [...lab.routers.values()].map((router): Sample => [{ router: router.name }, router.multicast.size]),
  );
  gauge('config_last_reload_successful', 'Whether the last reload was applied: 0 or 1.', () => [
    [{}, environment.isLastReloadSuccessful() ? 1 : 0],
  ]);
  gauge('build_info', 'The version of Tunpike and of Node; always 1.', () => [
    [{ version: environment.version, node: process.versions.node }, 1],
  ]);
  return async () => {
    const lag = await lagSeconds();
    return [
      ...metrics,
      {
        name: 'tunpike_event_loop_lag_seconds',
        type: 'gauge',
        help: 'How long work that is due at once waits for its turn of the event loop.',
        samples: () => [[{}, lag]],
      },
    ];
  };
};

const lagSeconds = async (): Promise<number> => {
  const asked = performance.now();
  await new Promise((resolve) => setImmediate(resolve));
  return (performance.now() - asked) / 1000;
};

const everyInterface = (lab: Lab): readonly [Router, Interface][] =>
  [...lab.routers.values()].flatMap((router) =>
    router.interfaces.map((each): [Router, Interface] => [router, each]),
  );

const everyIgmp = (lab: Lab) => [...lab.routers.values()].flatMap((router) => [...router.igmp]);

function* drops(lab: Lab): Generator<Sample> {
  for (const [router, each] of everyInterface(lab)) {
    // One reason may have ended some datagrams here and refused others.
    const packets = new Map<string, number>();
    for (const counted of [each.drops, each.refusals])
      for (const [reason, drop] of counted) packets.set(reason, (packets.get(reason) ?? 0) + drop.packets);
    for (const [reason, count] of packets)
      yield [{ router: router.name, interface: each.name, reason }, count];
  }
  const onLinks = new Map<string, number>();
  for (const link of lab.links.values())
    for (const [reason, { packets }] of link.drops) onLinks.set(reason, (onLinks.get(reason) ?? 0) + packets);
  for (const [reason, count] of onLinks) yield [{ router: '', interface: '', reason }, count];
}

function* counts(
  lab: Lab,
  read: (router: Router) => Readonly<Record<string, number>>,
  label: string,
): Generator<Sample> {
  for (const router of lab.routers.values())
    for (const [name, count] of Object.entries(read(router)))
      yield [{ router: router.name, [label]: name }, count];
}

function* routes(lab: Lab): Generator<Sample> {
  for (const router of lab.routers.values()) {
    const byType = new Map<string, number>();
    for (const [{ type, nexthops }, count] of router.routing.rib.counts()) {
      const name = type === 'unicast' && nexthops.length > 1 ? 'ecmp' : type;
      byType.set(name, (byType.get(name) ?? 0) + count);
    }
    for (const [type, count] of byType) yield [{ router: router.name, type }, count];
  }
}

function* igmpMessages(lab: Lab): Generator<Sample> {
  for (const [each, { counters }] of everyIgmp(lab))
    for (const direction of ['received', 'sent'] as const)
      for (const [message, count] of Object.entries(counters[direction]))
        yield [{ router: each.router, interface: each.name, direction, message }, count];
}
