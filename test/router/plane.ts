import { formatAddress, prefixOf } from '../../src/address.js';
import { Book } from '../../src/book.js';
import type { DropReason } from '../../src/drop-reason.js';
import { NOBODY } from '../../src/event.js';
import * as igmp from '../../src/igmp/message.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import * as ipv4 from '../../src/ip/header.js';
import { DEFAULT_MULTICAST, type MulticastSettings } from '../../src/ip/multicast-settings.js';
import { parcelOf } from '../../src/parcel.js';
import { seededRandom } from '../../src/random.js';
import { MulticastPlane } from '../../src/router/multicast-plane.js';
import { type Instant, instant, START } from '../../src/time.js';
import { G, report, S1 } from '../igmp/bench.js';
import { datagram, ip } from '../support/datagram.js';
import { type TestInterface, testInterface } from '../support/router.js';

type Some = Partial<IgmpSettings>;
interface Fields {
  /** IGMP runs on red and blue, on red unless told; gray never has it. */
  readonly red?: Some | 'off';
  readonly blue?: Some;
  readonly multicast?: Partial<MulticastSettings>;
  /** Whether `up` leads upstream. */
  readonly isProxy?: boolean;
}

export const OTHER = '239.5.5.5';
export const fixed = (group: string) => ({
  staticGroups: [{ group: prefixOf(ip(group), 32), source: undefined }],
});

/** The multicast side of a router in virtual time. */
export class Plane {
  readonly red = testInterface('red', ['192.0.2.5/24'], { index: 1 });
  readonly blue = testInterface('blue', ['192.0.3.5/24'], { index: 2 });
  readonly up = testInterface('up', ['192.0.4.5/24'], { index: 3 });
  readonly gray = testInterface('gray', ['192.0.5.5/24'], { index: 4 });
  readonly plane: MulticastPlane;
  /** When, by which interface, what. */
  readonly sent: (readonly [at: number, by: string, what: string])[] = [];
  /** Whether the way back to any source is the one by which it comes in. */
  leads = true;
  now = START;

  constructor(fields: Fields = {}) {
    this.plane = new MulticastPlane(this.plan(fields), {
      random: seededRandom(1),
      observer: NOBODY,
      book: new Book(NOBODY),
      work: new Work(),
      routing: { leadsTo: () => this.leads },
      send: (datagram, { name }, _, at) => {
        const message = datagram.subarray(ipv4.headerLength(datagram));
        const records =
          igmp.type(message) === igmp.V3_REPORT
            ? [...igmp.recordOffsets(message)].map((each) => formatAddress(igmp.recordGroup(message, each)))
            : [];
        this.sent.push([at, name.slice(3), [igmp.nameOf(message), ...records].join(' ')]);
      },
    });
  }

  plan({ red = {}, blue = {}, multicast = {}, isProxy = false }: Fields) {
    const settings = new Map<TestInterface, IgmpSettings>();
    if (red !== 'off') settings.set(this.red, { ...DEFAULT_IGMP_SETTINGS, ...red });
    settings.set(this.blue, { ...DEFAULT_IGMP_SETTINGS, ...blue });
    return {
      interfaces: [this.red, this.blue, this.up, this.gray],
      igmp: settings,
      multicast: { ...DEFAULT_MULTICAST, upstream: isProxy ? this.up : undefined, ...multicast },
    };
  }

  begin(): this {
    this.plane.interfacesChanged(this.now);
    return this.after(100);
  }

  after(wait: number): this {
    this.now = polled(this.plane, this.now, wait);
    return this;
  }

  /** Has an interface take an IGMP datagram; returns the reason if it is dropped. */
  receive(octets: Uint8Array, on: TestInterface): DropReason | undefined {
    const before = new Map([...on.drops].map(([reason, { packets }]) => [reason, packets]));
    this.plane.receive(octets, on, this.now);
    return [...on.drops].find(([reason, { packets }]) => packets !== (before.get(reason) ?? 0))?.[0];
  }

  join(onto: (plane: Plane) => TestInterface, group = G): this {
    const on = onto(this);
    const [, , net] = formatAddress(on.addresses[0]!.address).split('.');
    this.plane.receive(report([['to-ex', group]], { source: `192.0.${net}.10` }), on, this.now);
    return this.after(2000);
  }

  /** Where datagrams to a group go that come in by an interface, and one goes. */
  out(from: TestInterface, group = G): string[] {
    const { forwarding } = this.plane;
    const route = forwarding.routeFor(ip(S1), ip(group), from);
    const { outgoing, reason } = route;
    const octets = datagram({ source: S1, destination: group });
    forwarding.record(route, parcelOf(octets), { reason, withheld: [], ttl: 63 });
    return outgoing.map(({ name }) => name.slice(3));
  }

  /** The groups that upstream has been told of. */
  get wanted(): string[] {
    const memberships = this.plane.igmp.get(this.up)?.member.memberships.keys() ?? [];
    return [...memberships].map((each) => formatAddress(each));
  }
}

/** Has a multicast side do what is due for so many milliseconds; returns when that is over. */
export const polled = (plane: MulticastPlane, from: Instant, wait: number): Instant => {
  const end = instant(from + wait);
  for (let next = plane.nextDeadline(); next <= end; next = plane.nextDeadline()) plane.poll(next);
  return end;
};
