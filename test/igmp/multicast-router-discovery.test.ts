import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/igmp/action.js';
import { MulticastRouterDiscovery } from '../../src/igmp/multicast-router-discovery.js';
import type { Random } from '../../src/random.js';
import { type Instant, instant, NEVER, START } from '../../src/time.js';
import { Bench, igmpDatagram } from './bench.js';

/** What a discovery sends, `A` or `T` with its moment in milliseconds, in virtual time. */
class Switch {
  readonly heard: string[] = [];
  readonly discovery: MulticastRouterDiscovery;
  isWanted = true;
  now: Instant = START;

  constructor(random: Random) {
    this.discovery = new MulticastRouterDiscovery(random);
    this.poll(START);
  }

  poll(now: Instant): void {
    this.hear(this.discovery.want(this.isWanted, now), now);
    this.hear(this.discovery.poll(now), now);
  }

  hear(actions: readonly Action[], now: Instant): void {
    for (const { type } of actions) this.heard.push(`${type === 'send-advertisement' ? 'A' : 'T'} ${now}`);
  }

  until(end: number): this {
    for (let next = this.discovery.nextDeadline(); next <= end; next = this.discovery.nextDeadline())
      this.poll(next);
    this.now = instant(end);
    return this;
  }
}

const MIDDLE: Random = () => 0.5;

describe('the discovery of a router by switches', () => {
  it('J11 sends three at random within 2 s of each other, then one every 20 s', () => {
    expect(new Switch(MIDDLE).until(50_000).heard).toEqual([
      'A 1000',
      'A 2000',
      'A 3000',
      'A 23000',
      'A 43000',
    ]);
  });

  it('J11 varies the interval by half a second either way', () => {
    expect(new Switch(() => 0).until(20_000).heard.at(-1)).toBe('A 19500');
    const latest = new Switch(() => 0.999999).until(30_000).heard.at(-1)!;
    expect(Math.round(Number(latest.slice(2)) / 100)).toBe(265);
  });

  it('J11 answers once, and counts the interval anew from there', () => {
    const one = new Switch(MIDDLE).until(10_000);
    one.discovery.solicited(one.now);
    one.discovery.solicited(one.now);
    expect(one.until(40_000).heard.slice(3)).toEqual(['A 11000', 'A 31000']);
  });

  it('J11 leaves an advertisement that comes before the answer would to be the answer', () => {
    const one = new Switch(MIDDLE).until(22_500);
    one.discovery.solicited(one.now);
    expect(one.until(30_000).heard.slice(3)).toEqual(['A 23000']);
  });

  it('J11 sends no two within a tenth of a second, however often it is asked', () => {
    const one = new Switch(() => 0).until(0);
    expect(one.heard).toEqual(['A 0', 'A 0', 'A 0']);
    one.discovery.solicited(one.now);
    expect(one.until(150).heard.slice(3)).toEqual(['A 100']);
    one.discovery.solicited(instant(150));
    expect(one.until(1000).heard.slice(4)).toEqual(['A 200']);
  });

  it('J11 answers at random, and not once more for each who asks meanwhile', () => {
    const chances = [0, 0, 0, 0.5, 0.5, 0.1, 0.5];
    const one = new Switch(() => chances.shift() ?? 0.5).until(10_000);
    one.discovery.solicited(one.now);
    one.discovery.solicited(one.now);
    expect(one.discovery.nextDeadline()).toBe(11_000);
    expect(one.until(11_500).heard.slice(3)).toEqual(['A 11000']);
    one.discovery.solicited(one.now);
    expect(one.discovery.nextDeadline()).toBe(11_500 + 1000);
  });

  it('J11 answers whoever asks before the first one', () => {
    const chances = [0.9, 0.1];
    const one = new Switch(() => chances.shift() ?? 0.5);
    one.until(100).discovery.solicited(one.now);
    expect(one.until(400).heard).toEqual(['A 300']);
    chances.push(0.5);
    one.discovery.solicited(one.now);
    one.discovery.down();
    chances.push(0.9, 0.1);
    one.poll(one.now);
    one.discovery.solicited(one.now);
    expect(one.until(1000).heard).toEqual(['A 300', 'A 600']);
  });

  it('J11 owes nobody an answer once the link was gone', () => {
    const one = new Switch(MIDDLE).until(10_000);
    one.discovery.solicited(one.now);
    one.discovery.down();
    one.discovery.solicited(one.now);
    expect(one.discovery.nextDeadline()).toBe(NEVER);
    one.poll(one.now);
    one.until(13_500).discovery.solicited(one.now);
    expect(one.until(15_000).heard.slice(3)).toEqual(['A 11000', 'A 12000', 'A 13000', 'A 14500']);
  });

  it('J11 takes one back, too, after which no other has come', () => {
    const one = new Switch(MIDDLE).until(1000);
    one.hear(one.discovery.stop(), one.now);
    expect(one.heard).toEqual(['A 1000', 'T 1000']);
  });

  it('J11 takes back what is no longer wanted, and begins anew when it is', () => {
    const one = new Switch(MIDDLE).until(10_000);
    one.isWanted = false;
    one.poll(one.now);
    expect([one.heard.at(-1), one.discovery.nextDeadline()]).toEqual(['T 10000', NEVER]);
    one.poll(one.now);
    one.isWanted = true;
    one.poll(one.now);
    expect(one.until(13_000).heard.slice(3)).toEqual(['T 10000', 'A 11000', 'A 12000', 'A 13000']);
  });

  it('J11 takes nothing back before it has said anything', () => {
    const one = new Switch(MIDDLE).until(500);
    one.hear(one.discovery.stop(), one.now);
    one.poll(one.now);
    expect([one.heard, one.discovery.nextDeadline()]).toEqual([[], NEVER]);
  });
});

