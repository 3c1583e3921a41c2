import * as igmp from '../../../src/igmp/message.js';
import { olderReportDatagram, type ReportRecord, reportDatagrams } from '../../../src/igmp/write.js';
import * as ipv4 from '../../../src/ip/header.js';
import { validate } from '../../../src/ip/header.js';
import { type Random, randomBelow } from '../../../src/random.js';
import { after, type Instant, milliseconds, NEVER } from '../../../src/time.js';
import { senderAt } from './sender.js';

/** What a member wants of a group: all, or one source. */
export interface Wish {
  readonly group: number;
  readonly source: number | undefined;
}

/**
 * A host as well behaved as they come: it answers each query that it hears, in the version of that query, at a
 * moment within the time that the query gives.
 */
export class GoodMember {
  readonly #random: Random;
  readonly #address: number;
  readonly #highest: igmp.Version;
  readonly #say: (datagram: Uint8Array) => void;
  readonly wishes: readonly Wish[];
  readonly #answers = new Map<Wish, { at: Instant; version: igmp.Version }>();

  /** `highest` is the version that it speaks where nobody asks for an older one. */
  constructor(
    random: Random,
    address: number,
    wishes: readonly Wish[],
    highest: igmp.Version,
    say: (datagram: Uint8Array) => void,
  ) {
    this.#random = random;
    this.#address = address;
    this.wishes = wishes;
    this.#highest = highest;
    this.#say = say;
  }

  join(): void {
    for (const wish of this.wishes)
      this.#report(wish, this.#highest, wish.source === undefined ? 'to-ex' : 'allow');
  }

  /** Takes what is sent to a group on its link. */
  hear(datagram: Uint8Array, now: Instant): void {
    if (validate(datagram) !== undefined || ipv4.protocol(datagram) !== ipv4.PROTOCOL_IGMP) return;
    if (ipv4.isFragment(datagram)) return;
    const query = datagram.subarray(ipv4.headerLength(datagram), ipv4.totalLength(datagram));
    if (igmp.validate(query) !== undefined || igmp.type(query) !== igmp.MEMBERSHIP_QUERY) return;
    const version = Math.min(igmp.queryVersion(query), this.#highest) as igmp.Version;
    for (const wish of this.wishes) {
      if (!igmp.isGeneralQuery(query) && igmp.group(query) !== wish.group) continue;
      const at = after(now, milliseconds(randomBelow(this.#random, igmp.maxResponse(query))));
      const pending = this.#answers.get(wish);
      if (pending === undefined || at < pending.at) this.#answers.set(wish, { at, version });
    }
  }

  nextAnswer(): Instant {
    return Math.min(NEVER, ...[...this.#answers.values()].map(({ at }) => at)) as Instant;
  }

  /** Says what is due. */
  poll(now: Instant): void {
    for (const [wish, { at, version }] of this.#answers) {
      if (at > now) continue;
      this.#answers.delete(wish);
      this.#report(wish, version, wish.source === undefined ? 'is-ex' : 'is-in');
    }
  }

  #report({ group, source }: Wish, version: igmp.Version, type: igmp.RecordType): void {
    if (version < 3)
      return this.#say(olderReportDatagram(version === 1 ? 1 : 2, group, senderAt(this.#address)));
    const record: ReportRecord = { type, group, sources: source === undefined ? [] : [source] };
    for (const each of reportDatagrams([record], senderAt(this.#address), 1500)) this.#say(each);
  }
}
