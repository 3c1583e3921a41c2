import type { Address } from '../address.js';
import { attributesOf, DONE, LITTLE, messagesOf, question, request, textOf } from './netlink.js';

/** What the kernel reports about a link. */
export interface LinkChange {
  readonly index: number;
  readonly name: string;
  readonly isUp: boolean;
  readonly mtu: number;
  /** Gone from this namespace: deleted, or moved to another one. */
  readonly deleted: boolean;
}

/** What the kernel said of an IPv4 address. */
export interface AddressChange {
  /** Of the link that has it. */
  readonly index: number;
  readonly address: Address;
  readonly deleted: boolean;
}

/** A next hop that a route names, and the link that leads there. */
export interface NamedNextHop {
  readonly index: number;
  /** 0.0.0.0 where the route refers to an object of its own for its next hops. */
  readonly via: Address;
}

/** A message of the kernel, by what it is about; `done` ends a dump. */
export type Message =
  | ({ readonly about: 'link' } & LinkChange)
  | ({ readonly about: 'address' } & AddressChange)
  /** A route or a rule, there or no more, and the next hops of one that is there. */
  | { readonly about: 'route'; readonly named: readonly NamedNextHop[] }
  | { readonly about: 'done' };

/** A link as it stands. */
export interface LinkEntry extends LinkChange {
  /** Somebody holds its other end; known only while it is up. */
  readonly isAttached: boolean;
  /** What it is, such as `tun` or `veth`; undefined for what the kernel gives no kind, such as `lo`. */
  readonly kind: string | undefined;
  /** A TUN device, as against a TAP device. */
  readonly isTun: boolean;
  readonly isPersistent: boolean;
  /** How many datagrams it holds until they are read. */
  readonly queueLength: number;
}

/** An IPv4 address of a link. */
export interface AddressEntry {
  readonly index: number;
  readonly address: number;
  readonly length: number;
}

/** An IPv4 route of the main table. */
export interface RouteEntry {
  readonly to: { readonly network: number; readonly length: number };
  readonly via: number | undefined;
  /** The index of its link; undefined where it has none, or several. */
  readonly index: number | undefined;
  readonly metric: number;
}

const NEW_LINK = 16;
const DELETED_LINK = 17;
const GET_LINK = 18;
const NEW_ADDRESS = 20;
const DELETED_ADDRESS = 21;
const GET_ADDRESS = 22;
const NEW_ROUTE = 24;
const DELETED_ROUTE = 25;
const GET_ROUTE = 26;
const NEW_RULE = 32;
const DELETED_RULE = 33;
const DUMP = 0x300; // NLM_F_ROOT, NLM_F_MATCH
const AF_INET = 2;
const LINK_LENGTH = 16; // struct ifinfomsg
const ADDRESS_LENGTH = 8; // struct ifaddrmsg
const ROUTE_LENGTH = 12; // struct rtmsg
const NEXT_HOP_LENGTH = 8; // struct rtnexthop
const MAIN_TABLE = 254;
const CLONED = 0x200; // RTM_F_CLONED
const UP = 1;
const LOWER_UP = 0x10000;
const IFF_TUN = 1;

/** The message that asks for all links; they come as changes. */
export const linkDumpRequest = (): Uint8Array => request(GET_LINK, DUMP, new Uint8Array(LINK_LENGTH));

/** The message that asks for one link, by its name. */
export const linkQuestion = (name: string): Uint8Array =>
  question(GET_LINK, new Uint8Array(LINK_LENGTH), [[3, name]]);

/** The messages that ask for all IPv4 addresses, and for all IPv4 routes. */
export const addressDumpRequest = (): Uint8Array =>
  request(GET_ADDRESS, DUMP, Uint8Array.of(AF_INET, ...new Uint8Array(ADDRESS_LENGTH - 1)));
export const routeDumpRequest = (): Uint8Array =>
  request(GET_ROUTE, DUMP, Uint8Array.of(AF_INET, ...new Uint8Array(ROUTE_LENGTH - 1)));

/**
 * The messages of one read from a netlink socket; those of other types, or that are cut short, are left out.
 *
 * Source: rtnetlink(7).
 */
export const messagesIn = (octets: Uint8Array): Message[] =>
  messagesOf(octets).flatMap(({ type, payload }) => messageOf(type, payload) ?? []);

const messageOf = (type: number, payload: DataView): Message | undefined => {
  switch (type) {
    case DONE:
      return { about: 'done' };
    case NEW_LINK:
    case DELETED_LINK:
      if (payload.byteLength < LINK_LENGTH) return undefined;
      return { about: 'link', ...linkChange(payload, type === DELETED_LINK) };
    case NEW_ADDRESS:
    case DELETED_ADDRESS: {
      const entry = payload.byteLength < ADDRESS_LENGTH ? undefined : addressEntry(payload);
      if (entry === undefined) return undefined;
      const { index, address } = entry;
      return { about: 'address', index, address, deleted: type === DELETED_ADDRESS };
    }
    case NEW_ROUTE:
      return { about: 'route', named: payload.byteLength < ROUTE_LENGTH ? [] : namedBy(payload) };
    case DELETED_ROUTE:
    case NEW_RULE:
    case DELETED_RULE:
      return { about: 'route', named: [] };
    default:
      return undefined;
  }
};

