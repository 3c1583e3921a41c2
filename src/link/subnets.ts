import { type Address, isHostOf, lastAddress, type Prefix } from '../address.js';

/** The subnets that are on a link. */
export class Subnets {
  readonly prefixes: readonly Prefix[];
  /** The broadcast address of each subnet that has one. */
  readonly broadcasts: readonly Address[];

  constructor(prefixes: readonly Prefix[]) {
    this.prefixes = prefixes;
    this.broadcasts = prefixes.filter((prefix) => prefix.length <= 30).map(lastAddress);
  }

  /** Whether an address may be that of a host here. */
  has(address: Address): boolean {
    return this.prefixes.some((prefix) => isHostOf(prefix, address));
  }
}