describe('an interface', () => {
  it('J11 follows its settings at once, and is silent without an address', () => {
    const bench = new Bench({ routerDiscovery: true });
    bench.until(10_000).igmp.apply({ ...bench.igmp.settings, routerDiscovery: false }, bench.now);
    const mrd = (each: Bench): string[] =>
      each.sent.map(({ text }) => text.slice(0, 4)).filter((t) => t[0] === '0');
    expect(mrd(bench.until(60_000))).toEqual(['0x30', '0x30', '0x30', '0x32']);
    expect(mrd(new Bench({ routerDiscovery: true }, '0.0.0.0').until(60_000))).toEqual([]);
    const off = new Bench().until(10_000);
    off.igmp.apply({ ...off.igmp.settings, routerDiscovery: true }, off.now);
    expect(mrd(off.until(12_001))).not.toEqual([]);
  });

  it('J11 begins anew with its link, and not before that is up', () => {
    const bench = new Bench({ routerDiscovery: true }).until(10_000);
    const advertised = (since: number) =>
      bench.sent.filter(({ at, message }) => at >= since && message[0] === 0x30).map(({ at }) => at);
    bench.igmp.down(bench.now);
    bench.igmp.apply({ ...bench.igmp.settings, routerDiscovery: false }, bench.now);
    bench.igmp.apply({ ...bench.igmp.settings, routerDiscovery: true }, bench.now);
    bench.until(100_000).igmp.up(bench.now);
    bench.until(110_000);
    expect(advertised(10_001)).toHaveLength(3);
    expect(advertised(10_001)[0]).toBeGreaterThan(100_000);
  });

  it('J11 hears solicitations of four octets, from its link and to all routers, while it advertises', () => {
    const solicitation = (fields = {}) =>
      igmpDatagram([0x31, 0, 0, 0], { destination: '224.0.0.2', ...fields });
    const bench = new Bench({ routerDiscovery: true }).until(10_000);
    const sent = () => bench.sent.filter(({ message }) => message[0] === 0x30).length;
    const before = sent();
    expect(bench.hear(solicitation({ destination: '224.0.0.1' }), solicitation({ ttl: 2 }))).toEqual([
      ...['igmp-ignored', 'igmp-ignored'],
    ]);
    expect(sent()).toBe(before);
    expect(bench.hear(solicitation({ options: [] }))).toEqual([undefined]);
    expect(bench.igmp.counters.received['mrd-solicitation']).toBe(1);
    bench.until(12_001);
    expect(sent()).toBe(before + 1);
    expect(bench.igmp.counters.sent['mrd-advertisement']).toBe(sent());
    bench.igmp.stop(bench.now);
    expect(bench.igmp.counters.sent['mrd-termination']).toBe(1);
    const other = igmpDatagram([0x30, 0, 0, 0], { destination: '224.0.0.2' });
    expect(bench.hear(other)).toEqual(['igmp-ignored']);
    expect(new Bench().hear(solicitation())).toEqual(['igmp-ignored']);
  });

  it('J11 says no variables where it never queries, and takes nothing back from a link that is gone', () => {
    const variables = (bench: Bench) => [
      ...bench
        .until(10_000)
        .sent.find(({ message }) => message[0] === 0x30)!
        .message.subarray(1, 8),
    ];
    expect(variables(new Bench({ routerDiscovery: true })).filter((_, at) => ![1, 2].includes(at))).toEqual([
      ...[20, 0, 125, 0, 2],
    ]);
    const host = new Bench({ routerDiscovery: true }, '192.0.2.9', 'host');
    expect(variables(host).filter((_, at) => ![1, 2].includes(at))).toEqual([20, 0, 0, 0, 0]);
    host.igmp.down(host.now);
    const before = host.sent.length;
    host.igmp.stop(host.now);
    expect(host.until(60_000).sent).toHaveLength(before);
  });
});
