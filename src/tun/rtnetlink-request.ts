import { LITTLE, request } from './netlink.js';

const NEW_LINK = 16;
const DELETE_LINK = 17;
const NEW_ADDRESS = 20;
const DELETE_ADDRESS = 21;
const NEW_ROUTE = 24;
const DELETE_ROUTE = 25;
const CREATE = 0x600; // NLM_F_CREATE, NLM_F_EXCL
const REPLACE = 0x500; // NLM_F_CREATE, NLM_F_REPLACE
const AF_INET = 2;
const MAIN_TABLE = 254;
const PROTOCOL_BOOT = 3;
const SCOPE_UNIVERSE = 0;
const SCOPE_LINK = 253;
const SCOPE_NOWHERE = 255;
const UNICAST = 1;
const ONLINK = 4; // RTNH_F_ONLINK
const UP = 1;

/** A route of a host: where to, by which link, and via whom; undefined is on-link. */
export interface HostRoute {
  readonly to: { readonly network: number; readonly length: number };
  readonly via: number | undefined;
  /** The next hop is reached on this link although no subnet says so. */
  readonly onlink: boolean;
}

export const upRequest = (index: number): Uint8Array => request(NEW_LINK, 0, link(index, UP));

export const downRequest = (index: number): Uint8Array => request(NEW_LINK, 0, link(index, 0, UP));

/** How many datagrams a link holds until they are sent. Source: `txqueuelen` of ip-link(8). */
export const queueLengthRequest = (index: number, length: number): Uint8Array =>
  request(NEW_LINK, 0, link(index, 0), [[13, length]]);

export const mtuRequest = (index: number, mtu: number): Uint8Array =>
  request(NEW_LINK, 0, link(index, 0), [[4, mtu]]);

/** Whether a link has carrier, as its other end says. Source: `carrier` of ip-link(8). */
export const carrierRequest = (index: number, isOn: boolean): Uint8Array =>
  request(NEW_LINK, 0, link(index, 0), [[33, Uint8Array.of(isOn ? 1 : 0)]]);

export const deleteLinkRequest = (index: number): Uint8Array => request(DELETE_LINK, 0, link(index, 0));

/** The address of a link, with the length of its prefix. */
export const addAddressRequest = (index: number, address: number, length: number): Uint8Array =>
  request(NEW_ADDRESS, CREATE, ifaddrmsg(index, length), [
    [2, inOrder(address)],
    [1, inOrder(address)],
  ]);

export const deleteAddressRequest = (index: number, address: number, length: number): Uint8Array =>
  request(DELETE_ADDRESS, 0, ifaddrmsg(index, length), [[2, inOrder(address)]]);

/** As `ip route add` asks for it, or `ip route replace`. */
export const addRouteRequest = (index: number, route: HostRoute, replaces = false): Uint8Array =>
  routeRequest(
    NEW_ROUTE,
    replaces ? REPLACE : CREATE,
    index,
    route,
    route.via === undefined ? SCOPE_LINK : SCOPE_UNIVERSE,
  );

/** As `ip route del` asks for it: whatever its scope. */
export const deleteRouteRequest = (index: number, route: HostRoute): Uint8Array =>
  routeRequest(DELETE_ROUTE, 0, index, route, SCOPE_NOWHERE);

function routeRequest(
  type: number,
  flags: number,
  index: number,
  route: HostRoute,
  scope: number,
): Uint8Array {
  const deletes = type === DELETE_ROUTE;
  const rtmsg = new Uint8Array(12);
  const [protocol, kind] = deletes ? [0, 0] : [PROTOCOL_BOOT, UNICAST];
  rtmsg.set([AF_INET, route.to.length, 0, 0, MAIN_TABLE, protocol, scope, kind]);
  new DataView(rtmsg.buffer).setUint32(8, route.onlink && !deletes ? ONLINK : 0, LITTLE);
  return request(type, flags, rtmsg, [
    ...(route.to.length === 0 ? [] : [[1, inOrder(route.to.network)] as const]),
    ...(route.via === undefined ? [] : [[5, inOrder(route.via)] as const]),
    [4, index],
  ]);
}

/** struct ifinfomsg, with flags to set, and those that change. */
function link(index: number, flags: number, changed = flags): Uint8Array {
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  view.setInt32(4, index, LITTLE);
  view.setUint32(8, flags, LITTLE);
  view.setUint32(12, changed, LITTLE);
  return octets;
}

function ifaddrmsg(index: number, length: number): Uint8Array {
  const octets = new Uint8Array(8);
  octets.set([AF_INET, length, 0, SCOPE_UNIVERSE]);
  new DataView(octets.buffer).setUint32(4, index, LITTLE);
  return octets;
}

/** An address in the order of the network. */
function inOrder(address: number): Uint8Array {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, address);
  return octets;
}
