import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import type { PingOutcome } from '../../src/icmp/ping.js';
import { LabLoop } from '../../src/lab/loop.js';
import { type Instant, milliseconds, NEVER } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { loadTimers } from '../../src/tun/open-timer.js';
import type { OpenTimer, Timer } from '../../src/tun/timer.js';
import { perform } from '../support/changes.js';
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

/** A timer that notes what it was told, and rings on demand only. */
class NotedTimer implements Timer {
  readonly told: string[] = [];
  readonly ring: () => void;

  constructor(ring: () => void) {
    this.ring = ring;
  }

  arm(deadline: Instant): void {
    this.told.push(`arm ${deadline < performance.now() + 5000 ? 'soon' : 'late'}`);
  }

  disarm(): void {
    this.told.push('disarm');
  }

  close(): void {
    this.told.push('close');
  }
}

const running = (openTimer?: OpenTimer) => {
  const events: Event[] = [];
  const observer = { wants: () => true, notify: (event: Event) => void events.push(event) };
  const loop = new LabLoop(configured(LAB), new Arena(), observer, openTimer);
  loops.push(loop);
  const [alice, bob] = [new MemoryPort('tp0'), new MemoryPort('tp1')];
  loop.connect('alice', 'red', alice);
  loop.connect('bob', 'blue', bob);
  return { loop, alice, bob, events };
};

const pingAlice = (loop: LabLoop, timeout: number): Promise<PingOutcome> =>
  loop.ping(loop.lab.routers.get('r1')!, {
    destination: ip('198.51.100.10'),
    identifier: 7,
    sequence: 1,
    length: 8,
    ttl: 64,
    tos: 0,
    isDontFragment: false,
    hasRecordRoute: false,
    timeout: milliseconds(timeout),
  });

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
    const outcome = pingAlice(loop, 60_000);
    const request = alice.sent[0]!;
    const reply = message(0, 0, request.subarray(24));
    alice.inject(icmp(reply, { source: '198.51.100.10', destination: '198.51.100.1' }));
    await expect(outcome).resolves.toMatchObject({ kind: 'reply', from: ip('198.51.100.10') });
  });

  it.each(['native', 'koffi', 'tuntap2'] as const)(
    'does by itself what becomes due (%s)',
    async (backend) => {
      const { loop } = running(await loadTimers([backend]));
      await expect(pingAlice(loop, 20)).resolves.toEqual({ kind: 'no-answer' });
    },
  );

  it('arms its timer for an earlier deadline only, and closes it', () => {
    const timers: NotedTimer[] = [];
    const { loop } = running((ring) => {
      timers.push(new NotedTimer(ring));
      return timers[0]!;
    });
    const [timer] = timers;
    expect(timer!.told).toEqual([]);
    void pingAlice(loop, 60_000);
    void pingAlice(loop, 70_000);
    void pingAlice(loop, 1000);
    void pingAlice(loop, 2000);
    expect(timer!.told).toEqual(['arm late', 'arm soon']);
    timer!.ring();
    expect(timer!.told).toEqual(['arm late', 'arm soon', 'arm soon']);
    loop.close();
    expect(timer!.told.at(-1)).toBe('close');
  });

  it('wakes up before a delayed datagram is due, and waits for the rest', () => {
    const armed: Instant[] = [];
    const waits: Instant[] = [];
    let ring = () => {};
    const { loop, alice, bob } = running((onRing) => {
      ring = onRing;
      const wait = (until: Instant): void => {
        waits.push(until);
        while (performance.now() < until);
      };
      return { arm: (deadline) => void armed.push(deadline), disarm: () => {}, close: () => {}, wait };
    });
    loop.perform((now) => perform({ lab: loop.lab, now }, 'link set red --delay 2ms'));
    // A machine that is busy may take this process off the processor between the alarm and its ring.
    for (let attempt = 0; waits.length === 0 && attempt < 100; attempt++) {
      armed.length = 0;
      bob.sent.length = 0;
      alice.inject(toBob());
      while (performance.now() < armed[0]!);
      ring();
    }
    expect(waits).toHaveLength(1);
    expect(waits[0]! - armed[0]!).toBeGreaterThan(0);
    expect(bob.sent).toHaveLength(1);
    expect(loop.lab.nextRelease()).toBe(NEVER);
  });

  it('does what is due between two bursts, where the ring would have to wait for them', async () => {
    const { loop, alice } = running((ring) => new NotedTimer(ring));
    let outcome: PingOutcome | undefined;
    void pingAlice(loop, 1).then((known) => {
      outcome = known;
    });
    const due = performance.now() + 2;
    while (performance.now() < due);
    alice.inject(toBob());
    await new Promise(setImmediate);
    expect(outcome).toEqual({ kind: 'no-answer' });
  });

  it('beats once for each interval, when its timer rings or a burst is over', () => {
    let timer: NotedTimer | undefined;
    const { loop, alice } = running((ring) => {
      timer = new NotedTimer(ring);
      return timer;
    });
    let beats = 0;
    const until = (deadline: number): void => {
      while (performance.now() < deadline);
    };
    const begun = performance.now();
    loop.beat(milliseconds(20), () => {
      beats += 1;
    });
    expect(timer?.told).toEqual(['arm soon']);
    timer?.ring();
    if (performance.now() < begun + 20) expect(beats).toBe(0);
    let before = 0;
    // A busy machine may take this process off the processor for an interval between two rings.
    for (let [attempt, took] = [0, 20]; took >= 20 && attempt < 100; attempt++) {
      // The interval begins when the loop is told of it, which is later on a busy machine.
      until(performance.now() + 21);
      before = beats;
      const since = performance.now();
      timer?.ring();
      timer?.ring();
      took = performance.now() - since;
    }
    expect(beats).toBe(before + 1);
    until(performance.now() + 21);
    alice.inject(toBob(new Uint8Array(20)));
    expect(beats).toBe(before + 2);
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
