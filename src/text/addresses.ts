import {
  type Address,
  DEFAULT_PREFIX,
  formatAddress,
  formatPrefix,
  isLinkLocalMulticast,
  isLoopback,
  isMulticast,
  isThisNetwork,
  LIMITED_BROADCAST,
  lastAddress,
  type Prefix,
  prefixOf,
} from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import { type Fault, fault, isFault } from './fault.js';
import { nearest } from './nearest.js';

const FOUR_PARTS = 'write four decimal parts without leading zeros, like `192.0.2.1`';
/** 0 to 255. */
const OCTET = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

/** Any address of four decimal parts. */
export const parseAddress = (text: string): Address | Fault => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part)))
    return fault('E-ADDRESS', `\`${shortened(text)}\` is no IPv4 address`, FOUR_PARTS);
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
};

/** An address that a single host may have. */
export const parseHostAddress = (text: string): Address | Fault => {
  const address = parseAddress(text);
  return isFault(address) ? address : (unfitForHost(address) ?? address);
};

/** An address with the length of its subnet's prefix; neither the network itself nor its broadcast address. */
export const parseInterfaceAddress = (text: string): InterfaceAddress | Fault => {
  const parts = parseParts(text, 24);
  if (isFault(parts)) return parts;
  const { address, length } = parts;
  const unfit = unfitForHost(address);
  if (unfit !== undefined) return unfit;
  if (length === 0)
    return fault('E-ADDRESS', `\`${text}\`: a subnet of everything`, 'write a length from 1 to 32');
  const prefix = prefixOf(address, length);
  const isNetwork = address === prefix.network;
  if (length <= 30 && (isNetwork || address === lastAddress(prefix)))
    return fault(
      'E-ADDRESS',
      `\`${text}\` is the ${isNetwork ? 'network' : 'broadcast address'} of its subnet`,
      `write an address between them, like \`${formatAddress((prefix.network + 1) >>> 0)}/${length}\``,
    );
  return { address, prefix };
};

/** `198.51.100.10/24`. */
export const formatInterfaceAddress = ({ address, prefix }: InterfaceAddress): string =>
  `${formatAddress(address)}/${prefix.length}`;

/** A prefix without host bits; `default` is 0.0.0.0/0. */
export const parsePrefix = (text: string): Prefix | Fault => {
  if (text === 'default') return DEFAULT_PREFIX;
  const parts = parseParts(text, 32);
  if (isFault(parts)) return parts;
  const prefix = prefixOf(parts.address, parts.length);
  if (prefix.network === parts.address) return prefix;
  return fault(
    'E-HOSTBITS',
    `\`${text}\` has bits set beyond its first ${parts.length}`,
    `write \`${formatPrefix(prefix)}\`, or \`${formatAddress(parts.address)}/32\` for the one address`,
  );
};

/** A prefix of groups. */
export const parseGroupPrefix = (text: string): Prefix | Fault => {
  const prefix = parsePrefix(text);
  if (isFault(prefix) || (prefix.length >= 4 && isMulticast(prefix.network))) return prefix;
  return fault(
    'E-MCAST',
    `\`${text}\` holds addresses that are no groups`,
    'write a part of 224.0.0.0/4, like `239.0.0.0/8`, or one group, like `239.1.2.3/32`',
  );
};

/** The scopes that have a name. Source: RFC 2365 §6.1, §6.2. */
export const SCOPES: ReadonlyMap<string, Prefix> = new Map([
  ['local', { network: 0xefff0000, length: 16 }],
  ['organization-local', { network: 0xefc00000, length: 14 }],
]);

/** The groups of a scope, by its name or as a prefix. */
export const parseBoundary = (text: string): Prefix | Fault => {
  const scope = SCOPES.get(text);
  if (scope !== undefined) return scope;
  if (!/^[a-z-]+$/i.test(text)) return parseGroupPrefix(text);
  const names = [...SCOPES.keys()];
  const meant = nearest(text, names);
  return fault(
    'E-ADDRESS',
    `\`${shortened(text)}\` is no scope`,
    meant === undefined
      ? `write ${names.join(', ')} or a prefix like \`239.255.0.0/16\``
      : `did you mean \`${meant}\`?`,
  );
};

/** A group that may be forwarded, or joined beyond its link. */
export const parseGroup = (text: string): Address | Fault => {
  const address = parseAddress(text);
  if (isFault(address)) return address;
  if (!isMulticast(address))
    return fault('E-MCAST', `\`${text}\` is no group`, 'write one of 224.0.1.0 to 239.255.255.255');
  if (isLinkLocalMulticast(address))
    return fault('E-MCAST', `\`${text}\` never leaves its link`, 'write a group outside of 224.0.0.0/24');
  return address;
};

/** One group, or a prefix of groups: `239.1.2.3`, `239.1.0.0/16`. */
export const parseGroups = (text: string): Prefix | Fault => {
  if (text.includes('/')) return parseGroupPrefix(text);
  const group = parseGroup(text);
  return isFault(group) ? group : { network: group, length: 32 };
};

/** An own address without a subnet: `192.0.2.255/32`. */
export const parseLoopback = (text: string): Address | Fault => {
  const parts = parseParts(text, 32);
  if (isFault(parts)) return parts;
  if (parts.length !== 32)
    return fault(
      'E-ADDRESS',
      `\`${text}\`: a loopback address stands alone`,
      `write \`${formatAddress(parts.address)}/32\``,
    );
  return unfitForHost(parts.address) ?? parts.address;
};

/** `127.0.0.1:9476`. */
export const parseEndpoint = (text: string): string | Fault => {
  const colon = text.lastIndexOf(':');
  const address = parseAddress(text.slice(0, Math.max(0, colon)));
  const port = text.slice(colon + 1);
  if (colon < 0 || isFault(address))
    return fault(
      'E-ADDRESS',
      `\`${shortened(text)}\` is no address and port`,
      'write it like `"127.0.0.1:9476"`',
    );
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    return fault('E-RANGE', `\`${shortened(port)}\` is no port`, 'write a port from 0 to 65535');
  return text;
};

const parseParts = (
  text: string,
  usual: number,
): { readonly address: Address; readonly length: number } | Fault => {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (isFault(address)) return address;
  if (slash < 0)
    return fault('E-ADDRESS', `\`${text}\` has no prefix length`, `write it like \`${text}/${usual}\``);
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d?)$/.test(length) || Number(length) > 32)
    return fault(
      'E-ADDRESS',
      `\`/${shortened(length)}\` is no prefix length`,
      'write a length from 0 to 32, like `/24`',
    );
  return { address, length: Number(length) };
};

/** Why an address is not one that a single host may have. 240/4 is left to whoever knows `class-e`. */
const unfitForHost = (address: Address): Fault | undefined => {
  const text = formatAddress(address);
  if (isMulticast(address))
    return fault('E-MCAST', `\`${text}\` is a group`, 'write the address of a single host');
  const what = isThisNetwork(address)
    ? 'of 0.0.0.0/8'
    : isLoopback(address)
      ? 'of 127.0.0.0/8, which never leaves a host'
      : address === LIMITED_BROADCAST
        ? 'the limited broadcast address'
        : undefined;
  return what === undefined
    ? undefined
    : fault('E-ADDRESS', `\`${text}\` is ${what}`, 'write the address of a single host');
};

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
