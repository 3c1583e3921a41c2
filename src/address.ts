/** An IPv4 address as an unsigned 32-bit number, most significant octet first: 192.0.2.1 is 0xc0000201. */
export type Address = number;

/** A network and the number of its leading bits: 192.0.2.0/24. The host bits of `network` are zero. */
export interface Prefix {
  readonly network: Address;
  /** 0 to 32. */
  readonly length: number;
}

export const UNSPECIFIED: Address = 0;
export const LIMITED_BROADCAST: Address = 0xffffffff;
/** The groups of all systems and of all routers on a link. Source: RFC 1112 §4, RFC 1256 §4.3. */
export const ALL_SYSTEMS: Address = 0xe0000001;
export const ALL_ROUTERS: Address = 0xe0000002;
export const DEFAULT_PREFIX: Prefix = { network: 0, length: 0 };

/** The mask of a prefix length: 24 gives 255.255.255.0. */
export const mask = (length: number): Address => (length === 0 ? 0 : (-1 << (32 - length)) >>> 0);

export const prefixOf = (address: Address, length: number): Prefix => ({
  network: (address & mask(length)) >>> 0,
  length,
});

export const contains = (prefix: Prefix, address: Address): boolean =>
  ((address ^ prefix.network) & mask(prefix.length)) === 0;

/** Whether all addresses of one prefix are in another. */
export const isWithin = (inner: Prefix, outer: Prefix): boolean =>
  inner.length >= outer.length && contains(outer, inner.network);

/** Whether an address can belong to a single host of a subnet. Source: RFC 1812 §4.2.2.11, RFC 3021 §2.1. */
export const isHostOf = (prefix: Prefix, address: Address): boolean =>
  contains(prefix, address) &&
  (prefix.length > 30 || (address !== prefix.network && address !== lastAddress(prefix)));

/** The highest address of a prefix; its directed broadcast address if `length` is at most 30. */
export const lastAddress = (prefix: Prefix): Address => (prefix.network | ~mask(prefix.length)) >>> 0;

/** 224.0.0.0/4. Source: RFC 5771 §3. */
export const isMulticast = (address: Address): boolean => address >>> 28 === 0xe;

/** Whether a prefix has multicast groups only. */
export const isGroupPrefix = (prefix: Prefix): boolean => prefix.length >= 4 && isMulticast(prefix.network);

/** 224.0.0.0/24, the groups that never leave their link. Source: RFC 5771 §4. */
export const isLinkLocalMulticast = (address: Address): boolean => address >>> 8 === 0xe00000;

/** The two groups that every router is in, whatever protocols it runs. */
export const isGroupOfRouters = (address: Address): boolean =>
  address === ALL_SYSTEMS || address === ALL_ROUTERS;

/** 169.254.0.0/16. Source: RFC 3927 §2.1. */
export const isLinkLocal = (address: Address): boolean => address >>> 16 === 0xa9fe;

/** 127.0.0.0/8. Source: RFC 1122 §3.2.1.3 (g). */
export const isLoopback = (address: Address): boolean => address >>> 24 === 127;

/** 0.0.0.0/8, "this network". Source: RFC 1122 §3.2.1.3 (a), (b). */
export const isThisNetwork = (address: Address): boolean => address >>> 24 === 0;

/** 240.0.0.0/4 without the limited broadcast address. Source: RFC 1112 §4. */
export const isClassE = (address: Address): boolean =>
  address >>> 28 === 0xf && address !== LIMITED_BROADCAST;

/** The dotted decimal form: 0xc0000201 gives `192.0.2.1`. For people and logs, never for each datagram. */
export const formatAddress = (address: Address): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix.network)}/${prefix.length}`;

/** `239.1.2.3` for one group, `239.1.0.0/16` for a prefix of groups. */
export const formatGroups = (groups: Prefix): string =>
  groups.length === 32 ? formatAddress(groups.network) : formatPrefix(groups);
