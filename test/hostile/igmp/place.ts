import type { Prefix } from '../../../src/address.js';
import { formatAddress, isMulticast } from '../../../src/address.js';
import type { DropReason } from '../../../src/drop-reason.js';
import type { Observer } from '../../../src/event.js';
import type { Hop } from '../../../src/hop.js';
import type { IgmpInterface } from '../../../src/igmp/igmp-interface.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../../src/igmp/settings.js';
import type { Interface } from '../../../src/interface.js';
import * as ipv4 from '../../../src/ip/header.js';
import { DEFAULT_MULTICAST } from '../../../src/ip/multicast-settings.js';
import { parcelOf } from '../../../src/parcel.js';
import type { Random } from '../../../src/random.js';
import type { Router } from '../../../src/router/router.js';
import { type Instant, START } from '../../../src/time.js';
import { boundless } from '../../igmp/bench.js';
import { routerOf, testInterface } from '../../support/router.js';
import { insist } from '../visit.js';
import { type Handed, insistOnCounters, insistOnSent } from './laws.js';
import { GoodMember, type Wish } from './member.js';
import type { Universe } from './messages.js';

/** Somebody who wants all of a group, and somebody who wants one source of another. */
export const WISHES: readonly Wish[] = [
  { group: 0xef01_0101, source: undefined },
  { group: 0xef01_0202, source: 0xc633_6463 },
];
/** What a stream that is wanted is sent from. */
export const STREAM_SOURCE = 0xc633_6463;

export interface PlaceOptions {
  readonly name: string;
  /** As `192.0.2.9/24`; without one the interface has no address. */
  readonly address?: string;
  readonly isUpstream?: boolean;
  readonly settings?: Partial<IgmpSettings>;
  /** Groups that stop here. */
  readonly boundary?: readonly Prefix[];
  /** What members on the link want, who must never lose it. */
  readonly wishes: readonly Wish[];
}

/** An interface with IGMP, its link with a good member on it, and a watch over all that is said there. */
export class Place {
  readonly name: string;
  readonly universe: Universe;
  readonly #interface: Interface;
  readonly #own: number;
  readonly #handed: Handed = { heeded: 0, unheeded: new Map() };
  readonly #router: Router;
  readonly igmp: IgmpInterface;
  readonly member: GoodMember;
  /** IGMP messages that the router sent here. */
  sent = 0;
  /** Datagrams of the wanted stream that were forwarded to here. */
  streamed = 0;
  now = START;

  constructor(router: Router, on: Interface, { wishes }: PlaceOptions, random: Random) {
    this.name = on.name;
    this.#router = router;
    this.#interface = on;
    this.#own = on.addresses[0]?.address ?? 0;
    this.igmp = router.igmp.get(on)!;
    const network = on.addresses[0]?.prefix.network ?? 0x0a09_0000;
    this.universe = {
      router: this.#own,
      network,
      hosts: 250,
      groups: [...WISHES.map(({ group }) => group), 0xef01_0303, 0xe801_0101],
      sources: [STREAM_SOURCE, 0xc633_6401, 0xc633_6402],
    };
    this.member = new GoodMember(random, network + 200, wishes, this.igmp.settings.version, (said) =>
      this.forge(said),
    );
    this.#watch();
  }

  /** What somebody on the link sends: the router takes it in, and who is on the link hears it as well. */
  forge(octets: Uint8Array): void {
    this.#router.receive(this.#interface, parcelOf(octets.slice()), this.now);
    if (octets.length >= 20 && ipv4.destination(octets) >>> 28 === 14) this.member.hear(octets, this.now);
  }

  /** Nobody who answers loses anything. */
  insistOnStreams(): void {
    for (const { group, source } of this.member.wishes)
      insist(
        this.igmp.forwards(group, source ?? STREAM_SOURCE),
        `${this.name}: the stream to ${formatAddress(group)} goes on`,
      );
  }

  insistOnCounters(): void {
    insistOnCounters(this.igmp.counters, this.#handed);
    const said = Object.values(this.igmp.counters.sent).reduce((total, each) => total + each, 0);
    insist(said === this.sent, `${this.name}: ${said} messages counted, ${this.sent} sent`);
    for (const [reason, count] of this.#handed.unheeded)
      insist(
        (this.#interface.drops.get(reason)?.packets ?? 0) === count,
        `${this.name}: ${count} dropped as ${reason}`,
      );
  }

  get handed(): number {
    return [...this.#handed.unheeded.values()].reduce((total, each) => total + each, this.#handed.heeded);
  }

  setUp(isUp: boolean): void {
    this.#interface.up = isUp;
    this.#router.routesChanged(this.now);
    if (isUp) this.member.join();
  }

  #watch(): void {
    const receive = this.igmp.receive.bind(this.igmp);
    const unheeded = this.#handed.unheeded as Map<DropReason, number>;
    Object.defineProperty(this.igmp, 'receive', {
      value: (datagram: Uint8Array, now: Instant) => {
        const reason = receive(datagram, now);
        if (typeof reason === 'object') throw new Error('a report was not taken whole');
        if (reason === undefined) this.#handed.heeded += 1;
        else unheeded.set(reason, (unheeded.get(reason) ?? 0) + 1);
        return reason;
      },
    });
    const hop: Hop = { take: ({ octets }) => this.#heard(octets) };
    this.#interface.wire = { resolve: () => hop };
  }

  #heard(datagram: Uint8Array): void {
    // What goes to one host was only passed on.
    const isOwn = ipv4.protocol(datagram) === ipv4.PROTOCOL_IGMP && isMulticast(ipv4.destination(datagram));
    if (!isOwn && ipv4.source(datagram) === STREAM_SOURCE) this.streamed += 1;
    if (!isOwn) return;
    this.sent += 1;
    insistOnSent(datagram, this.#own, this.#interface.mtu);
    this.member.hear(datagram, this.now);
  }
}

/** A router with so many places; whose stream ends is told by `observer` first. */
export const routerWith = (
  options: readonly PlaceOptions[],
  random: Random,
  observer: Observer,
): { readonly router: Router; readonly places: readonly Place[] } => {
  const interfaces = options.map(({ name, address, boundary = [] }, at) =>
    testInterface(name, address === undefined ? [] : [address], {
      index: at + 1,
      up: false,
      scope: { boundary, ttlThreshold: 1, ttl: undefined },
    }),
  );
  const igmp = options.map(({ settings }, at): [Interface, IgmpSettings] => [
    interfaces[at]!,
    { ...DEFAULT_IGMP_SETTINGS, ...settings },
  ]);
  const upstream = interfaces[options.findIndex(({ isUpstream }) => isUpstream)];
  const router = routerOf(
    {
      interfaces,
      igmp: new Map(igmp),
      multicast: { ...DEFAULT_MULTICAST, reversePath: 'off', upstream },
    },
    { random, observer, work: boundless() },
  );
  const places = options.map((each, at) => new Place(router, interfaces[at]!, each, random));
  for (const each of places) each.setUp(true);
  return { router, places };
};
