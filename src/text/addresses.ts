import {
  type Address,
  DEFAULT_PREFIX,
  formatAddress,
  formatPrefix,
  isGroupPrefix,
  isHostOf,
  isLinkLocalMulticast,
  isLoopback,
  isMulticast,
  isThisNetwork,
  LIMITED_BROADCAST,
  type Prefix,
  prefixOf,
} from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import { type Fault, fault, isFault } from './fault.js';
import { nearest } from './nearest.js';

const FOUR_PARTS = 'write four decimal numbers without leading zeros (example: 192.0.2.1)';
const IPV6 = /^[0-9a-f]{0,4}:[0-9a-f:]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i;
const BRACKETED_IPV6 = /^\[[0-9a-f]{0,4}:[^\]]*\](?::\d*)?$/i;
/** 0 to 255. */
const OCTET = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

/** Any IPv4 address in dotted decimal notation. */
export const parseAddress = (text: string): Address | Fault => {
  if (isIpv6(text)) return notYet(text);
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part)))
    return fault('E-ADDRESS', `\`${shortened(text)}\` is not a valid IPv4 address`, FOUR_PARTS);
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
};

/** Whether a text looks like an IPv6 address: with a zone or without, in brackets and then perhaps with a port. */
export const isIpv6 = (text: string): boolean => IPV6.test(text) || BRACKETED_IPV6.test(text);

const notYet = (text: string): Fault =>
  fault(
    'E-ADDRESS',
    `\`${shortened(text)}\` is an IPv6 address, and IPv6 is not supported yet`,
    'use an IPv4 address',
  );

/** An address that a single host may have. */
export const parseHostAddress = (text: string): Address | Fault => {
  const address = parseAddress(text);
  return isFault(address) ? address : (unfitForHost(address) ?? address);
};

/** An address and the length of its subnet's prefix; neither the network address nor the broadcast address. */
export const parseInterfaceAddress = (text: string): InterfaceAddress | Fault => {
  const parts = parseParts(text, 24, parseInterfaceAddress);
  if (isFault(parts)) return parts;
  const { address, length } = parts;
  const unfit = unfitForHost(address);
  if (unfit !== undefined) return unfit;
  if (length === 0)
    return fault('E-ADDRESS', `\`${text}\` covers the whole address space`, 'write a length from 1 to 32');
  const prefix = prefixOf(address, length);
  if (!isHostOf(prefix, address))
    return fault(
      'E-ADDRESS',
      `\`${text}\` is the ${address === prefix.network ? 'network' : 'broadcast'} address of its subnet`,
      `write an address between them (example: ${formatAddress((prefix.network + 1) >>> 0)}/${length})`,
    );
  return { address, prefix };
};

/** `198.51.100.10/24`. */
export const formatInterfaceAddress = ({ address, prefix }: InterfaceAddress): string =>
  `${formatAddress(address)}/${prefix.length}`;

/** A prefix without host bits; `default` means 0.0.0.0/0. */
export const parsePrefix = (text: string): Prefix | Fault => {
  if (text === 'default') return DEFAULT_PREFIX;
  const parts = parseParts(text, 32, parsePrefix);
  if (isFault(parts)) return parts;
  const prefix = prefixOf(parts.address, parts.length);
  if (prefix.network === parts.address) return prefix;
  return fault(
    'E-HOSTBITS',
    `\`${text}\` has host bits set beyond its prefix length`,
    `write \`${formatPrefix(prefix)}\`, or \`${formatAddress(parts.address)}/32\` for that single address`,
  );
};

/** A prefix, or a single address: `203.0.113.0/24`, `203.0.113.10`. */
export const parsePrefixOrAddress = (text: string): Prefix | Fault => {
  if (text.includes('/') || text === 'default') return parsePrefix(text);
  const address = parseAddress(text);
  return isFault(address) ? address : { network: address, length: 32 };
};

/** A destination as iproute2 writes it: `default` or a prefix. */
export const formatTarget = (to: Prefix): string =>
  to.length === DEFAULT_PREFIX.length ? 'default' : formatPrefix(to);

/** A prefix of multicast groups. */
export const parseGroupPrefix = (text: string): Prefix | Fault => {
  const parts = text === 'default' ? DEFAULT_PARTS : parseParts(text, 32, parseGroupPrefix);
  if (isFault(parts)) return parts;
  if (isGroupPrefix(prefixOf(parts.address, parts.length))) return parsePrefix(text);
  return fault(
    'E-MCAST',
    `\`${text}\` is not a range of multicast groups`,
    'write a prefix within 224.0.0.0/4, such as `239.0.0.0/8`, or a single group, such as `239.1.2.3/32`',
  );
};

