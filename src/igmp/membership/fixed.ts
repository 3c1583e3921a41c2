import { type Address, contains, type Prefix } from '../../address.js';
import type { IgmpSettings } from '../settings.js';

/** Why a group is forwarded without a report. */
export type FixedOrigin = 'static' | 'join';

/** What the settings say about one group, or about each group of a prefix. */
export interface FixedGroup {
  /** Every source; otherwise only `sources`. */
  readonly isWhole: boolean;
  readonly sources: ReadonlySet<Address>;
  readonly origins: readonly FixedOrigin[];
}

/** A prefix of more than one group. */
export interface FixedPrefix extends FixedGroup {
  readonly prefix: Prefix;
}

/** Of so many groups it is said one by one that they have changed: each may be a report to the upstream of a proxy. */
const MOST_NAMED = 32;

/** The memberships that the settings of an interface ask for. */
export class FixedGroups {
  readonly #single = new Map<Address, FixedGroup>();
  readonly #wide = new Map<string, FixedPrefix>();

  constructor(settings: Pick<IgmpSettings, 'staticGroups' | 'joinGroups'>) {
    for (const { group: prefix, source } of settings.staticGroups) {
      const fixed = fixedBy('static', source);
      if (prefix.length === 32) this.#add(prefix.network, fixed);
      else {
        const key = `${prefix.network}/${prefix.length}`;
        this.#wide.set(key, { ...together(this.#wide.get(key), fixed), prefix });
      }
    }
    for (const { group, source } of settings.joinGroups) this.#add(group, fixedBy('join', source));
  }

  /** The groups that are named one by one. */
  get groups(): Iterable<Address> {
    return this.#single.keys();
  }

  /** Whether a group is named by itself. */
  names(group: Address): boolean {
    return this.#single.has(group);
  }

  get prefixes(): Iterable<FixedPrefix> {
    return this.#wide.values();
  }

  /** Everything that the settings say about a group. */
  of(group: Address): FixedGroup | undefined {
    let fixed = this.#single.get(group);
    for (const each of this.#wide.values()) if (contains(each.prefix, group)) fixed = together(fixed, each);
    return fixed;
  }

  forwards(group: Address, source: Address): boolean {
    if (isForwarding(this.#single.get(group), source)) return true;
    for (const each of this.#wide.values())
      if (contains(each.prefix, group) && isForwarding(each, source)) return true;
    return false;
  }

  /** The groups that two of them treat differently; undefined for more than can be named. */
  changedFrom(before: FixedGroups): readonly Address[] | undefined {
    const keys = new Set([...this.#wide.keys(), ...before.#wide.keys()]);
    for (const key of keys) if (isDifferent(this.#wide.get(key), before.#wide.get(key))) return undefined;
    const groups = new Set([...this.groups, ...before.groups]);
    const changed = [...groups].filter((each) =>
      isDifferent(this.#single.get(each), before.#single.get(each)),
    );
    return changed.length > MOST_NAMED ? undefined : changed;
  }

  #add(group: Address, fixed: FixedGroup): void {
    this.#single.set(group, together(this.#single.get(group), fixed));
  }
}

const fixedBy = (origin: FixedOrigin, source: Address | undefined): FixedGroup => ({
  isWhole: source === undefined,
  sources: new Set(source === undefined ? [] : [source]),
  origins: [origin],
});

const together = (one: FixedGroup | undefined, other: FixedGroup): FixedGroup => ({
  isWhole: one?.isWhole === true || other.isWhole,
  sources: new Set([...(one?.sources ?? []), ...other.sources]),
  origins: [...new Set([...(one?.origins ?? []), ...other.origins])],
});

/** Whether the settings ask for a source. */
export const isForwarding = (fixed: FixedGroup | undefined, source: Address): boolean =>
  fixed !== undefined && (fixed.isWhole || fixed.sources.has(source));

/** Whether some source is forwarded by only one of them. */
const isDifferent = (a: FixedGroup | undefined, b: FixedGroup | undefined): boolean => {
  if (a === undefined || b === undefined) return a !== b;
  if (a.isWhole || b.isWhole) return a.isWhole !== b.isWhole;
  return a.sources.size !== b.sources.size || [...a.sources].some((each) => !b.sources.has(each));
};
