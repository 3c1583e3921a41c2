import {
  type Address,
  ALL_ROUTERS,
  ALL_SYSTEMS,
  contains,
  isGroupOfRouters,
  isHostOf,
  isLinkLocalMulticast,
  isMulticast,
  LIMITED_BROADCAST,
  type Prefix,
  UNSPECIFIED,
} from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { isOptionFault, parseOptions } from '../ip/options.js';
import { type Group, isKnown, sourceCount } from './membership/group.js';
import * as igmp from './message.js';
import type { Refusal } from './refusal.js';
import type { GroupPattern, IgmpSettings } from './settings.js';

/** The sources of a record that are admitted. */
export interface AdmittedSources {
  /** Undefined if the whole record is refused because of its sources. */
  readonly sources: ReadonlySet<Address> | undefined;
  /** How many others no host can have. */
  readonly unreal: number;
  /** How many others the settings exclude. */
  readonly denied: number;
}

/** The IGMP message in a datagram that passed the gate. */
export const messageIn = (datagram: Uint8Array): Uint8Array => datagram.subarray(ipv4.headerLength(datagram));

/**
 * Decides which datagrams, groups and sources are accepted on one interface.
 *
 * It decides before anything is remembered, and changes nothing.
 */
export class Admission {
  /** Read anew each time: its addresses and its boundary may change. */
  readonly #interface: Pick<Interface, 'addresses' | 'scope'>;
  /** The groups that the router itself is in. */
  readonly #joined: ReadonlyMap<Address, unknown>;
  #settings: IgmpSettings;
  #access: GroupAccess;

  constructor(
    settings: IgmpSettings,
    on: Pick<Interface, 'addresses' | 'scope'>,
    joined: ReadonlyMap<Address, unknown>,
  ) {
    this.#settings = settings;
    this.#access = new GroupAccess(settings);
    this.#interface = on;
    this.#joined = joined;
  }

  /** Takes effect with the next message; existing memberships stay until nobody reports them. */
  apply(settings: IgmpSettings): void {
    this.#settings = settings;
    this.#access = new GroupAccess(settings);
  }

  /**
   * Why a datagram of protocol 2 is refused, or undefined if all accessors of its message may be used.
   *
   * The message itself is checked first, then the datagram that carries it: one with a TTL other than 1 or a foreign
   * source is not from this link.
   *
   * Source: RFC 9776 §4, §4.1.12, §4.2.14, §4.2.15, §9.
   */
  datagramFault(datagram: Uint8Array): Refusal | undefined {
    if (ipv4.isFragment(datagram)) return 'fragment';
    const message = messageIn(datagram);
    const fault = igmp.validate(message);
    // Only a router that advertises itself to switches takes solicitations from them.
    const isSolicited = this.#settings.routerDiscovery && igmp.isSolicitation(message);
    if (fault !== undefined && !(fault === 'unknown-type' && isSolicited)) return fault;
    if (ipv4.ttl(datagram) !== 1) return 'wrong-ttl';
    const distrust = this.#sourceFault(ipv4.source(datagram));
    if (distrust !== undefined) return distrust;
    if (!this.#isTo(ipv4.destination(datagram), message)) return 'wrong-destination';
    return this.#needsRouterAlert(message) && !hasRouterAlert(datagram) ? 'no-router-alert' : undefined;
  }

  /** 232.0.0.0/8, and the ranges in the settings. Source: RFC 4607 §1. */
  isSourceSpecific(group: Address): boolean {
    return group >>> 24 === 232 || this.#settings.ssmRanges.some((each) => contains(each, group));
  }

  /** Tests whether hosts may ask for a source of a group. */
  acceptingSource(group: Address): (source: Address) => boolean {
    return this.#access.acceptingSource(group);
  }

  /** Why everything about a group is refused, or undefined if it is not. Source: RFC 4607 §5, RFC 2365 §5. */
  groupFault(group: Address, isAnySource: boolean): Refusal | undefined {
    if (!isMulticast(group)) return 'not-a-group';
    if (isAnySource && this.isSourceSpecific(group)) return 'ssm-range';
    // Nobody forwards these, and hosts report them all the time: not worth a refusal.
    if (isLinkLocalMulticast(group)) return undefined;
    if (this.#interface.scope.boundary.some((each) => contains(each, group))) return 'boundary';
    const isAccepted = isAnySource ? this.#access.acceptsWhole(group) : this.#access.acceptsSome(group);
    return isAccepted ? undefined : 'denied';
  }

  /**
   * Which sources of the record at `at` are admitted.
   *
   * Of those that the group does not have, more than it may have are left out: the first `most` and one more say all
   * that can be done with them. So a record of 64 KiB costs little more than its reading.
   *
   * For a known group, a TO_IN is admitted even if none of its sources is accepted: it says that nothing else is
   * wanted any more.
   */
  sourcesOf(
    report: Uint8Array,
    at: number,
    type: igmp.RecordType,
    known: Group | undefined,
    most: number,
  ): AdmittedSources {
    // A host may always say what it does not want.
    const isAccepted = WANTING.has(type)
      ? this.#access.acceptingSource(igmp.recordGroup(report, at))
      : () => true;
    const enough = most + 1 + (known === undefined ? 0 : sourceCount(known));
    const sources = new Set<Address>();
    let unreal = 0;
    let denied = 0;
    for (let index = 0; index < igmp.recordSourceCount(report, at); index += 1) {
      const source = igmp.recordSource(report, at, index);
      if (source === UNSPECIFIED || source === LIMITED_BROADCAST || isMulticast(source)) unreal += 1;
      else if (!isAccepted(source)) denied += 1;
      else if (sources.size < enough || (known !== undefined && isKnown(known, source))) sources.add(source);
    }
    const isRefused = denied > 0 && sources.size === 0 && !(known !== undefined && type === 'to-in');
    return isRefused ? { sources: undefined, unreal, denied: 0 } : { sources, unreal, denied };
  }

  /** A host without an address may report from 0.0.0.0. Source: RFC 9776 §4.2.14. */
  #sourceFault(source: Address): Refusal | undefined {
    if (this.#isOurs(source)) return 'own-source';
    const { addresses } = this.#interface;
    const isFromHere =
      source === UNSPECIFIED ||
      addresses.length === 0 ||
      addresses.some(({ prefix }) => isHostOf(prefix, source));
    return isFromHere ? undefined : 'off-subnet';
  }

  #isOurs(address: Address): boolean {
    return this.#interface.addresses.some((each) => each.address === address);
  }

  #isTo(destination: Address, message: Uint8Array): boolean {
    if (igmp.isSolicitation(message)) return destination === ALL_ROUTERS;
    const group = igmp.group(message);
    const isJoined = (): boolean =>
      isGroupOfRouters(destination) || destination === igmp.ALL_V3_ROUTERS || this.#joined.has(destination);
    switch (igmp.type(message)) {
      case igmp.MEMBERSHIP_QUERY:
        if (igmp.isGeneralQuery(message)) return destination === ALL_SYSTEMS || this.#isOurs(destination);
        return destination === group || this.#isOurs(destination) || isJoined();
      case igmp.V3_REPORT:
        return destination === igmp.ALL_V3_ROUTERS || this.#isOurs(destination);
      case igmp.LEAVE_GROUP:
        return destination === ALL_ROUTERS || destination === group;
      default:
        return destination === group || this.#isOurs(destination) || isJoined();
    }
  }

