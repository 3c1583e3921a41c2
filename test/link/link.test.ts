import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import { type Attachment, Link } from '../../src/link/link.js';
import { Neighbors } from '../../src/link/neighbors.js';
import { START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';

interface Recorder extends Attachment {
  readonly received: Uint8Array[];
  readonly learned: Address[];
  up: boolean;
}

const attachment = (kind: 'host' | 'router', name: string, ...addresses: string[]): Recorder => {
  const received: Uint8Array[] = [];
  const learned: Address[] = [];
  const made: Recorder = {
    kind,
    name,
    owner: name,
    addresses: addresses.map(ip),
    up: true,
    received,
    learned,
    isUp: () => made.up,
    receive: (octets) => void received.push(octets),
    linkChanged: () => {},
    neighborLearned: (address) => void learned.push(address),
  };
  return made;
};

const wired = () => {
  const link = new Link('red', 1500, [prefixOf(ip('192.0.2.0'), 24)]);
  const alice = attachment('host', 'alice', '192.0.2.10');
  const carol = attachment('host', 'carol', '192.0.2.20');
  const gateway = attachment('router', 'r1.red', '192.0.2.1');
  const other = attachment('router', 'r2.red', '192.0.2.2');
  for (const each of [alice, carol, other]) link.attach(each);
  link.attach(gateway, true);
  const counts = () => [alice, carol, gateway, other].map((each) => each.received.length);
  return { link, alice, carol, gateway, other, counts };
};

const from = (source: string, destination: string) => datagram({ source, destination });

describe('a link', () => {
  it('takes what a host sends to an address on the link to its owner', () => {
    const { link, alice, counts } = wired();
    link.receiveFromHost(alice, from('192.0.2.10', '192.0.2.20'), START);
    link.receiveFromHost(alice, from('192.0.2.10', '192.0.2.2'), START);
    expect(counts()).toEqual([0, 1, 0, 1]);
  });

  it('takes to the gateway what leaves the link, what nobody owns, and what cannot be read', () => {
    const { link, alice, gateway } = wired();
    link.receiveFromHost(alice, from('192.0.2.10', '198.51.100.10'), START);
    link.receiveFromHost(alice, from('192.0.2.10', '192.0.2.99'), START);
    link.receiveFromHost(alice, Uint8Array.of(0x60, 0, 0), START);
    expect(gateway.received).toHaveLength(3);
  });

  it('takes groups and broadcasts to everybody else, and gives each router octets of its own', () => {
    const { link, alice, carol, gateway, other, counts } = wired();
    for (const destination of ['239.1.2.3', '255.255.255.255', '192.0.2.255'])
      link.receiveFromHost(alice, from('192.0.2.10', destination), START);
    expect(counts()).toEqual([0, 3, 3, 3]);
    expect(gateway.received[0]).not.toBe(carol.received[0]);
    expect(gateway.received[0]).not.toBe(other.received[0]);
  });

  it('hands what a host sends on to who hears it alone, and a router’s octets to another as a copy', () => {
    const { link, alice, carol, gateway, other } = wired();
    carol.up = false;
    other.up = false;
    const sent = from('192.0.2.10', '239.1.2.3');
    link.receiveFromHost(alice, sent, START);
    expect(gateway.received[0]).toBe(sent);
    // The same octets go out by the router's other interfaces.
    alice.up = false;
    other.up = true;
    const forwarded = from('198.51.100.10', '239.1.2.3');
    link.wireOf(gateway, () => {}).transmit(forwarded, ip('239.1.2.3'), START);
    expect(other.received[0]).toEqual(forwarded);
    expect(other.received[0]).not.toBe(forwarded);
  });

  it('learns whose an address is from what its owner sends, and never takes one from its configured owner', () => {
    const { link, alice, carol, gateway } = wired();
    link.receiveFromHost(carol, from('192.0.2.77', '198.51.100.10'), START);
    link.receiveFromHost(alice, from('192.0.2.10', '192.0.2.77'), START);
    expect(carol.received).toHaveLength(1);
    expect(gateway.learned).toEqual([ip('192.0.2.77')]);
    link.receiveFromHost(alice, from('192.0.2.20', '198.51.100.10'), START);
    link.receiveFromHost(alice, from('192.0.2.10', '192.0.2.20'), START);
    expect(carol.received).toHaveLength(2);
  });

  it('learns neither addresses of other links nor broadcasts', () => {
    const { link, alice } = wired();
    for (const source of ['198.51.100.5', '192.0.2.255', '192.0.2.0'])
      link.receiveFromHost(alice, from(source, '198.51.100.10'), START);
    expect([...link.neighbors].filter(({ state }) => state === 'learned')).toEqual([]);
  });

  it('reaches nobody whose device is down', () => {
    const { link, alice, gateway } = wired();
    const refused: string[] = [];
    const wire = link.wireOf(gateway, (reason) => void refused.push(reason));
    expect(wire.reaches(ip('192.0.2.10'))).toBe(true);
    alice.up = false;
    expect(wire.reaches(ip('192.0.2.10'))).toBe(false);
    wire.transmit(from('192.0.2.1', '192.0.2.10'), ip('192.0.2.10'), START);
    expect(refused).toEqual(['host-unreachable']);
  });

  it('counts what leaves a link that has no gateway', () => {
    const link = new Link('lonely', 1500, [prefixOf(ip('192.0.2.0'), 24)]);
    const alice = attachment('host', 'alice', '192.0.2.10');
    link.attach(alice);
    link.receiveFromHost(alice, from('192.0.2.10', '198.51.100.10'), START);
    expect(link.drops.get('link-no-gateway')?.packets).toBe(1);
  });
});

describe('neighbors', () => {
  it('are forgotten, the oldest first, when more are learned than a link keeps', () => {
    const neighbors = new Neighbors<string>();
    neighbors.configure(1, 'configured');
    for (let address = 2; address < 302; address += 1) neighbors.learn(address, 'flood');
    expect([...neighbors]).toHaveLength(257);
    expect(neighbors.ownerOf(1)).toBe('configured');
    expect(neighbors.ownerOf(2)).toBeUndefined();
    expect(neighbors.ownerOf(301)).toBe('flood');
    neighbors.forget('flood');
    expect([...neighbors]).toHaveLength(1);
  });
});
