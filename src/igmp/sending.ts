import type { Address } from '../address.js';
import * as ipv4 from '../ip/header.js';
import type { Instant } from '../time.js';
import { messageIn } from './admission.js';
import type { IgmpEnvironment } from './environment.js';
import * as igmp from './message.js';
import { ADVERTISEMENT_INTERVAL } from './multicast-router-discovery.js';
import type { IgmpCounters } from './refusal.js';
import {
  advertisementDatagram,
  leaveDatagram,
  type MessageSender,
  olderReportDatagram,
  type QuerierVariables,
  type Query,
  queriesIn,
  queryDatagram,
  type ReportRecord,
  reportDatagrams,
  terminationDatagram,
} from './write.js';

/** Makes the messages of one interface, counts them, and sends them while it is up. */
export class Sending {
  readonly #environment: IgmpEnvironment;
  readonly #counters: IgmpCounters;
  readonly #sender: () => MessageSender;
  isUp = false;

  /** `sender` is asked before each message. */
  constructor(environment: IgmpEnvironment, counters: IgmpCounters, sender: () => MessageSender) {
    this.#environment = environment;
    this.#counters = counters;
    this.#sender = sender;
  }

  /** Sends a query, in several if its sources do not fit into one; returns these. */
  query(version: igmp.Version, query: Query, variables: QuerierVariables, now: Instant): readonly Query[] {
    const queries = queriesIn(query, this.#environment.interface.mtu);
    for (const each of queries) this.#send(queryDatagram(version, each, variables, this.#sender()), now);
    return queries;
  }

  report(records: readonly ReportRecord[], now: Instant): void {
    const { mtu } = this.#environment.interface;
    for (const each of reportDatagrams(records, this.#sender(), mtu)) this.#send(each, now);
  }

  olderReport(version: igmp.OlderVersion, group: Address, now: Instant): void {
    this.#send(olderReportDatagram(version, group, this.#sender()), now);
  }

  leave(group: Address, now: Instant): void {
    this.#send(leaveDatagram(group, this.#sender()), now);
  }

  advertisement(variables: QuerierVariables, now: Instant): void {
    this.#send(advertisementDatagram(ADVERTISEMENT_INTERVAL, variables, this.#sender()), now);
  }

  termination(now: Instant): void {
    this.#send(terminationDatagram(this.#sender()), now);
  }

  /** Each copy that the link makes of it is work, and so are its octets, where they are many. */
  #send(datagram: Uint8Array, now: Instant): void {
    if (!this.isUp) return;
    const { interface: egress, work } = this.#environment;
    this.#counters.sent[igmp.nameOf(messageIn(datagram))] += 1;
    work.spend((egress.wire.audience?.() ?? 1) + Math.floor(datagram.length / OCTETS_IN_UNIT), now);
    this.#environment.send(datagram, ipv4.destination(datagram), now);
  }
}

/** So many octets of a datagram are as much work as a copy of it. */
const OCTETS_IN_UNIT = 64;
