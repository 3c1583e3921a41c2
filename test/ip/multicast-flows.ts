import type { DropReason } from '../../src/drop-reason.js';
import { type Interface, UNBOUNDED } from '../../src/interface.js';
import { MulticastForwarding } from '../../src/ip/multicast.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { datagram, ip } from '../support/datagram.js';
import { type TestInterface, testInterface } from '../support/router.js';

/** A group and its sender. */
export const G = ip('239.1.2.2');
export const SENDER = ip('198.51.100.10');
/** 100 octets. */
export const DATAGRAM = datagram({ payload: new Uint8Array(80) });

const PARCEL = parcelOf(DATAGRAM);
const NONE: readonly (readonly [Interface, DropReason])[] = [];

/** Says whether somebody on a link wants a group; `asked` tells how often it was asked. */
const hosts = () => {
  const groups = new Map<string, Set<number>>();
  let asked = 0;
  return {
    join: (link: string, group: number): void => {
      groups.set(link, new Set([...(groups.get(link) ?? []), group]));
    },
    leaveAll: (): void => groups.clear(),
    asked: (): number => asked,
    interest: {
      wants: ({ link }: Interface, group: number): boolean => {
        asked += 1;
        return groups.get(link)?.has(group) === true;
      },
      hindrance: ({ link }: Interface) => `nobody on ${link}`,
    },
  };
};

/** Forwards what is wanted between red, blue and green, from whoever sends it. */
export const forwarding = (...wanted: readonly string[]) => {
  const scope = { ...UNBOUNDED, ttlThreshold: 16 };
  const [red, blue, green] = ['red', 'blue', 'green'].map((name, at) =>
    testInterface(name, [], { index: at + 1, ...(name === 'green' && { scope }) }),
  ) as [TestInterface, TestInterface, TestInterface];
  const { interest, ...others } = hosts();
  for (const link of wanted) others.join(link, G);
  const tables = {
    settings: { ...DEFAULT_MULTICAST, reversePath: 'off' as const },
    interfaces: [red, blue, green],
    interest,
    leadsTo: () => true,
  };
  const multicast = new MulticastForwarding(tables);
  const outgoing = (source = SENDER, group = G, ingress = red): readonly string[] =>
    multicast.routeFor(source, group, ingress).outgoing.map(({ link }) => link);
  return {
    ...{ multicast, tables, ...others, red, blue, green, outgoing },
    /** One datagram, and what became of it. */
    take: (
      source = SENDER,
      group = G,
      some: {
        ingress?: Interface;
        parcel?: Parcel;
        ttl?: number;
        reason?: DropReason;
        withheld?: readonly (readonly [Interface, DropReason])[];
      } = {},
    ): void => {
      const { ingress = red, parcel = PARCEL, ttl = 1, withheld = NONE } = some;
      const route = multicast.routeFor(source, group, ingress);
      multicast.record(route, parcel, {
        reason: some.reason ?? route.reason,
        withheld: withheld.map(([egress, reason]) => ({ egress, reason })),
        ttl,
      });
    },
    view: (source = SENDER, group = G, ingress = red) =>
      [...multicast.views()].find(
        (each) => each.source === source && each.group === group && each.incoming.index === ingress.index,
      ),
  };
};
