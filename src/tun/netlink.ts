import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';

/** Numbers of netlink are in the machine's own order. */
export const LITTLE = endianness() === 'LE';

/** Of a message. Source: linux/netlink.h, struct nlmsghdr. */
export const HEADER_LENGTH = 16;
/** The types of the messages that end an answer. */
export const ERROR = 2;
export const DONE = 3;
const NLM_F_REQUEST = 1;
const FLAG_CAPPED = 0x100;
const FLAG_HAS_ATTRIBUTES = 0x200;
const ATTRIBUTE_REASON = 1;

/** One message of a netlink socket, without its header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: DataView;
}

/** An attribute to be written: a number of four octets, a text, or octets as they are. */
export type Attribute = readonly [type: number, value: number | string | Uint8Array];

/** One request: a fixed part and its attributes. Flags are those beside NLM_F_REQUEST and NLM_F_ACK. */
export function request(
  type: number,
  flags: number,
  fixed: Uint8Array,
  attributes: readonly Attribute[] = [],
): Uint8Array {
  const encoded = attributes.map(([kind, value]) => [kind, octetsOf(value)] as const);
  const length = encoded.reduce((sum, [, octets]) => sum + aligned(4 + octets.length), aligned(fixed.length));
  const message = new Uint8Array(HEADER_LENGTH + length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint16(6, flags | 0x5, LITTLE);
  message.set(fixed, HEADER_LENGTH);
  let at = HEADER_LENGTH + aligned(fixed.length);
  for (const [kind, octets] of encoded) {
    view.setUint16(at, 4 + octets.length, LITTLE);
    view.setUint16(at + 2, kind, LITTLE);
    message.set(octets, at + 4);
    at += aligned(4 + octets.length);
  }
  return message;
}

/** A request whose answer is enough: it needs no acknowledgment. */
export function question(
  type: number,
  fixed: Uint8Array,
  attributes: readonly Attribute[],
): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(request(type, 0, fixed, attributes));
  new DataView(octets.buffer).setUint16(6, NLM_F_REQUEST, LITTLE);
  return octets;
}

/** Requests one behind the other, as they are sent. */
export function joined(requests: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(requests.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of requests) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}

/** The messages of what was read from a netlink socket; what is cut short is left out. */
export function messagesOf(octets: Uint8Array): NetlinkMessage[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + HEADER_LENGTH <= octets.length; ) {
    const length = view.getUint32(at, LITTLE);
    if (length < HEADER_LENGTH || at + length > octets.length) break;
    messages.push({
      type: view.getUint16(at + 4, LITTLE),
      flags: view.getUint16(at + 6, LITTLE),
      sequence: view.getUint32(at + 8, LITTLE),
      payload: part(view, at + HEADER_LENGTH, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** The attributes of a message, by their types, after a fixed part of so many octets. */
export function attributesOf(payload: DataView, fixedLength = 0): ReadonlyMap<number, DataView> {
  const attributes = new Map<number, DataView>();
  for (let at = aligned(fixedLength); at + 4 <= payload.byteLength; ) {
    const length = payload.getUint16(at, LITTLE);
    if (length < 4 || at + length > payload.byteLength) break;
    // The upper two bits say how it is encoded.
    attributes.set(payload.getUint16(at + 2, LITTLE) & 0x3fff, part(payload, at + 4, at + length));
    at += aligned(length);
  }
  return attributes;
}

/** A text, without the zero octet that ends it. */
export function textOf(value: DataView): string {
  const octets = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const end = octets.indexOf(0);
  return new TextDecoder().decode(end < 0 ? octets : octets.subarray(0, end));
}

/** Why a request was refused. */
export interface Refusal {
  /** Of the request, from 1. */
  readonly sequence: number;
  /** Such as `EEXIST`. */
  readonly code: string;
  /** In the kernel's own words, where it has any. */
  readonly reason: string | undefined;
}

/** The refusals among what came back. Source: linux/netlink.h, struct nlmsgerr. */
export function refusalsOf(messages: readonly NetlinkMessage[]): Refusal[] {
  return messages.flatMap(({ type, flags, sequence, payload }) => {
    if ((type !== ERROR && type !== DONE) || payload.byteLength < 4) return [];
    const errno = payload.getInt32(0, LITTLE);
    if (errno >= 0) return [];
    return [{ sequence, code: getSystemErrorName(errno), reason: reasonOf(type, flags, payload) }];
  });
}

function reasonOf(type: number, flags: number, payload: DataView): string | undefined {
  if (type !== ERROR || (flags & FLAG_HAS_ATTRIBUTES) === 0 || payload.byteLength < 4 + HEADER_LENGTH)
    return undefined;
  const quoted = (flags & FLAG_CAPPED) === 0 ? payload.getUint32(4, LITTLE) : HEADER_LENGTH;
  const reason = attributesOf(payload, 4 + quoted).get(ATTRIBUTE_REASON);
  return reason === undefined ? undefined : textOf(reason);
}

function octetsOf(value: number | string | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(`${value}\0`);
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, value, LITTLE);
  return octets;
}

const part = (view: DataView, start: number, end: number): DataView =>
  new DataView(view.buffer, view.byteOffset + start, end - start);

const aligned = (length: number): number => (length + 3) & ~3;
