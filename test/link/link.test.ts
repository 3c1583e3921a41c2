import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import { Book } from '../../src/book.js';
import { type Event, NOBODY } from '../../src/event.js';
import type { Hop } from '../../src/hop.js';
import { UNIMPAIRED } from '../../src/impairments.js';
import { type Attachment, HostAttachment } from '../../src/link/attachments.js';
import type { LinkPlan } from '../../src/link/environment.js';
import { Link } from '../../src/link/link.js';
import { Neighbors } from '../../src/link/neighbors.js';
import { Transit } from '../../src/link/transit.js';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';

interface Recorder extends Attachment {
  readonly received: Uint8Array[];
  readonly learned: Address[];
  isUp: boolean;
}

const attachment = (kind: 'host' | 'router', name: string, ...addresses: string[]): Recorder => {
  const received: Uint8Array[] = [];
  const learned: Address[] = [];
  const made: Recorder = {
    kind,
    name,
    owner: name,
    addresses: addresses.map(ip),
    hop: { take: ({ octets }) => void received.push(octets) },
    isUp: true,
    received,
    learned,
    linkChanged: () => {},
    neighborChanged: (address) => void learned.push(address),
  };
  return made;
};

const PLAN = {
  name: 'red',
  mtu: 1500,
  prefixes: [prefixOf(ip('192.0.2.0'), 24)],
  impairments: { ...UNIMPAIRED, from: new Map() },
};

const linkOf = (plan: LinkPlan, observer = NOBODY): Link =>
  new Link(plan, {
    book: new Book(observer),
    observer,
    transit: new Transit(() => 0.5),
    allocate: (length) => new Uint8Array(length),
  });

const wired = (observer = NOBODY) => {
  const link = linkOf(PLAN, observer);
  const alice = attachment('host', 'alice', '192.0.2.10');
  const carol = attachment('host', 'carol', '192.0.2.20');
  const gateway = attachment('router', 'r1.red', '192.0.2.1');
  const other = attachment('router', 'r2.red', '192.0.2.2');
  link.attachAll([alice, carol, other, gateway], gateway);
  const counts = () => [alice, carol, gateway, other].map((each) => each.received.length);
  const send = (host: Recorder, octets: Uint8Array) => link.entranceOf(host).take(parcelOf(octets), START);
  return { link, alice, carol, gateway, other, counts, send };
};

const from = (source: string, destination: string) => datagram({ source, destination });

