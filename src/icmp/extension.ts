import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { checksum, writeUint16, writeUint32 } from '../ip/octets.js';
import type { ExtensionField, ExtensionRole } from '../settings.js';
import type { IcmpEnvironment } from './environment.js';

/** The version of the extension structure, in the high half of its first octet. Source: RFC 4884 §7. */
export const EXTENSION_VERSION = 2;
/** Version, reserved bits and checksum. */
export const EXTENSION_HEADER_LENGTH = 4;
/** Length, class and type. */
export const OBJECT_HEADER_LENGTH = 4;

/** Address family numbers. Source: RFC 1700. */
export const FAMILY_IPV4 = 1;
export const FAMILY_IPV6 = 2;

const CLASS_INTERFACE_INFORMATION = 2;

/** In the order of their objects, each at most once. Source: RFC 5837 §4.1. */
const ROLES: readonly (readonly [ExtensionRole, number])[] = [
  ['incoming', 0],
  ['outgoing', 2],
  ['next-hop', 3],
];

/** What an object says about an interface or a next hop; undefined parts are left out. */
export interface InterfaceInformation {
  readonly role: ExtensionRole;
  readonly index: number | undefined;
  readonly address: Address | undefined;
  readonly name: string | undefined;
  readonly mtu: number | undefined;
}

/**
 * The extension that the settings require on an error about this original; empty for none.
 *
 * For a next hop, only the address is known. An unnumbered interface has no address; its index and name identify it.
 * The egress of the original is not always known.
 *
 * Source: RFC 5837 §3.
 */
export const extensionFor = (
  original: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
): Uint8Array => {
  const { extensions, extensionFields } = environment.settings.icmp;
  if (extensions.length === 0) return NONE;
  const onward = environment.onwardExit(original);
  const about = (role: ExtensionRole): InterfaceInformation | undefined => {
    if (role === 'incoming') return ofInterface(role, ingress, ipv4.source(original), environment);
    if (onward === undefined) return undefined;
    if (role === 'outgoing') return ofInterface(role, onward.egress, onward.nextHop, environment);
    return { role, index: undefined, address: onward.nextHop, name: undefined, mtu: undefined };
  };
  const wanted = ROLES.filter(([role]) => extensions.includes(role))
    .map(([role]) => about(role))
    .filter((each) => each !== undefined)
    .map((each) => only(each, extensionFields))
    .filter((each) => lengthOf(each) > OBJECT_HEADER_LENGTH);
  return wanted.length === 0 ? NONE : writeExtension(wanted);
};

/** An extension structure with an Interface Information Object for each. Source: RFC 4884 §7, RFC 5837 §4. */
export const writeExtension = (objects: readonly InterfaceInformation[]): Uint8Array => {
  const length = objects.reduce((total, each) => total + lengthOf(each), EXTENSION_HEADER_LENGTH);
  const extension = new Uint8Array(length);
  extension[0] = EXTENSION_VERSION << 4;
  let at = EXTENSION_HEADER_LENGTH;
  for (const each of objects) at = writeObject(extension, at, each);
  writeUint16(extension, 2, checksum(extension, 0, length));
  return extension;
};

const NONE = new Uint8Array(0);

const ofInterface = (
  role: ExtensionRole,
  each: Interface,
  peer: Address,
  environment: IcmpEnvironment,
): InterfaceInformation => ({
  role,
  index: each.index,
  address: each.addresses.length === 0 ? undefined : environment.addressOn(each, peer),
  name: each.name,
  mtu: each.mtu,
});

const only = (
  information: InterfaceInformation,
  fields: readonly ExtensionField[],
): InterfaceInformation => ({
  role: information.role,
  index: fields.includes('index') ? information.index : undefined,
  address: fields.includes('address') ? information.address : undefined,
  name: fields.includes('name') ? information.name : undefined,
  mtu: fields.includes('mtu') ? information.mtu : undefined,
});

/** The bits that tell which parts an object has. Source: RFC 5837 §4.1. */
const HAS_INDEX = 0x08;
const HAS_ADDRESS = 0x04;
const HAS_NAME = 0x02;
const HAS_MTU = 0x01;

/** The maximum length of a name, its length octet included. Source: RFC 5837 §4.3. */
const MAXIMUM_NAME_LENGTH = 64;

const lengthOf = ({ index, address, name, mtu }: InterfaceInformation): number =>
  OBJECT_HEADER_LENGTH +
  (index === undefined ? 0 : 4) +
  (address === undefined ? 0 : 8) +
  (name === undefined ? 0 : nameOctets(name).length) +
  (mtu === undefined ? 0 : 4);

/** Writes one object into zeroed octets and returns where the next begins. The order of the parts is fixed. */
const writeObject = (octets: Uint8Array, start: number, information: InterfaceInformation): number => {
  const { role, index, address, name, mtu } = information;
  let type = ROLES.find(([each]) => each === role)![1] << 6;
  let at = start + OBJECT_HEADER_LENGTH;
  if (index !== undefined) {
    type |= HAS_INDEX;
    writeUint32(octets, at, index);
    at += 4;
  }
  if (address !== undefined) {
    type |= HAS_ADDRESS;
    writeUint16(octets, at, FAMILY_IPV4);
    writeUint32(octets, at + 4, address);
    at += 8;
  }
  if (name !== undefined) {
    type |= HAS_NAME;
    const encoded = nameOctets(name);
    octets.set(encoded, at);
    at += encoded.length;
  }
  if (mtu !== undefined) {
    type |= HAS_MTU;
    writeUint32(octets, at, mtu);
    at += 4;
  }
  writeUint16(octets, start, at - start);
  octets[start + 2] = CLASS_INTERFACE_INFORMATION;
  octets[start + 3] = type;
  return at;
};

/**
 * A name in UTF-8 with its length before it, padded with NUL to a multiple of 4 octets.
 *
 * A name that is too long is cut between two characters. Source: RFC 5837 §4.3.
 */
const nameOctets = (name: string): Uint8Array => {
  const octets = new Uint8Array(MAXIMUM_NAME_LENGTH);
  const { written } = new TextEncoder().encodeInto(name, octets.subarray(1));
  const length = (1 + written + 3) & ~3;
  octets[0] = length;
  return octets.subarray(0, length);
};