/** The links of a list, as {@link linkDumpRequest} asks for it. */
export const linkEntries = (octets: Uint8Array): LinkEntry[] =>
  payloadsOf(octets, NEW_LINK, LINK_LENGTH).map((payload) => ({
    ...linkChange(payload, false),
    isAttached: (payload.getUint32(8, LITTLE) & LOWER_UP) !== 0,
    ...kindOf(payload),
  }));

export const addressEntries = (octets: Uint8Array): AddressEntry[] =>
  payloadsOf(octets, NEW_ADDRESS, ADDRESS_LENGTH).flatMap((payload) => addressEntry(payload) ?? []);

export const routeEntries = (octets: Uint8Array): RouteEntry[] =>
  payloadsOf(octets, NEW_ROUTE, ROUTE_LENGTH).flatMap((payload) => {
    const attributes = attributesOf(payload, ROUTE_LENGTH);
    const table = attributes.get(15)?.getUint32(0, LITTLE) ?? payload.getUint8(4);
    const isCloned = (payload.getUint32(8, LITTLE) & CLONED) !== 0;
    if (payload.getUint8(0) !== AF_INET || table !== MAIN_TABLE || isCloned) return [];
    return [
      {
        to: { network: attributes.get(1)?.getUint32(0) ?? 0, length: payload.getUint8(1) },
        via: attributes.get(5)?.getUint32(0),
        index: attributes.get(4)?.getUint32(0, LITTLE),
        metric: attributes.get(6)?.getUint32(0, LITTLE) ?? 0,
      },
    ];
  });

const payloadsOf = (octets: Uint8Array, wanted: number, shortest: number): DataView[] =>
  messagesOf(octets)
    .filter(({ type, payload }) => type === wanted && payload.byteLength >= shortest)
    .map(({ payload }) => payload);

function linkChange(payload: DataView, deleted: boolean): LinkChange {
  const attributes = attributesOf(payload, LINK_LENGTH);
  const [name, mtu] = [attributes.get(3), attributes.get(4)];
  return {
    index: payload.getInt32(4, LITTLE),
    name: name === undefined ? '' : textOf(name),
    isUp: (payload.getUint32(8, LITTLE) & UP) !== 0,
    mtu: mtu === undefined || mtu.byteLength < 4 ? 0 : mtu.getUint32(0, LITTLE),
    deleted,
  };
}

/** Source: linux/if_link.h, IFLA_LINKINFO and IFLA_TUN_…. */
function kindOf(payload: DataView): Pick<LinkEntry, 'kind' | 'isTun' | 'isPersistent' | 'queueLength'> {
  const attributes = attributesOf(payload, LINK_LENGTH);
  const [info, length] = [attributes.get(18), attributes.get(13)];
  const nested = info === undefined ? new Map<number, DataView>() : attributesOf(info);
  const [kind, data] = [nested.get(1), nested.get(2)];
  const settings = data === undefined ? new Map<number, DataView>() : attributesOf(data);
  const name = kind === undefined ? undefined : textOf(kind);
  return {
    kind: name,
    isTun: name === 'tun' && settings.get(3)?.getUint8(0) === IFF_TUN,
    isPersistent: name === 'tun' && settings.get(6)?.getUint8(0) === 1,
    queueLength: length?.byteLength === 4 ? length.getUint32(0, LITTLE) : 0,
  };
}

/** The next hops of a route: one, several, or an object's. Source: linux/rtnetlink.h, RTA_…, struct rtnexthop. */
function namedBy(payload: DataView): NamedNextHop[] {
  const attributes = attributesOf(payload, ROUTE_LENGTH);
  const [via, index, hops] = [attributes.get(5), attributes.get(4), attributes.get(9)];
  if (payload.getUint8(0) !== AF_INET) return [];
  const named: NamedNextHop[] = [];
  if (index?.byteLength === 4 && (via !== undefined || attributes.has(30)))
    named.push({ index: index.getUint32(0, LITTLE), via: via?.byteLength === 4 ? via.getUint32(0) : 0 });
  for (let at = 0; hops !== undefined && at + NEXT_HOP_LENGTH <= hops.byteLength; ) {
    const length = hops.getUint16(at, LITTLE);
    if (length < NEXT_HOP_LENGTH || at + length > hops.byteLength) break;
    const own = attributesOf(new DataView(hops.buffer, hops.byteOffset + at, length), NEXT_HOP_LENGTH).get(5);
    if (own?.byteLength === 4) named.push({ index: hops.getInt32(at + 4, LITTLE), via: own.getUint32(0) });
    at += (length + 3) & ~3;
  }
  return named;
}

/** Undefined for another family. A point-to-point link has its own address as IFA_LOCAL, its peer's as IFA_ADDRESS. */
function addressEntry(payload: DataView): AddressEntry | undefined {
  const attributes = attributesOf(payload, ADDRESS_LENGTH);
  const address = attributes.get(2) ?? attributes.get(1);
  if (payload.getUint8(0) !== AF_INET || address?.byteLength !== 4) return undefined;
  // Addresses are in network order, unlike all else.
  return { index: payload.getUint32(4, LITTLE), address: address.getUint32(0), length: payload.getUint8(1) };
}
