import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import { Book } from '../../src/book.js';
import type { DropReason } from '../../src/drop-reason.js';
import type { Event } from '../../src/event.js';
import { UNIMPAIRED } from '../../src/impairments.js';
import { type Attachment, HostAttachment } from '../../src/link/attachments.js';
import { Link, type Receiver } from '../../src/link/link.js';
import { Transit } from '../../src/link/transit.js';
import { parcelOf } from '../../src/parcel.js';
import { duration, instant } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import {
  BEYOND,
  Description,
  EVERYBODY,
  HOSTS,
  NAMES,
  RESERVED,
  ROUTERS,
  type Somebody,
  SUBNET,
  UNOWNED,
  VIRTUAL,
} from './link-description.js';

/** A link with the same attachments, which note what they get. */
class Real {
  readonly transit = new Transit(() => 0.5);
  readonly got: string[] = [];
  readonly lost: DropReason[] = [];
  readonly told: string[] = [];
  readonly link: Link;
  readonly attachments = new Map<string, Attachment & { isUp: boolean }>();
  now = instant(0);
  readonly #plan = { name: 'red', mtu: 1500, prefixes: [prefixOf(ip('192.0.2.0'), 24)] };
  isImpaired = false;

  constructor() {
    const observer = { wants: () => true, notify: (event: Event) => this.#note(event) };
    this.link = new Link(
      { ...this.#plan, impairments: { ...UNIMPAIRED, from: new Map() } },
      {
        ...{ book: new Book(observer), observer, transit: this.transit },
        allocate: (length) => new Uint8Array(length),
      },
    );
    for (const [name, address] of Object.entries(HOSTS)) {
      const host = new HostAttachment(name, 'red', [ip(address)]);
      host.connect({ isUp: () => true, take: () => void this.got.push(name) });
      this.attachments.set(name, host);
    }
    for (const [name, address] of Object.entries(ROUTERS))
      this.attachments.set(name, {
        ...{ name: `${name}.red`, kind: 'router', owner: name, addresses: [ip(address)], isUp: true },
        hop: { take: () => void this.got.push(name) },
        linkChanged: () => {},
        neighborChanged: () => {},
      });
  }

  named(name: string): Attachment & { isUp: boolean } {
    return this.attachments.get(name)!;
  }

  impair(): void {
    this.isImpaired = !this.isImpaired;
    const delay = this.isImpaired ? duration(1) : undefined;
    this.link.apply(
      { ...this.#plan, impairments: { ...UNIMPAIRED, delay, from: new Map() } },
      false,
      this.now,
    );
  }

  /** Has what is on its way arrive, of which nothing has yet where there is a delay. */
  settle(): void {
    if (this.isImpaired) expect(this.got).toEqual([]);
    this.now = instant(this.now + 10);
    this.transit.poll(this.now);
  }

  #note(event: Event): void {
    if (event.type === 'drop') this.lost.push(event.reason);
    if (event.type === 'link') this.told.push(event.detail ?? '');
  }
}

const octetsOf = (source: string, destination: string) => datagram({ source, destination });
const named = (receiver: Receiver | Somebody | undefined): string =>
  typeof receiver === 'string' ? receiver : (receiver?.name.replace('.red', '') ?? 'nobody');

describe('a link, whoever comes, goes, loses an address or is cut off', () => {
  const host = fc.constantFrom(...Object.keys(HOSTS));
  const anybody = fc.constantFrom(...NAMES);
  const own = Object.values({ ...HOSTS, ...ROUTERS });
  const address = fc.constantFrom(...own, VIRTUAL, UNOWNED, BEYOND, ...EVERYBODY, RESERVED);
  const source = fc.constantFrom(...own, VIRTUAL, VIRTUAL, BEYOND, SUBNET);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ host, source, destination: address }) },
    { weight: 2, arbitrary: fc.record({ router: fc.constantFrom('r1', 'r2'), nextHop: address }) },
    { weight: 1, arbitrary: fc.record({ toggled: anybody }) },
    { weight: 1, arbitrary: fc.constantFrom('cut' as const, 'impair' as const) },
    { weight: 1, arbitrary: fc.record({ forgotten: host }) },
    {
      weight: 2,
      arbitrary: fc.record({
        assigned: fc.subarray([...Object.values(HOSTS), VIRTUAL, BEYOND], { minLength: 3 }),
        to: host,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        attached: fc.subarray(NAMES, { minLength: 2 }),
        gateway: fc.option(fc.nat(), { nil: undefined }),
      }),
    },
  );

  const expectSame = ({ link, attachments }: Real, description: Description): void => {
    const table = [...link.neighbors].map(({ address: each, owner, state }) => [each, owner.owner, state]);
    const wanted = [...description.owners].map(([each, { owner, isLearned }]) => [
      ip(each),
      owner.name,
      isLearned ? 'learned' : 'static',
    ]);
    expect(new Set(table.map(String))).toEqual(new Set(wanted.map(String)));
    for (const [name, attachment] of attachments) {
      const listeners = description.listenersBeside(description.named(name));
      expect(link.listenersBeside(attachment).map(({ owner }) => owner)).toEqual(
        listeners.map((each) => each.name),
      );
      expect(link.hasListenerBeside(attachment)).toBe(description.isUp && listeners.length > 0);
    }
  };

  it('delivers to the owner of an address, to everybody, or to the gateway, and foresees it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [real, description] = [new Real(), new Description()];
        const { link } = real;
        const attach = (names: readonly string[], gateway: string | undefined): void => {
          description.attach(names, gateway);
          link.attachAll(
            names.map((name) => real.named(name)),
            gateway === undefined ? undefined : real.named(gateway),
          );
        };
        attach(NAMES, 'r1');
        for (const each of steps) {
          real.got.length = 0;
          real.lost.length = 0;
          if (each === 'cut') {
            description.isUp = !description.isUp;
            link.setUp(description.isUp, real.now);
          } else if (each === 'impair') real.impair();
          else if ('toggled' in each) {
            const somebody = description.named(each.toggled);
            somebody.isUp = !somebody.isUp;
            real.named(each.toggled).isUp = somebody.isUp;
          } else if ('forgotten' in each) {
            description.forget(description.named(each.forgotten));
            link.forget(real.named(each.forgotten), real.now);
          } else if ('attached' in each) {
            const { attached, gateway } = each;
            attach(attached, gateway === undefined ? undefined : attached[gateway % attached.length]);
          } else if ('assigned' in each) {
            if (!description.present.some(({ name }) => name === each.to)) continue;
            description.assign(description.named(each.to), each.assigned);
            const addresses = new Set<Address>(each.assigned.map(ip));
            link.addressesChanged(real.named(each.to) as HostAttachment, addresses, real.now);
          } else if ('router' in each) {
            const [router, sender] = [real.named(each.router), description.named(each.router)];
            if (!description.present.includes(sender)) continue;
            const isToAll = EVERYBODY.includes(each.nextHop);
            const wanted = description.ownerOf(each.nextHop, sender);
            const receiver = link.receiverAt(ip(each.nextHop), router);
            const nobody = isToAll ? (description.isUp ? 'everybody' : 'link-down') : 'host-unreachable';
            expect(named(receiver)).toBe(wanted?.name ?? nobody);
            const hop = link.wireOf(router).resolve(ip(each.nextHop));
            expect(hop === undefined).toBe(!isToAll && wanted === undefined);
            const refused = (reason: DropReason): void => void real.lost.push(reason);
            hop?.take(parcelOf(octetsOf('192.0.2.1', each.nextHop), 1, refused), real.now);
            real.settle();
            const all = description.isUp ? description.listenersBeside(sender) : [];
            expect(real.got).toEqual(isToAll ? all.map(({ name }) => name) : wanted ? [wanted.name] : []);
            expect(real.lost).toEqual(isToAll && !description.isUp ? ['link-down'] : []);
          } else {
            const [sender, by] = [real.named(each.host), description.named(each.host)];
            if (!description.present.includes(by)) continue;
            const octets = octetsOf(each.source, each.destination);
            const foreseen = link.receiverOf(sender, octets, real.now);
            const wanted = description.send(by, each.source, each.destination);
            // An address that moves by being sent from may be the one that it is sent to.
            if (each.source !== each.destination) expect(named(foreseen)).toBe(named(wanted));
            link.entranceOf(sender).take(parcelOf(octets), real.now);
            real.settle();
            const listeners = description.listenersBeside(by).map(({ name }) => name);
            if (wanted === 'everybody') expect(real.got).toEqual(listeners);
            else if (typeof wanted === 'string') expect(real.lost).toEqual([wanted]);
            // A gateway may be down; it is its device that refuses then.
            else if ((wanted as Somebody).isUp) expect(real.got).toEqual([wanted.name]);
          }
          expectSame(real, description);
        }
      }),
      { numRuns: 100 },
    );
  });
});