/** The named scopes. Source: RFC 2365 §6.1, §6.2. */
export const SCOPES: ReadonlyMap<string, Prefix> = new Map([
  ['local', { network: 0xefff0000, length: 16 }],
  ['organization-local', { network: 0xefc00000, length: 14 }],
]);

/** The groups of a scope, given by name or as a prefix. */
export const parseBoundary = (text: string): Prefix | Fault => {
  const scope = SCOPES.get(text);
  if (scope !== undefined) return scope;
  if (!/^[a-z-]+$/i.test(text)) return parseGroupPrefix(text);
  const names = [...SCOPES.keys()];
  const meant = nearest(text, names);
  return fault(
    'E-ADDRESS',
    `\`${shortened(text)}\` is not a multicast scope`,
    meant === undefined
      ? `write ${names.join(', ')} or a prefix, such as \`239.255.0.0/16\``
      : `did you mean \`${meant}\`?`,
  );
};

/** A group that may be forwarded, or joined beyond its link. */
export const parseGroup = (text: string): Address | Fault => {
  const address = parseAddress(text);
  if (isFault(address)) return address;
  if (!isMulticast(address))
    return fault(
      'E-MCAST',
      `\`${text}\` is not a multicast group`,
      'write an address from 224.0.1.0 to 239.255.255.255',
    );
  if (isLinkLocalMulticast(address))
    return fault(
      'E-MCAST',
      `\`${text}\` is link-local and never forwarded`,
      'write a group outside 224.0.0.0/24',
    );
  return address;
};

/** One group, or a prefix of groups: `239.1.2.3`, `239.1.0.0/16`. */
export const parseGroups = (text: string): Prefix | Fault => {
  if (text.includes('/')) return parseGroupPrefix(text);
  const group = parseGroup(text);
  return isFault(group) ? group : { network: group, length: 32 };
};

/** An address of the router itself, without a subnet: `192.0.2.255/32`. */
export const parseLoopback = (text: string): Address | Fault => {
  const parts = parseParts(text, 32, parseLoopback);
  if (isFault(parts)) return parts;
  const unfit = unfitForHost(parts.address);
  if (unfit !== undefined) return unfit;
  if (parts.length !== 32)
    return fault(
      'E-ADDRESS',
      `\`${text}\`: a loopback address must have the prefix length 32`,
      `write \`${formatAddress(parts.address)}/32\``,
    );
  return parts.address;
};

/** `127.0.0.1:9476`. */
export const parseEndpoint = (text: string): string | Fault => {
  if (isIpv6(text)) return notYet(text);
  const colon = text.lastIndexOf(':');
  const address = parseAddress(text.slice(0, Math.max(0, colon)));
  const port = text.slice(colon + 1);
  if (colon < 0 || isFault(address))
    return fault(
      'E-ADDRESS',
      `\`${shortened(text)}\` is not an address and port`,
      'write an address and a port, such as `"127.0.0.1:9476"`',
    );
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    return fault('E-RANGE', `\`${shortened(port)}\` is not a valid port`, 'write a port from 0 to 65535');
  return text;
};

interface Parts {
  readonly address: Address;
  readonly length: number;
}

const DEFAULT_PARTS: Parts = { address: DEFAULT_PREFIX.network, length: 0 };

/** An address and a length; where that is missing, the usual one is suggested if `parse` then takes the text. */
const parseParts = (text: string, usual: number, parse: (text: string) => unknown): Parts | Fault => {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (isFault(address)) return address;
  if (slash < 0) {
    const complete = `${text}/${usual}`;
    return fault(
      'E-ADDRESS',
      `\`${text}\` has no prefix length`,
      isFault(parse(complete))
        ? `add the prefix length (example: /${usual})`
        : `add the prefix length, such as \`${complete}\``,
    );
  }
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d?)$/.test(length) || Number(length) > 32)
    return fault(
      'E-ADDRESS',
      `\`/${shortened(length)}\` is not a valid prefix length`,
      'write a length from 0 to 32 (example: /24)',
    );
  return { address, length: Number(length) };
};

/** Why a single host may not have an address. 240/4 is left to whoever knows `class-e`. */
const unfitForHost = (address: Address): Fault | undefined => {
  const text = formatAddress(address);
  if (isMulticast(address))
    return fault('E-MCAST', `\`${text}\` is a multicast group`, 'write a unicast address');
  const what = isThisNetwork(address)
    ? 'in 0.0.0.0/8, which is reserved'
    : isLoopback(address)
      ? 'in 127.0.0.0/8, which never leaves a host'
      : address === LIMITED_BROADCAST
        ? 'the limited broadcast address'
        : undefined;
  return what === undefined
    ? undefined
    : fault('E-ADDRESS', `\`${text}\` is ${what}`, 'write a unicast address');
};

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