describe('a link', () => {
  it('takes what a host sends to an address on the link to its owner', () => {
    const { alice, counts, send } = wired();
    send(alice, from('192.0.2.10', '192.0.2.20'));
    send(alice, from('192.0.2.10', '192.0.2.2'));
    expect(counts()).toEqual([0, 1, 0, 1]);
  });

  it('takes to the gateway what leaves the link, what nobody owns, and what cannot be read', () => {
    const { alice, gateway, send } = wired();
    send(alice, from('192.0.2.10', '198.51.100.10'));
    send(alice, from('192.0.2.10', '192.0.2.99'));
    send(alice, Uint8Array.of(0x60, 0, 0));
    expect(gateway.received).toHaveLength(3);
  });

  it('takes groups and broadcasts to everybody else, and gives each router octets of its own', () => {
    const { alice, carol, gateway, other, counts, send } = wired();
    const sent = ['239.1.2.3', '255.255.255.255', '192.0.2.255'].map((to) => from('192.0.2.10', to));
    for (const each of sent) send(alice, each);
    expect(counts()).toEqual([0, 3, 3, 3]);
    expect(carol.received[0]).toBe(sent[0]);
    expect(gateway.received[0]).not.toBe(carol.received[0]);
    expect(gateway.received[0]).not.toBe(other.received[0]);
  });

  it('hands what a host sends on to who hears it alone, and a router’s octets to another as a copy', () => {
    const { link, alice, carol, gateway, other, send } = wired();
    carol.isUp = false;
    other.isUp = false;
    const sent = from('192.0.2.10', '239.1.2.3');
    send(alice, sent);
    expect(gateway.received[0]).toBe(sent);
    // The same octets go out by the router's other interfaces.
    alice.isUp = false;
    other.isUp = true;
    const forwarded = from('198.51.100.10', '239.1.2.3');
    link.wireOf(gateway).resolve(ip('239.1.2.3'))!.take(parcelOf(forwarded), START);
    expect(other.received[0]).toEqual(forwarded);
    expect(other.received[0]).not.toBe(forwarded);
  });

  it('learns whose an address is from what its owner sends, and never takes one from its configured owner', () => {
    const { alice, carol, gateway, send } = wired();
    send(carol, from('192.0.2.77', '198.51.100.10'));
    send(alice, from('192.0.2.10', '192.0.2.77'));
    expect(carol.received).toHaveLength(1);
    expect(gateway.learned).toEqual([ip('192.0.2.77')]);
    send(alice, from('192.0.2.20', '198.51.100.10'));
    send(alice, from('192.0.2.10', '192.0.2.20'));
    expect(carol.received).toHaveLength(2);
  });

  it('learns neither addresses of other links nor broadcasts', () => {
    const { link, alice, send } = wired();
    for (const source of ['198.51.100.5', '192.0.2.255', '192.0.2.0'])
      send(alice, from(source, '198.51.100.10'));
    expect([...link.neighbors].filter(({ state }) => state === 'learned')).toEqual([]);
  });

  it('reaches nobody whose device is down', () => {
    const { link, alice, gateway } = wired();
    const wire = link.wireOf(gateway);
    expect(wire.resolve(ip('192.0.2.10'))).toBe(alice.hop);
    alice.isUp = false;
    expect(wire.resolve(ip('192.0.2.10'))).toBeUndefined();
    expect(wire.resolve(ip('192.0.2.99'))).toBeUndefined();
  });

  it('counts what leaves a link that has no gateway, and tells of it', () => {
    const events: Event[] = [];
    const observer = { wants: () => true, notify: (event: Event) => void events.push(event) };
    const link = linkOf({ ...PLAN, name: 'lonely' }, observer);
    const alice = attachment('host', 'alice', '192.0.2.10');
    link.attachAll([alice]);
    link.entranceOf(alice).take(parcelOf(from('192.0.2.10', '198.51.100.10')), START);
    expect(link.drops.get('link-no-gateway')?.packets).toBe(1);
    expect(events).toMatchObject([
      { type: 'drop', router: null, interface: null, link: 'lonely', reason: 'link-no-gateway' },
    ]);
  });

  it('counts and tells of what a host’s device refuses of another host’s', () => {
    const events: Event[] = [];
    const { link, alice, carol, send } = wired({
      wants: (type) => type === 'drop',
      notify: (event) => void events.push(event),
    });
    (carol as { hop: Hop }).hop = {
      take: (parcel, now) => parcel.refused?.('device-refused', parcel, now),
    };
    send(alice, from('192.0.2.10', '192.0.2.20'));
    expect(link.drops.get('device-refused')?.packets).toBe(1);
    expect(events).toHaveLength(1);
  });

  it('keeps what it has learned of those who stay when others come and go', () => {
    const { link, alice, carol, gateway, send } = wired();
    send(carol, from('192.0.2.77', '198.51.100.10'));
    send(alice, from('192.0.2.78', '198.51.100.10'));
    link.attachAll([carol, gateway], gateway);
    const learned = [...link.neighbors].filter(({ state }) => state === 'learned');
    expect(learned.map(({ address, owner }) => [address, owner])).toEqual([[ip('192.0.2.77'), carol]]);
  });
});

