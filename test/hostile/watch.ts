import type { Hop } from '../../src/hop.js';
import type { Interface } from '../../src/interface.js';
import * as ipv4 from '../../src/ip/header.js';
import { validate } from '../../src/ip/header.js';
import type { Parcel } from '../../src/parcel.js';
import type { Router } from '../../src/router/router.js';
import type { Instant } from '../../src/time.js';
import { plain } from './guard.js';
import {
  insist,
  inspectForwarded,
  inspectOriginated,
  inspectVisit,
  isError,
  payloadOf,
  type Visit,
} from './visit.js';

/**
 * Looks over the shoulders of routers: what comes in, what goes out, and whether the book adds up.
 *
 * Throws `Broken` where one of them breaks a promise. Routers that are wired to each other are watched by one.
 */
export class Watch {
  /** Innermost last: links deliver at once, so one router's sending is another one's receiving. */
  readonly #visits: Visit[] = [];
  /** Datagrams and fragments that left any router. */
  inspected = 0;
  readonly #routers: Router[] = [];

  add(router: Router): void {
    this.#routers.push(router);
    const receive = router.receive.bind(router);
    const poll = router.poll.bind(router);
    const stop = router.stop.bind(router);
    replace(router, 'receive', (ingress: Interface, parcel: Parcel, now: Instant) =>
      this.#visit(router, parcel, () => receive(ingress, parcel, now)),
    );
    replace(router, 'poll', (now: Instant) => this.#visit(router, undefined, () => poll(now)));
    replace(router, 'stop', (now: Instant) => this.#visit(router, undefined, () => stop(now)));
    for (const each of router.interfaces) {
      const { wire } = each;
      replace(each, 'wire', {
        resolve: (nextHop: number) => {
          const hop = wire.resolve(nextHop);
          return hop && this.#watched(router, each, hop);
        },
      });
      const { refused } = each;
      each.refused = (...told) => {
        refused?.(...told);
        this.#lookAgain();
      };
    }
  }

  #watched(router: Router, egress: Interface, hop: Hop): Hop {
    return {
      take: (parcel, now) => {
        this.#inspect(router, egress, parcel);
        hop.take(parcel, now);
        this.#lookAgain();
      },
    };
  }

  /** Checks every book in full; call it between datagrams. */
  audit(): void {
    for (const router of this.#routers) {
      checkBook(router);
      const { received, dropped } = router.ledger;
      const inPackets = sumOf(router.interfaces, ({ counters }) => counters.inPackets);
      const inDiscards = sumOf(router.interfaces, ({ counters }) => counters.inDiscards);
      const refused = sumOf(router.interfaces, ({ counters }) => counters.refusedPackets);
      const byReason = sumOf(router.interfaces, ({ drops, refusals }) =>
        sumOf([...drops.values(), ...refusals.values()], (each) => each.packets),
      );
      insist(inPackets === received, `${router.name}: the interfaces took in what the router received`);
      insist(inDiscards === dropped, `${router.name}: the interfaces discarded what the router dropped`);
      insist(byReason === dropped + refused, `${router.name}: every drop has a reason`);
      for (const { counters, name } of router.interfaces)
        insist(counters.refusedPackets <= counters.handedPackets, `${name}: refused is what was handed over`);
    }
  }

  #visit(router: Router, parcel: Parcel | undefined, body: () => void): void {
    const { originated } = router.ledger;
    const visit: Visit = {
      router,
      original: parcel === undefined ? undefined : asItCame(plain(parcel.octets)),
      id: parcel?.id,
      originated,
      errors: 0,
      redirects: 0,
      answers: 0,
      errorOctets: 0,
      answerOctets: 0,
      forwardedOctets: 0,
    };
    this.#visits.push(visit);
    body();
    this.#visits.pop();
    inspectVisit(visit);
    // One that is still at work further out has not noted its datagram's fate yet.
    if (!this.#visits.some((each) => each.router === router)) checkBook(router);
  }

  #inspect(router: Router, egress: Interface, { id, octets: datagram }: Parcel): void {
    this.inspected += 1;
    insist(validate(datagram) === undefined, 'what leaves passes the gate', datagram);
    insist(ipv4.totalLength(datagram) === datagram.length, 'the total length is the length', datagram);
    insist(datagram.length <= egress.mtu, `what leaves fits into the MTU of ${egress.mtu}`, datagram);
    const visit = this.#visits.at(-1);
    insist(visit?.router === router, 'a router speaks only when it is its turn', datagram);

    const isNew = router.ledger.originated > visit.originated;
    // What is passed on keeps its number, and so do its fragments.
    if (id === visit.id) {
      inspectForwarded(visit, datagram);
      visit.forwardedOctets += payloadOf(datagram);
      return;
    }
    if (isNew) inspectOriginated(visit, datagram);
    if (ipv4.protocol(datagram) !== ipv4.PROTOCOL_ICMP) return;
    // A later fragment belongs to what its first one was.
    if (isNew ? isError(datagram) : visit.answers === 0) visit.errorOctets += payloadOf(datagram);
    else visit.answerOctets += payloadOf(datagram);
  }

  /** What others did meanwhile is not this visit's. */
  #lookAgain(): void {
    const visit = this.#visits.at(-1);
    if (visit === undefined) return;
    visit.originated = visit.router.ledger.originated;
  }
}

/** A copy, cut to its total length where it has one. */
const asItCame = (octets: Uint8Array): Uint8Array =>
  octets.slice(0, octets.length < 4 ? octets.length : ipv4.totalLength(octets));

const checkBook = ({ name, ledger }: Router): void => {
  const { received, forwarded, delivered, dropped, held } = ledger;
  insist(
    received === forwarded + delivered + dropped + held,
    `${name}: the book adds up: ${received} = ${forwarded} + ${delivered} + ${dropped} + ${held}`,
  );
};

const sumOf = <Item>(items: readonly Item[], amount: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

const replace = <Owner extends object, Key extends keyof Owner>(
  owner: Owner,
  key: Key,
  value: Owner[Key],
): void => {
  Object.defineProperty(owner, key, { value });
};
