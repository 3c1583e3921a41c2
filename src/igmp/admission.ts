import {
  type Address,
  contains,
  isMulticast,
  LIMITED_BROADCAST,
  type Prefix,
  UNSPECIFIED,
} from '../address.js';
import type { Instant } from '../time.js';
import type { RecordType } from './message.js';
import type { Refusal } from './refusal.js';
import type { IgmpSettings } from './settings.js';

/** A record as it came; its sources are read only where they matter. */
export interface ReceivedRecord {
  readonly type: RecordType;
  readonly group: Address;
  readonly sourceCount: number;
  sources(): Iterable<Address>;
}

export interface AdmissionSurroundings {
  /** A part of a message was not heeded, though the message was. */
  refused(refusal: Refusal, now: Instant): void;
}

/** Source: RFC 4607 §1. */
const SSM_RANGE: Prefix = { network: 0xe8000000, length: 8 };

/** What of a report may become a membership on one interface; decided before anything is remembered of it. */
export class Admission {
  readonly #around: AdmissionSurroundings;
  #settings: IgmpSettings;

  constructor(settings: IgmpSettings, around: AdmissionSurroundings) {
    this.#settings = settings;
    this.#around = around;
  }

  configure(settings: IgmpSettings): void {
    this.#settings = settings;
  }

  isSourceSpecific(group: Address): boolean {
    return contains(SSM_RANGE, group) || this.#settings.ssmRanges.some((each) => contains(each, group));
  }

  /** Why nothing that is said of a group counts. Source: RFC 4607 §5. */
  groupFault(group: Address, isAnySource: boolean): Refusal | undefined {
    if (!isMulticast(group)) return 'not-a-group';
    return isAnySource && this.isSourceSpecific(group) ? 'ssm-range' : undefined;
  }

  /** The sources of a record that a host can have. */
  sourcesOf(record: ReceivedRecord, now: Instant): Address[] {
    return [...record.sources()].filter((source) => {
      const isReal = source !== UNSPECIFIED && source !== LIMITED_BROADCAST && !isMulticast(source);
      if (!isReal) this.#around.refused('bad-record-source', now);
      return isReal;
    });
  }
}
