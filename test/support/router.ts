import { type Address, prefixOf } from '../../src/address.js';
import { Book } from '../../src/book.js';
import { NOBODY } from '../../src/event.js';
import { type Interface, interfaceState, type MulticastScope, UNBOUNDED } from '../../src/interface.js';
import type { Filter } from '../../src/ip/filter.js';
import { DEFAULT_MULTICAST, type MulticastSettings } from '../../src/ip/multicast-settings.js';
import type { Route } from '../../src/ip/route.js';
import { parcelOf } from '../../src/parcel.js';
import { seededRandom } from '../../src/random.js';
import type { RouterEnvironment, RouterPlan } from '../../src/router/environment.js';
import { Router } from '../../src/router/router.js';
import { DEFAULT_SETTINGS, type RouterSettings } from '../../src/settings.js';
import { type Instant, START } from '../../src/time.js';
import { ip } from './datagram.js';

export interface Sent {
  readonly datagram: Uint8Array;
  readonly nextHop: Address;
}

let lastSerial = 0;

/** A number for an interface that no other one has. */
export const nextSerial = (): number => {
  lastSerial += 1;
  return lastSerial;
};

/** An interface on a wire that records; everybody is reachable but `dead`. */
export interface TestInterface extends Interface {
  readonly sent: Sent[];
  readonly dead: Set<Address>;
}

export const testInterface = (
  name: string,
  addresses: readonly string[],
  fields: {
    mtu?: number;
    index?: number;
    up?: boolean;
    forwarding?: boolean;
    scope?: MulticastScope;
  } = {},
): TestInterface => {
  const sent: Sent[] = [];
  const dead = new Set<Address>();
  return {
    ...interfaceState(),
    router: 'r1',
    name: `r1.${name}`,
    link: name,
    index: fields.index ?? 1,
    serial: nextSerial(),
    addresses: addresses.map((text) => {
      const [address, length] = text.split('/');
      return { address: ip(address!), prefix: prefixOf(ip(address!), Number(length)) };
    }),
    mtu: fields.mtu ?? 1500,
    up: fields.up ?? true,
    forwarding: fields.forwarding ?? true,
    scope: fields.scope ?? UNBOUNDED,
    wire: {
      resolve: (nextHop) =>
        dead.has(nextHop)
          ? undefined
          : { take: ({ octets }) => sent.push({ datagram: octets.slice(), nextHop }) },
    },
    sent,
    dead,
  };
};

/** A route by one next hop, such as `10.0.0.0/8` via `192.0.2.254`. */
export const unicastRoute = (prefix: string, via: string, over: Interface, tos?: number): Route => {
  const [network, length] = prefix.split('/');
  return {
    prefix: prefixOf(ip(network!), Number(length)),
    type: 'unicast',
    nexthops: [{ via: ip(via), egress: over.index, weight: 1 }],
    metric: 0,
    tos,
    origin: 'config',
  };
};

/** A router with whatever a test is not about left to its defaults. */
export const routerOf = (plan: Partial<RouterPlan>, environment: Partial<RouterEnvironment> = {}): Router => {
  const { observer = NOBODY } = environment;
  return new Router(
    {
      name: 'r1',
      interfaces: [],
      routes: [],
      settings: DEFAULT_SETTINGS,
      igmp: new Map(),
      multicast: DEFAULT_MULTICAST,
      filters: [],
      ...plan,
    },
    {
      book: new Book(observer),
      observer,
      random: seededRandom(1),
      now: START,
      utcMilliseconds: () => undefined,
      allocate: (length) => new Uint8Array(length),
      ...environment,
    },
  );
};

export type PartialSettings = {
  readonly icmp?: Partial<RouterSettings['icmp']>;
  readonly ip?: Partial<RouterSettings['ip']>;
};

/** Two interfaces, 192.0.2.1/24 on red and 198.51.100.1/24 on blue, and whatever a test adds. */
export const testRouter = (
  fields: {
    red?: TestInterface;
    blue?: TestInterface;
    others?: readonly TestInterface[];
    routes?: (red: TestInterface, blue: TestInterface) => readonly Route[];
    filters?: (red: TestInterface, blue: TestInterface) => readonly Filter[];
    /** Static multicast routes. */
    multicast?: MulticastSettings['routes'];
    settings?: PartialSettings;
    seed?: number;
    /** Whether it knows the time of day. */
    hasClock?: boolean;
    /** What is in the memory that it writes to. */
    memory?: number;
  } = {},
) => {
  const red = fields.red ?? testInterface('red', ['192.0.2.1/24']);
  const blue = fields.blue ?? testInterface('blue', ['198.51.100.1/24'], { index: 2 });
  const settings: RouterSettings = {
    icmp: { ...DEFAULT_SETTINGS.icmp, ...fields.settings?.icmp },
    ip: { ...DEFAULT_SETTINGS.ip, ...fields.settings?.ip },
  };
  const interfaces = [red, blue, ...(fields.others ?? [])];
  for (const [at, each] of interfaces.entries()) each.index = at + 1;
  const router = routerOf(
    {
      interfaces,
      routes: fields.routes?.(red, blue) ?? [],
      filters: fields.filters?.(red, blue) ?? [],
      multicast: { ...DEFAULT_MULTICAST, routes: fields.multicast ?? [] },
      settings,
    },
    {
      random: seededRandom(fields.seed ?? 1),
      utcMilliseconds: (now) => (fields.hasClock === false ? undefined : Math.floor(now)),
      allocate: (length) => new Uint8Array(length).fill(fields.memory ?? 0),
    },
  );
  return {
    router,
    red,
    blue,
    /** Hands octets to the router, which may change its own copy of them. */
    receive: (octets: Uint8Array, over: TestInterface = red, now: Instant = START) =>
      router.receive(over, parcelOf(octets.slice()), now),
  };
};
