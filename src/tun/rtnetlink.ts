import { endianness } from 'node:os';
import type { Address } from '../address.js';

/** What the kernel said of a link. */
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

/** A message of the kernel, by what it is about; `done` ends a dump. */
export type Message =
  | ({ readonly about: 'link' } & LinkChange)
  | ({ readonly about: 'address' } & AddressChange)
  | { readonly about: 'done' };

const LITTLE = endianness() === 'LE';
const HEADER_LENGTH = 16; // struct nlmsghdr
const LINK_LENGTH = 16; // struct ifinfomsg
const ATTRIBUTE_HEADER_LENGTH = 4; // struct rtattr
const ADDRESS_LENGTH = 8; // struct ifaddrmsg
const DONE = 3;
const NEW_LINK = 16;
const DELETED_LINK = 17;
const GET_LINK = 18;
const NEW_ADDRESS = 20;
const DELETED_ADDRESS = 21;
const GET_ADDRESS = 22;
const REQUEST_DUMP = 0x0301; // NLM_F_REQUEST, NLM_F_ROOT, NLM_F_MATCH
const ATTRIBUTE_NAME = 3;
const ATTRIBUTE_MTU = 4;
const ATTRIBUTE_ADDRESS = 1;
const ATTRIBUTE_LOCAL = 2;
const FLAG_UP = 1;
const AF_INET = 2;

/** The message that asks for all links; they come as changes. */
export const linkDumpRequest = (): Uint8Array => dumpRequest(GET_LINK, LINK_LENGTH, 0);

/** The message that asks for all IPv4 addresses; they come as changes. */
export const addressDumpRequest = (): Uint8Array => dumpRequest(GET_ADDRESS, ADDRESS_LENGTH, AF_INET);

function dumpRequest(type: number, length: number, family: number): Uint8Array {
  const octets = new Uint8Array(HEADER_LENGTH + length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint16(6, REQUEST_DUMP, LITTLE);
  octets[HEADER_LENGTH] = family;
  return octets;
}

/**
 * The messages of one read from a netlink socket; those of other types, or that are cut short, are left out.
 *
 * Numbers are in the machine's own order. Source: rtnetlink(7).
 */
export function messagesIn(octets: Uint8Array): Message[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const messages: Message[] = [];
  for (let at = 0; at + HEADER_LENGTH <= octets.length; ) {
    const length = view.getUint32(at, LITTLE);
    if (length < HEADER_LENGTH || at + length > octets.length) break;
    const message = messageAt(view, view.getUint16(at + 4, LITTLE), at + HEADER_LENGTH, at + length);
    if (message !== undefined) messages.push(message);
    at += aligned(length);
  }
  return messages;
}

function messageAt(view: DataView, type: number, start: number, end: number): Message | undefined {
  switch (type) {
    case DONE:
      return { about: 'done' };
    case NEW_LINK:
    case DELETED_LINK:
      if (end - start < LINK_LENGTH) return undefined;
      return { about: 'link', ...linkChange(view, start, end, type === DELETED_LINK) };
    case NEW_ADDRESS:
    case DELETED_ADDRESS: {
      if (end - start < ADDRESS_LENGTH) return undefined;
      const change = addressChange(view, start, end, type === DELETED_ADDRESS);
      return change === undefined ? undefined : { about: 'address', ...change };
    }
    default:
      return undefined;
  }
}

/** Undefined for another family. A point-to-point link has its own address as the local one. */
function addressChange(
  view: DataView,
  start: number,
  end: number,
  deleted: boolean,
): AddressChange | undefined {
  let address: Address | undefined;
  let local: Address | undefined;
  for (const { type, at, length } of attributes(view, start + ADDRESS_LENGTH, end)) {
    if (length < 4) continue;
    // Addresses are in network order, unlike all else.
    if (type === ATTRIBUTE_ADDRESS) address = view.getUint32(at);
    if (type === ATTRIBUTE_LOCAL) local = view.getUint32(at);
  }
  const own = local ?? address;
  if (own === undefined || view.getUint8(start) !== AF_INET) return undefined;
  return { index: view.getUint32(start + 4, LITTLE), address: own, deleted };
}

function linkChange(view: DataView, start: number, end: number, deleted: boolean): LinkChange {
  const index = view.getInt32(start + 4, LITTLE);
  const isUp = (view.getUint32(start + 8, LITTLE) & FLAG_UP) !== 0;
  let name = '';
  let mtu = 0;
  for (const { type, at, length } of attributes(view, start + LINK_LENGTH, end)) {
    if (type === ATTRIBUTE_MTU && length >= 4) mtu = view.getUint32(at, LITTLE);
    if (type === ATTRIBUTE_NAME) name = text(view, at, at + length);
  }
  return { index, name, isUp, mtu, deleted };
}

/** The attributes of a message: their types, and where their values are. */
function* attributes(
  view: DataView,
  start: number,
  end: number,
): Generator<{ readonly type: number; readonly at: number; readonly length: number }, void> {
  for (let at = start; at + ATTRIBUTE_HEADER_LENGTH <= end; ) {
    const length = view.getUint16(at, LITTLE);
    if (length < ATTRIBUTE_HEADER_LENGTH || at + length > end) return;
    const type = view.getUint16(at + 2, LITTLE);
    yield { type, at: at + ATTRIBUTE_HEADER_LENGTH, length: length - ATTRIBUTE_HEADER_LENGTH };
    at += aligned(length);
  }
}

/** The text of an attribute, without the zero octet that ends it. */
const text = (view: DataView, start: number, end: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, end - 1 - start));

const aligned = (length: number): number => (length + 3) & ~3;
