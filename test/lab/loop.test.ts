import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { LabLoop } from '../../src/lab/loop.js';
import { milliseconds } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { configured } from '../support/configured.js';
import { datagram, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message, typeAndCode } from '../support/icmp.js';
import { MemoryPort } from '../support/memory-port.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
`;

const loops: LabLoop[] = [];
afterEach(() => {
  for (const loop of loops.splice(0)) loop.close();
});

const running = () => {
  const events: Event[] = [];
  const observer = { wants: () => true, notify: (event: Event) => void events.push(event) };
  const loop = new LabLoop(configured(LAB), new Arena(), observer);
  loops.push(loop);
  const [alice, bob] = [new MemoryPort('tp0'), new MemoryPort('tp1')];
  loop.connect('alice', 'red', alice);
  loop.connect('bob', 'blue', bob);
  return { loop, alice, bob, events };
};

const toBob = (payload = pattern(40)) =>
  datagram({ source: '198.51.100.10', destination: '203.0.113.10', protocol: 250, payload });

describe('the loop of a lab', () => {
  it('has forwarded a burst, in order, when the burst is over', () => {
    const { alice, bob } = running();
    alice.inject(...[1, 2, 3].map((fill) => toBob(new Uint8Array(20).fill(fill))));
    expect(bob.sent.map((octets) => octets[20])).toEqual([1, 2, 3]);
  });

  it('sends nothing before all hosts are connected', () => {
    const text = LAB.replace('198.51.100.1/24', '198.51.100.1/24, igmp: {}').replace(
      'alice:',
      'carol: { interfaces: { red: { address: 198.51.100.11/24 } } }\n  alice:',
    );
    const loop = new LabLoop(configured(text), new Arena());
    loops.push(loop);
    const hosts = ['carol', 'alice'].map((host) => ({ host, link: 'red', port: new MemoryPort(host) }));
    loop.connectAll(hosts);
    expect(hosts.map(({ port }) => port.sent.length)).toEqual([1, 1]);
  });

  it('keeps its hands off the octets of whoever sends', () => {
    const { alice, bob } = running();
    const original = toBob();
    const before = hex(original);
    alice.inject(original, original);
    expect(hex(original)).toBe(before);
    expect(bob.sent.map((octets) => octets[8])).toEqual([63, 63]);
  });

  it('lets an answer to a refused datagram leave, and counts the refusal where it was to leave', () => {
    const { loop, alice, bob, events } = running();
    bob.refuses = 'device-refused';
    alice.inject(toBob());
    expect(bob.sent).toEqual([]);
    const [, blue] = loop.lab.routers.get('r1')!.interfaces;
    expect(blue!.refusals.get('device-refused')?.packets).toBe(1);
    expect(events.filter(({ type }) => type === 'drop')).toHaveLength(1);
  });

  it('makes a host unreachable whose device goes down, and takes it up again', () => {
    const { alice, bob, events } = running();
    bob.change('down');
    alice.inject(toBob());
    expect(typeAndCode(alice.sent[0]!)).toEqual([3, 1]);
    bob.change('up');
    alice.inject(toBob());
    expect(bob.sent).toHaveLength(1);
    expect(events.flatMap((event) => (event.type === 'link' ? [event.event] : []))).toContain('down');
  });

  it('heeds the MTU that somebody gives a device', () => {
    const { alice, bob } = running();
    bob.changeMtu(600);
    alice.inject(toBob(pattern(1000)));
    expect(bob.sent).toHaveLength(2);
    expect(bob.sent.every((octets) => octets.length <= 600)).toBe(true);
  });

  it('pings, and hears the answer', async () => {
    const { loop, alice } = running();
    const outcome = loop.ping(loop.lab.routers.get('r1')!, {
      destination: ip('198.51.100.10'),
      identifier: 7,
      sequence: 1,
      length: 8,
      ttl: 64,
      tos: 0,
      isDontFragment: false,
      hasRecordRoute: false,
      timeout: milliseconds(60_000),
    });
    const request = alice.sent[0]!;
    const reply = message(0, 0, request.subarray(24));
    alice.inject(icmp(reply, { source: '198.51.100.10', destination: '198.51.100.1' }));
    await expect(outcome).resolves.toMatchObject({ kind: 'reply', from: ip('198.51.100.10') });
  });

  it('does by itself what becomes due', async () => {
    const { loop } = running();
    const outcome = loop.ping(loop.lab.routers.get('r1')!, {
      destination: ip('198.51.100.10'),
      identifier: 7,
      sequence: 1,
      length: 8,
      ttl: 64,
      tos: 0,
      isDontFragment: false,
      hasRecordRoute: false,
      timeout: milliseconds(20),
    });
    await expect(outcome).resolves.toEqual({ kind: 'no-answer' });
  });

  it('tells nobody and sends nothing after it is closed', () => {
    const { loop, alice, bob } = running();
    loop.close();
    const before = bob.sent.length;
    alice.close();
    alice.inject(toBob());
    expect(bob.sent).toHaveLength(before);
  });
});
