import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/igmp/action.js';
import { MulticastRouterDiscovery } from '../../src/igmp/multicast-router-discovery.js';
import type { Random } from '../../src/random.js';
import { type Instant, instant, NEVER, START } from '../../src/time.js';
import { Bench } from './bench.js';

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
  });
});
