import { type Address, DEFAULT_PREFIX, type Prefix, prefixOf } from '../../src/address.js';
import type {
  Configuration,
  HostConfiguration,
  HostInterfaceConfiguration,
  LinkConfiguration,
  RouterConfiguration,
} from '../../src/config/configuration.js';
import { UNIMPAIRED } from '../../src/impairments.js';
import { type InterfaceAddress, UNBOUNDED } from '../../src/interface.js';
import { defaultsOf } from '../../src/section.js';
import { DEFAULT_SETTINGS, MULTICAST_KEYS } from '../../src/settings.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import type { Port, PortOptions } from '../../src/tun/port.js';

/** 192.0.2.1 as a number. */
export const address = (text: string): Address =>
  text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const prefix = (text: string): Prefix => {
  if (text === 'default') return DEFAULT_PREFIX;
  const [network = '', length = '32'] = text.split('/');
  return prefixOf(address(network), Number(length));
};

export const interfaceAddress = (text: string): InterfaceAddress => ({
  address: address(text.split('/')[0]!),
  prefix: prefix(text),
});

interface HostOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly link?: string;
  readonly address?: string;
  readonly routes?: readonly string[];
  readonly device?: string;
  readonly persistent?: boolean;
}

/** A host with one interface: alice at 198.51.100.10/24 on link red, with a default route. */
/** `default`, or `192.0.2.0/24 via 198.51.100.2`. */
const routeOf = (text: string): HostInterfaceConfiguration['routes'][number] => {
  const [to = '', via] = text.split(' via ');
  return { to: prefix(to), via: via === undefined ? undefined : address(via) };
};

export const host = (options: HostOptions = {}): HostConfiguration => {
  const name = options.name ?? 'alice';
  const link = options.link ?? 'red';
  return {
    name,
    namespace: options.namespace ?? name,
    interfaces: [
      {
        link,
        address: interfaceAddress(options.address ?? '198.51.100.10/24'),
        addresses: [interfaceAddress(options.address ?? '198.51.100.10/24')],
        routes: (options.routes ?? ['default']).map((text) => routeOf(text)),
        device: options.device ?? `tp-${link}`,
        persistent: options.persistent ?? false,
      },
    ],
  };
};

/** A router with one interface: r1 at 198.51.100.1/24 on link red. */
export const router = (
  addresses: readonly string[] = ['198.51.100.1/24'],
  loopback?: string,
): RouterConfiguration => ({
  name: 'r1',
  interfaces: [
    {
      link: 'red',
      addresses: addresses.map(interfaceAddress),
      forwarding: true,
      scope: UNBOUNDED,
      igmp: undefined,
    },
  ],
  routes: [],
  tables: [],
  settings: {
    ...DEFAULT_SETTINGS,
    ip: { ...DEFAULT_SETTINGS.ip, loopback: loopback === undefined ? undefined : address(loopback) },
  },
  multicast: defaultsOf(MULTICAST_KEYS),
  filters: [],
});

interface LabOptions {
  readonly name?: string;
  readonly hosts?: readonly HostConfiguration[];
  readonly router?: RouterConfiguration;
  readonly mtu?: number;
  readonly gateway?: string | undefined;
}

const linkOf = (name: string, mtu = 1500, gateway: string | undefined): LinkConfiguration => ({
  name,
  mtu,
  gateway,
  ...UNIMPAIRED,
  from: new Map(),
});

/** A lab with links red and blue, and r1 as the gateway of red; blue has no router. */
export const lab = (options: LabOptions = {}): Configuration => ({
  name: options.name ?? 'lab',
  links: new Map([
    ['red', linkOf('red', options.mtu, 'gateway' in options ? options.gateway : 'r1')],
    ['blue', linkOf('blue', options.mtu, undefined)],
  ]),
  hosts: new Map((options.hosts ?? [host()]).map((own) => [own.name, own])),
  routers: new Map([['r1', options.router ?? router()]]),
  log: { level: 'info', format: 'auto' },
  control: { socket: undefined, mode: 0o660, group: undefined, readOnlySocket: undefined },
  http: undefined,
  capture: [],
  poll: 'interrupt',
  schedule: [],
});

let arena: Arena | undefined;

/** A real TUN device. */
export const openRealPort = (options: PortOptions): Promise<Port> => {
  arena ??= new Arena();
  return openPort(options, arena);
};
