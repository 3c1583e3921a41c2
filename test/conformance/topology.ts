/** A port of the router under test: 0 to 3, on the links `p0` to `p3`. */
export type PortNumber = 0 | 1 | 2 | 3;

/** Something for some of the ports. */
export type ByPort<Value> = Readonly<Partial<Record<PortNumber, Value>>>;

export const PORTS: readonly PortNumber[] = [0, 1, 2, 3];

/** The ports that something is for, in order. */
export const byPort = <Value>(some: ByPort<Value> = {}): [port: PortNumber, value: Value][] =>
  PORTS.flatMap((port) => (some[port] === undefined ? [] : [[port, some[port]]]));

/** The router's own address on each port; each is the first of a /24. */
export const ROUTER = ['10.0.1.1', '10.0.2.1', '10.0.3.1', '10.0.4.1'] as const;
/** A host on each port. */
export const HOST = ['10.0.1.10', '10.0.2.10', '10.0.3.10', '10.0.4.10'] as const;
/** Another host on each port. */
export const OTHER_HOST = ['10.0.1.20', '10.0.2.20', '10.0.3.20', '10.0.4.20'] as const;
/** A neighboring router on each port, the next hop of the routes below. */
export const GATEWAY = ['10.0.1.254', '10.0.2.254', '10.0.3.254', '10.0.4.254'] as const;
/** On the link of each port, and owned by nobody. */
export const NOBODY_AT = ['10.0.1.99', '10.0.2.99', '10.0.3.99', '10.0.4.99'] as const;
/** Somewhere behind the gateway of each port. */
export const REMOTE = ['10.9.0.5', '10.10.0.5', '10.12.0.5', '10.13.0.5'] as const;
/** What a route of each type swallows, and what no route leads to. */
export const BLACKHOLED = '10.20.1.5';
export const UNREACHABLE = '10.20.2.5';
export const PROHIBITED = '10.20.3.5';
export const NO_ROUTE = '10.99.0.5';
/** Behind the gateways of ports 1 and 2 alike, and with weights 2 and 1. */
export const ECMP = '10.30.0.5';
export const WEIGHTED_ECMP = '10.31.0.5';
/** Reached by TOS 0x10 only (port 1), and by TOS 0x10 over port 2 while all else goes by port 1. */
export const ONLY_BY_TOS = '10.50.0.5';
export const BETTER_BY_TOS = '10.51.0.5';

export const MTU: readonly number[] = [1500, 1500, 600, 68];

/** A route in few words: `{ to: '10.9.0.0/16', via: ['10.0.1.254'] }`. */
export interface RouteWords {
  readonly to: string;
  readonly via?: readonly string[];
  readonly weights?: readonly number[];
  readonly type?: 'blackhole' | 'unreachable' | 'prohibit';
  readonly tos?: number;
  readonly metric?: number;
  /** The port of the next hops, where their addresses do not tell. */
  readonly on?: PortNumber;
}

/** What differs from the usual topology. */
export interface TopologyChange {
  /** All addresses of a port, the first is primary; an empty list makes it unnumbered. */
  readonly addresses?: ByPort<readonly string[]>;
  readonly mtu?: ByPort<number>;
  /** Ports on which forwarding is switched off. */
  readonly forwardingOff?: readonly PortNumber[];
  /** Routes beside the usual ones. */
  readonly routes?: readonly RouteWords[];
  /** Leaves the usual routes out. */
  readonly onlyTheseRoutes?: boolean;
}

export const USUAL_ROUTES: readonly RouteWords[] = [
  { to: '10.9.0.0/16', via: [GATEWAY[0]] },
  { to: '10.10.0.0/16', via: [GATEWAY[1]] },
  { to: '10.12.0.0/16', via: [GATEWAY[2]] },
  { to: '10.13.0.0/16', via: [GATEWAY[3]] },
  { to: '10.20.1.0/24', type: 'blackhole' },
  { to: '10.20.2.0/24', type: 'unreachable' },
  { to: '10.20.3.0/24', type: 'prohibit' },
  { to: '10.30.0.0/16', via: [GATEWAY[1], GATEWAY[2]] },
  { to: '10.31.0.0/16', via: [GATEWAY[1], GATEWAY[2]], weights: [2, 1] },
  { to: '10.40.0.0/16', via: [GATEWAY[1]] },
  { to: '10.40.5.0/24', via: [GATEWAY[2]] },
  { to: '10.40.5.5/32', via: [GATEWAY[3]] },
  { to: '10.50.0.0/16', via: [GATEWAY[1]], tos: 0x10 },
  { to: '10.51.0.0/16', via: [GATEWAY[2]], tos: 0x10 },
  { to: '10.51.0.0/16', via: [GATEWAY[1]] },
];

export const addressesOf = (change: TopologyChange | undefined, port: PortNumber): readonly string[] =>
  change?.addresses?.[port] ?? [`${ROUTER[port]}/24`];

export const mtuOf = (change: TopologyChange | undefined, port: PortNumber): number =>
  change?.mtu?.[port] ?? MTU[port]!;

export const routesOf = (change: TopologyChange | undefined): readonly RouteWords[] => [
  ...(change?.onlyTheseRoutes ? [] : USUAL_ROUTES),
  ...(change?.routes ?? []),
];

/** The port on whose link an address stands, as the third part of `10.0.N.x` tells it. */
export const portOf = (address: string): PortNumber => {
  const [first, second, third] = address.split('.').map(Number);
  const port = (third ?? 0) - 1;
  if (first !== 10 || second !== 0 || port < 0 || port > 3) throw new Error(`${address} is on no port`);
  return port as PortNumber;
};

export const DUT = 'dut';
export const linkOf = (port: PortNumber): string => `p${port}`;
export const hostOf = (port: PortNumber): string => `h${port}`;
