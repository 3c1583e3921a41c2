import { endianness } from 'node:os';

/** What the kernel reports about a link. */
export interface LinkChange {
  readonly index: number;
  readonly name: string;
  readonly isUp: boolean;
  readonly mtu: number;
  /** Gone from this namespace: deleted, or moved to another one. */
  readonly deleted: boolean;
}

const LITTLE = endianness() === 'LE';
const HEADER_LENGTH = 16; // struct nlmsghdr
const LINK_LENGTH = 16; // struct ifinfomsg
const NEW_LINK = 16;
const DELETED_LINK = 17;
const GET_LINK = 18;
const REQUEST_DUMP = 0x0301; // NLM_F_REQUEST, NLM_F_ROOT, NLM_F_MATCH
const ATTRIBUTE_NAME = 3;
const ATTRIBUTE_MTU = 4;
const FLAG_UP = 1;

/** The message that requests all links; they arrive as changes. */
export function linkDumpRequest(): Uint8Array {
  const octets = new Uint8Array(HEADER_LENGTH + LINK_LENGTH);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, LITTLE);
  view.setUint16(4, GET_LINK, LITTLE);
  view.setUint16(6, REQUEST_DUMP, LITTLE);
  return octets;
}

/**
 * The link messages in one read from a netlink socket; other and truncated messages are skipped.
 *
 * Numbers are in host byte order. Source: rtnetlink(7).
 */
export function linkChanges(octets: Uint8Array): LinkChange[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const changes: LinkChange[] = [];
  for (let at = 0; at + HEADER_LENGTH <= octets.length; ) {
    const length = view.getUint32(at, LITTLE);
    if (length < HEADER_LENGTH || at + length > octets.length) break;
    const type = view.getUint16(at + 4, LITTLE);
    if ((type === NEW_LINK || type === DELETED_LINK) && length >= HEADER_LENGTH + LINK_LENGTH) {
      changes.push(linkChange(view, at + HEADER_LENGTH, at + length, type === DELETED_LINK));
    }
    at += aligned(length);
  }
  return changes;
}

function linkChange(view: DataView, start: number, end: number, deleted: boolean): LinkChange {
  const index = view.getInt32(start + 4, LITTLE);
  const isUp = (view.getUint32(start + 8, LITTLE) & FLAG_UP) !== 0;
  let name = '';
  let mtu = 0;
  for (let at = start + LINK_LENGTH; at + 4 <= end; ) {
    const length = view.getUint16(at, LITTLE);
    const type = view.getUint16(at + 2, LITTLE);
    if (length < 4 || at + length > end) break;
    if (type === ATTRIBUTE_MTU && length >= 8) mtu = view.getUint32(at + 4, LITTLE);
    if (type === ATTRIBUTE_NAME) name = text(view, at + 4, at + length);
    at += aligned(length);
  }
  return { index, name, isUp, mtu, deleted };
}

/** The text of an attribute, without the terminating zero. */
const text = (view: DataView, start: number, end: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, end - 1 - start));

const aligned = (length: number): number => (length + 3) & ~3;
