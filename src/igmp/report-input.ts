import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Instant } from '../time.js';
import type { Memberships } from './membership/memberships.js';
import * as igmp from './message.js';
import type { Querier } from './querier.js';
import type { Refusal } from './refusal.js';

/** Counts what is not heeded, and says what a datagram is dropped for that holds nothing else. */
export type Refuse = (refusal: Refusal, from: Address, now: Instant, group?: Address) => DropReason;

/**
 * What hosts say of their memberships, of any version, handed to the memberships part by part.
 *
 * Source: RFC 9776 §6.4, §7.3.2.
 */
export class ReportInput {
  readonly #querier: Querier;
  readonly #memberships: Memberships;
  readonly #refuse: Refuse;

  constructor(querier: Querier, memberships: Memberships, refuse: Refuse) {
    this.#querier = querier;
    this.#memberships = memberships;
    this.#refuse = refuse;
  }

  /** Takes a report or a leave that `inputFault` found nothing wrong with; a reason where nothing of it counts. */
  receive(message: Uint8Array, reporter: Address, now: Instant): DropReason | undefined {
    if (igmp.type(message) === igmp.V3_REPORT) return this.#receiveReport(message, reporter, now);
    const refusal = this.#receiveOlder(message, reporter, now);
    return refusal === undefined ? undefined : this.#refuse(refusal, reporter, now, igmp.group(message));
  }

  /** Records are taken in order, each by itself; the report is ignored only where all of them are. */
  #receiveReport(report: Uint8Array, reporter: Address, now: Instant): DropReason | undefined {
    if (this.#querier.settings.version < 3) return this.#refuse('wrong-version', reporter, now);
    let refused = 0;
    let reason: DropReason | undefined;
    for (const at of igmp.recordOffsets(report)) {
      const refusal = this.#receiveRecord(report, at, reporter, now);
      if (refusal === undefined) continue;
      refused += 1;
      reason = this.#refuse(refusal, reporter, now, igmp.recordGroup(report, at));
    }
    return refused === igmp.recordCount(report) ? reason : undefined;
  }

  #receiveRecord(report: Uint8Array, at: number, reporter: Address, now: Instant): Refusal | undefined {
    const type = igmp.recordType(report, at);
    if (type === undefined) return 'unknown-record';
    const record = {
      type,
      group: igmp.recordGroup(report, at),
      sourceCount: igmp.recordSourceCount(report, at),
      sources: () => igmp.recordSources(report, at),
    };
    return this.#memberships.report(record, reporter, now);
  }

  #receiveOlder(message: Uint8Array, reporter: Address, now: Instant): Refusal | undefined {
    const group = igmp.group(message);
    switch (igmp.type(message)) {
      case igmp.V1_REPORT:
        return this.#memberships.olderReport(1, group, reporter, now);
      case igmp.V2_REPORT:
        return this.#memberships.olderReport(2, group, reporter, now);
      default:
        if (this.#querier.version(now) === 1) return 'wrong-version';
        if (this.#querier.state !== 'querier') return 'not-querier';
        return this.#memberships.leave(group, reporter, now);
    }
  }
}
