import { type Address, contains, type Prefix } from '../../address.js';
import type { GroupPattern, IgmpSettings } from '../settings.js';

/**
 * Which groups and sources the hosts of an interface may ask for; what is denied is not accepted, whatever is.
 *
 * A pattern without a source speaks of whole groups. One with a source speaks of source-specific membership
 * alone: where only certain sources of a group are accepted, membership of any source is not, for it would let
 * all of them in; and where certain sources are denied, membership of any source still gets them.
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

  /** Whether a host may ask for a group whatever the source. */
  acceptsWhole(group: Address): boolean {
    if (this.#isOpen) return true;
    const isMeant = (each: GroupPattern): boolean => each.source === undefined && contains(each.group, group);
    return this.#isAccepted(isMeant) && !this.#denied.some(isMeant);
  }

  /** Which sources of a group a host may ask for, as a test: the lists are gone through once for all of them. */
  acceptingSource(group: Address): (source: Address) => boolean {
    if (this.#isOpen) return () => true;
    const sourcesIn = (patterns: readonly GroupPattern[]) =>
      patterns.filter((each) => contains(each.group, group)).map((each) => each.source ?? EVERY_SOURCE);
    const [accepted, denied] = [sourcesIn(this.#accepted), sourcesIn(this.#denied)];
    const isIn = (source: Address) => (each: Prefix) => contains(each, source);
    return (source) =>
      (this.#accepted.length === 0 || accepted.some(isIn(source))) && !denied.some(isIn(source));
  }

  /** Whether there may be a source of a group that is accepted: false where the whole group is denied. */
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
