import { type Address, UNSPECIFIED } from '../address.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import type { Duration, Instant } from '../time.js';
import { messageIn } from './input.js';
import type { MemberSurroundings } from './member.js';
import { nameOf, type Version } from './message.js';
import type { IgmpCounters } from './refusal.js';
import {
  advertisementDatagram,
  isSpoken,
  leaveDatagram,
  olderReportDatagram,
  type QuerierVariables,
  type Query,
  queryDatagram,
  type ReportRecord,
  reportDatagrams,
  type Sender,
  sourcesIn,
  terminationDatagram,
} from './write.js';

/** Hands over a finished datagram, which leaves by the interface towards its destination. */
export type Send = (datagram: Uint8Array, destination: Address, now: Instant) => void;

/** Everything that IGMP on one interface sends: written, counted, under the interface's own address. */
export class Output implements Omit<MemberSurroundings, 'random'> {
  readonly #interface: Interface;
  readonly #counters: IgmpCounters;
  readonly #isUp: () => boolean;
  readonly #hand: Send;
  readonly #hasRouterAlert: () => boolean;

  /** Nothing is sent while it is not up. */
  constructor(
    on: Interface,
    counters: IgmpCounters,
    hasRouterAlert: () => boolean,
    isUp: () => boolean,
    hand: Send,
  ) {
    this.#isUp = isUp;
    this.#hasRouterAlert = hasRouterAlert;
    this.#interface = on;
    this.#counters = counters;
    this.#hand = hand;
  }

  /** UNSPECIFIED where the interface has none. */
  get address(): Address {
    return this.#interface.addresses[0]?.address ?? UNSPECIFIED;
  }

  get #sender(): Sender {
    return { address: this.address, hasRouterAlert: this.#hasRouterAlert() };
  }

  /**
   * Sends a query in as many messages as its sources take, and tells the sources of each.
   *
   * Nothing is sent where the version has no such query: a series may outlast the one that it began in.
   */
  sendQuery(
    version: Version,
    query: Query,
    variables: QuerierVariables,
    now: Instant,
    sent: (sources: readonly Address[]) => void,
  ): void {
    if (!isSpoken(version, query)) return;
    const most = sourcesIn(this.#interface.mtu);
    for (let at = 0; at === 0 || at < query.sources.length; at += most) {
      const sources = query.sources.slice(at, at + most);
      this.#send(queryDatagram(version, { ...query, sources }, variables, this.#sender), now);
      sent(sources);
    }
  }

  sendReport(records: readonly ReportRecord[], now: Instant): void {
    for (const each of reportDatagrams(records, this.#sender, this.#interface.mtu)) this.#send(each, now);
  }

  sendOlderReport(version: 1 | 2, group: Address, now: Instant): void {
    this.#send(olderReportDatagram(version, group, this.#sender), now);
  }

  sendLeave(group: Address, now: Instant): void {
    this.#send(leaveDatagram(group, this.#sender), now);
  }

  sendAdvertisement(interval: Duration, variables: QuerierVariables, now: Instant): void {
    this.#send(advertisementDatagram(interval, variables, this.#sender), now);
  }

  sendTermination(now: Instant): void {
    this.#send(terminationDatagram(this.#sender), now);
  }

  #send(datagram: Uint8Array, now: Instant): void {
    if (!this.#isUp()) return;
    this.#counters.sent[nameOf(messageIn(datagram))] += 1;
    this.#hand(datagram, ipv4.destination(datagram), now);
  }
}