describe('an address that moves between hosts', () => {
  const VIRTUAL = '192.0.2.77';
  const hosts = () => {
    const events: string[] = [];
    const link = linkOf(PLAN, {
      wants: () => true,
      notify: (event) => {
        if (event.type === 'link') events.push(`${event.attachment} ${event.event} ${event.detail}`);
      },
    });
    const [alice, bob] = ['10', '20'].map((last) => new HostAttachment(last, 'red', [ip(`192.0.2.${last}`)]));
    const gateway = attachment('router', 'r1.red', '192.0.2.1');
    link.attachAll([alice!, bob!, gateway], gateway);
    for (const each of [alice!, bob!]) each.connect({ isUp: () => true, take: () => {} });
    const has = (host: HostAttachment, ...addresses: string[]): void =>
      link.addressesChanged(host, new Set(addresses.map(ip)), START);
    const table = (): string[] =>
      [...link.neighbors].map(({ address, owner, state }) => `${address & 255} ${owner.name} ${state}`);
    const owner = (address = VIRTUAL): Hop | undefined => link.wireOf(gateway).resolve(ip(address));
    return { link, alice: alice!, bob: bob!, gateway, events, has, table, owner };
  };

  it('is reached where the kernel has it, before anything was sent from there', () => {
    const { alice, bob, gateway, events, has, owner } = hosts();
    has(alice, '192.0.2.10', VIRTUAL);
    has(bob, '192.0.2.20');
    expect(owner()).toBe(alice.hop);
    has(bob, '192.0.2.20', VIRTUAL);
    expect(owner()).toBe(bob.hop);
    has(alice, '192.0.2.10');
    expect(owner()).toBe(bob.hop);
    has(bob, '192.0.2.20');
    expect(owner()).toBeUndefined();
    expect(events).toEqual([
      `10.red neighbor-learned ${VIRTUAL}`,
      `20.red neighbor-moved ${VIRTUAL}`,
      `20.red neighbor-lost ${VIRTUAL}`,
    ]);
    expect(gateway.learned).toHaveLength(3);
  });

  it('goes to another host whose kernel has it when its owner loses it, or its owner’s device goes down', () => {
    const { link, alice, bob, has, owner } = hosts();
    has(bob, '192.0.2.20', VIRTUAL);
    has(alice, '192.0.2.10', VIRTUAL);
    expect(owner()).toBe(alice.hop);
    has(alice, '192.0.2.10');
    expect(owner()).toBe(bob.hop);
    has(alice, '192.0.2.10', VIRTUAL);
    alice.setUp(false);
    link.forget(alice, START);
    expect(owner()).toBe(bob.hop);
  });

  it('stays with who got it last, while others have it too, and goes to who still has it when it is nobody’s', () => {
    const { link, alice, bob, has, owner } = hosts();
    has(alice, '192.0.2.10', VIRTUAL);
    has(bob, '192.0.2.20', VIRTUAL);
    has(alice, '192.0.2.10', VIRTUAL, '192.0.2.11');
    expect(owner()).toBe(bob.hop);
    alice.setUp(false);
    link.forget(bob, START);
    alice.setUp(true);
    expect(owner()).toBeUndefined();
    has(alice, '192.0.2.10', VIRTUAL);
    expect(owner()).toBe(alice.hop);
  });

  it('moves with what is sent from it, and stays where it was only sent from', () => {
    const { link, alice, bob, events, has, owner } = hosts();
    const send = (host: HostAttachment): void =>
      link.entranceOf(host).take(parcelOf(from(VIRTUAL, '198.51.100.10')), START);
    send(alice);
    expect(owner()).toBe(alice.hop);
    send(bob);
    expect(owner()).toBe(bob.hop);
    has(bob, '192.0.2.20');
    has(bob, '192.0.2.20', '192.0.2.21');
    expect(owner()).toBe(bob.hop);
    expect(events.slice(0, 2)).toEqual([
      `10.red neighbor-learned ${VIRTUAL}`,
      `20.red neighbor-moved ${VIRTUAL}`,
    ]);
  });

  it('may be a configured one that its host’s kernel has lost', () => {
    const { alice, bob, has, owner, table } = hosts();
    has(alice);
    expect(owner('192.0.2.10')).toBeUndefined();
    has(bob, '192.0.2.20', '192.0.2.10');
    expect(owner('192.0.2.10')).toBe(bob.hop);
    has(alice, '192.0.2.10');
    expect(owner('192.0.2.10')).toBe(alice.hop);
    expect(table()).toEqual(['20 20.red static', '1 r1.red static', '10 10.red static']);
  });
});

describe('neighbors', () => {
  it('are forgotten, the oldest first, when more are learned than a link keeps', () => {
    const configured = { addresses: [1] };
    const flood = { addresses: [] };
    const neighbors = new Neighbors<{ addresses: number[] }>();
    neighbors.configureAll([configured, flood], () => true);
    for (let address = 2; address < 302; address += 1) neighbors.learn(address, flood);
    expect([...neighbors]).toHaveLength(257);
    expect(neighbors.ownerOf(1)).toBe(configured);
    expect(neighbors.ownerOf(2)).toBeUndefined();
    expect(neighbors.ownerOf(301)).toBe(flood);
    for (const address of neighbors.learnedOf(flood)) neighbors.release(address, flood);
    expect([...neighbors]).toHaveLength(1);
  });
});