  /** Version 1 has no Router Alert. Source: RFC 9776 §9.1, §9.2. */
  #needsRouterAlert(message: Uint8Array): boolean {
    const { requireRouterAlert } = this.#settings;
    if (igmp.isSolicitation(message) || igmp.versionOf(message) === 1) return false;
    const kind = igmp.type(message) === igmp.MEMBERSHIP_QUERY ? 'queries' : 'reports';
    return requireRouterAlert === true || requireRouterAlert === kind;
  }
}

/** The records that ask for their sources. */
const WANTING: ReadonlySet<igmp.RecordType> = new Set(['is-in', 'to-in', 'allow']);

const hasRouterAlert = (datagram: Uint8Array): boolean => {
  if (!ipv4.hasOptions(datagram)) return false;
  const options = parseOptions(datagram);
  return !isOptionFault(options) && options.routerAlert !== undefined;
};

/**
 * Which groups and sources the hosts on an interface may ask for; denials win.
 *
 * A pattern without a source covers whole groups. One with a source covers source-specific membership only: if only
 * certain sources of a group are accepted, any-source membership is not, because it would admit all of them; and if
 * certain sources are denied, any-source membership still receives them.
 */
export class GroupAccess {
  readonly #isOpen: boolean;
  readonly #accepted: readonly GroupPattern[];
  readonly #denied: readonly GroupPattern[];

  constructor({ acceptGroups, denyGroups }: Pick<IgmpSettings, 'acceptGroups' | 'denyGroups'>) {
    this.#accepted = acceptGroups;
    this.#denied = denyGroups;
    this.#isOpen = acceptGroups.length === 0 && denyGroups.length === 0;
  }

  /** Whether a host may ask for any-source membership of a group. */
  acceptsWhole(group: Address): boolean {
    if (this.#isOpen) return true;
    const isMeant = (each: GroupPattern): boolean => each.source === undefined && contains(each.group, group);
    return this.#isAccepted(isMeant) && !this.#denied.some(isMeant);
  }

  /** Tests whether a host may ask for a source of a group; walks the lists once for all sources. */
  acceptingSource(group: Address): (source: Address) => boolean {
    if (this.#isOpen) return () => true;
    const sourcesIn = (patterns: readonly GroupPattern[]) =>
      patterns.filter((each) => contains(each.group, group)).map((each) => each.source ?? EVERY_SOURCE);
    const [accepted, denied] = [sourcesIn(this.#accepted), sourcesIn(this.#denied)];
    const isIn = (source: Address) => (each: Prefix) => contains(each, source);
    return (source) =>
      (this.#accepted.length === 0 || accepted.some(isIn(source))) && !denied.some(isIn(source));
  }

  /** Whether any source of a group could be accepted; false if the whole group is denied. */
  acceptsSome(group: Address): boolean {
    if (this.#isOpen) return true;
    const isMeant = (each: GroupPattern): boolean => contains(each.group, group);
    const isDenied = this.#denied.some((each) => each.source === undefined && isMeant(each));
    return this.#isAccepted(isMeant) && !isDenied;
  }

  #isAccepted(isMeant: (pattern: GroupPattern) => boolean): boolean {
    return this.#accepted.length === 0 || this.#accepted.some(isMeant);
  }
}

const EVERY_SOURCE: Prefix = { network: 0, length: 0 };
