import {
  type Address,
  contains,
  isLinkLocalMulticast,
  isMulticast,
  LIMITED_BROADCAST,
  type Prefix,
  UNSPECIFIED,
} from '../../address.js';
import { isBeyond, type MulticastScope } from '../../interface.js';
import type { Instant } from '../../time.js';
import type { RecordType } from '../message.js';
import type { Refusal } from '../refusal.js';
import type { IgmpSettings } from '../settings.js';
import { GroupAccess } from './group-access.js';

/** A record as it came; its sources are read only where they matter. */
export interface ReceivedRecord {
  readonly type: RecordType;
  readonly group: Address;
  readonly sourceCount: number;
  sources(): Iterable<Address>;
}

export interface AdmissionSurroundings {
  readonly scope: MulticastScope;
  /** A part of a message was not heeded, though the message was. */
  refused(refusal: Refusal, reporter: Address, now: Instant, group: Address): void;
}

/** Source: RFC 4607 §1. */
const SSM_RANGE: Prefix = { network: 0xe8000000, length: 8 };

/** What of a report may become a membership on one interface; decided before anything is remembered of it. */
export class Admission {
  readonly #around: AdmissionSurroundings;
  #settings: IgmpSettings;
  #access: GroupAccess;

  constructor(settings: IgmpSettings, around: AdmissionSurroundings) {
    this.#settings = settings;
    this.#access = new GroupAccess(settings);
    this.#around = around;
  }

  /** Memberships that there are stay until nobody reports them. */
  configure(settings: IgmpSettings): void {
    this.#settings = settings;
    this.#access = new GroupAccess(settings);
  }

  isSourceSpecific(group: Address): boolean {
    return contains(SSM_RANGE, group) || this.#settings.ssmRanges.some((each) => contains(each, group));
  }

  /** Which sources of a group hosts may ask for, as a test. */
  acceptingSource(group: Address): (source: Address) => boolean {
    return this.#access.acceptingSource(group);
  }

  /** Why nothing that is said of a group counts. Source: RFC 4607 §5, RFC 2365 §5. */
  groupFault(group: Address, isAnySource: boolean): Refusal | undefined {
    if (!isMulticast(group)) return 'not-a-group';
    if (isAnySource && this.isSourceSpecific(group)) return 'ssm-range';
    // Nobody forwards those, and hosts report them all the time: nothing to tell.
    if (isLinkLocalMulticast(group)) return undefined;
    if (isBeyond(this.#around.scope, group)) return 'boundary';
    const isAccepted = isAnySource ? this.#access.acceptsWhole(group) : this.#access.acceptsSome(group);
    return isAccepted ? undefined : 'denied';
  }

  /**
   * The sources that a record names and that count; undefined where it names some and nothing counts.
   *
   * Of a group that is known, a TO_IN counts even where none of its sources is accepted: it says that nothing else is
   * wanted any more.
   */
  sourcesOf(
    record: ReceivedRecord,
    isKnown: boolean,
    reporter: Address,
    now: Instant,
  ): ReadonlySet<Address> | undefined {
    const real = [...record.sources()].filter((source) => {
      const isReal = source !== UNSPECIFIED && source !== LIMITED_BROADCAST && !isMulticast(source);
      if (!isReal) this.#around.refused('bad-record-source', reporter, now, record.group);
      return isReal;
    });
    // What a host does not want it may always say.
    if (!WANTING.has(record.type)) return new Set(real);
    const accepted = real.filter(this.#access.acceptingSource(record.group));
    const isLeave = isKnown && record.type === 'to-in';
    if (accepted.length === 0 && real.length > 0 && !isLeave) return undefined;
    for (let left = real.length - accepted.length; left > 0; left -= 1)
      this.#around.refused('denied', reporter, now, record.group);
    return new Set(accepted);
  }
}

/** Records whose sources are wanted. */
const WANTING: ReadonlySet<RecordType> = new Set(['is-in', 'to-in', 'allow']);
