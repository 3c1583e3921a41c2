import type { Address } from '../address.js';
import type { Configuration, HostConfiguration, RouterConfiguration } from '../config/configuration.js';
import { isEqual } from '../config/merge.js';
import type { InterfaceAddress } from '../interface.js';

/** Who is on a link by a configuration, in its order. */
export interface OnLink {
  /** Of hosts, then of routers. */
  readonly addresses: readonly InterfaceAddress[];
  readonly hosts: readonly Address[];
  /** Those that stand alone with a /32. */
  readonly loneHosts: readonly Address[];
  readonly routers: readonly RouterConfiguration[];
}

interface Gathered extends OnLink {
  readonly addresses: InterfaceAddress[];
  readonly hosts: Address[];
  readonly loneHosts: Address[];
  readonly routers: RouterConfiguration[];
}

/** Who is on each link by a configuration: looked for once, not for each link again. */
export class OnLinks {
  readonly #byLink = new Map<string, Gathered>();

  constructor({ hosts, routers }: Pick<Configuration, 'hosts' | 'routers'>) {
    for (const host of hosts.values()) this.#add(host);
    for (const router of routers.values()) {
      this.#add(router);
      for (const { link } of router.interfaces) this.#on(link).routers.push(router);
    }
  }

  on(link: string): OnLink {
    return this.#byLink.get(link) ?? NOBODY;
  }

  #add(owner: HostConfiguration | RouterConfiguration): void {
    for (const { link, addresses } of owner.interfaces) {
      const here = this.#on(link);
      here.addresses.push(...addresses);
      if ('settings' in owner) continue;
      for (const { address, prefix } of addresses) {
        here.hosts.push(address);
        if (prefix.length === 32) here.loneHosts.push(address);
      }
    }
  }

  #on(link: string): Gathered {
    let here = this.#byLink.get(link);
    if (here === undefined) {
      here = { addresses: [], hosts: [], loneHosts: [], routers: [] };
      this.#byLink.set(link, here);
    }
    return here;
  }
}

const NOBODY: OnLink = { addresses: [], hosts: [], loneHosts: [], routers: [] };

/** Whether two configurations have the very same links and hosts, and routers with the same addresses on each link. */
export const isSameTopology = (one: Configuration, other: Configuration): boolean =>
  isSameMap(one.links, other.links) &&
  isSameMap(one.hosts, other.hosts) &&
  isSameMap(one.routers, other.routers, isSamePlace);

/** Whether two maps have the same keys in the same order, and the very same values; or values that are the same to somebody. */
const isSameMap = <Value>(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
  isSame: (value: Value, before: Value) => boolean = Object.is,
): boolean => {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  const others = other.entries();
  for (const [key, value] of one) {
    const [otherKey, otherValue] = others.next().value!;
    if (key !== otherKey || !isSame(value, otherValue)) return false;
  }
  return true;
};

const isSamePlace = (one: RouterConfiguration, other: RouterConfiguration): boolean =>
  one === other ||
  (one.settings.ip.loopback === other.settings.ip.loopback &&
    (one.interfaces === other.interfaces || isEqual(placesOf(one), placesOf(other))));

const placesOf = ({ interfaces }: RouterConfiguration) =>
  interfaces.map(({ link, addresses }) => ({ link, addresses }));
