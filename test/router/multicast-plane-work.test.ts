import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { Book } from '../../src/book.js';
import { NOBODY } from '../../src/event.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { MulticastPlane } from '../../src/router/multicast-plane.js';
import { type Instant, instant } from '../../src/time.js';
import { report, type Say } from '../igmp/bench.js';
import { ip } from '../support/datagram.js';
import { type TestInterface, testInterface } from '../support/router.js';
import { polled } from './plane.js';

const groupAt = (at: number): string => formatAddress(ip('239.1.0.0') + at);
const joins = (count: number): Say[] => Array.from({ length: count }, (_, at): Say => ['to-ex', groupAt(at)]);
const sourcesFrom = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(ip('10.0.0.1') + at));

/** The multicast side of a proxy with two downstreams, all up, which writes down what each thing costs. */
class ProxyPlane {
  readonly red = testInterface('red', ['192.0.2.5/24'], { index: 1 });
  readonly blue = testInterface('blue', ['192.0.3.5/24'], { index: 2 });
  readonly up = testInterface('up', ['192.0.4.5/24'], { index: 3 });
  readonly work = new Work();
  readonly costs: number[] = [];
  readonly plane: MulticastPlane;
  now: Instant = instant(0);

  constructor() {
    const spend = this.work.spend.bind(this.work);
    this.work.spend = (units, now) => {
      this.costs.push(units);
      spend(units, now);
    };
    this.plane = new MulticastPlane(this.plan(this.up), {
      random: () => 0.5,
      observer: NOBODY,
      book: new Book(NOBODY),
      work: this.work,
      routing: { leadsTo: () => true },
      send: () => {},
    });
    this.plane.interfacesChanged(this.now);
    this.after(10_000).costs.length = 0;
  }

  plan(upstream: TestInterface | undefined, withoutIgmp?: TestInterface) {
    const routed = [this.red, this.blue].filter((each) => each !== withoutIgmp);
    return {
      interfaces: [this.red, this.blue, this.up],
      igmp: new Map(routed.map((each) => [each, { ...DEFAULT_IGMP_SETTINGS, maxGroups: 10_000 }])),
      multicast: { ...DEFAULT_MULTICAST, upstream },
    };
  }

  after(wait: number): this {
    this.now = polled(this.plane, this.now, wait);
    return this;
  }

  receive(...says: Say[]): this {
    this.plane.receive(report(says), this.red, this.now);
    return this;
  }

  get ignored(): number {
    return this.red.drops.get('igmp-ignored')?.packets ?? 0;
  }
}

describe('what an upstream is told of a group', () => {
  it('is a unit of work for each four downstreams, and another for each eight sources', () => {
    const proxy = new ProxyPlane();
    proxy.receive(['allow', groupAt(0), sourcesFrom(16)]);
    expect(proxy.costs).toContain(2 / 4 + 16 / 8);
  });

  it('is told no more where there is no upstream any more', () => {
    const proxy = new ProxyPlane();
    for (let at = 0; at < 200; at += 50) proxy.receive(...joins(at + 50).slice(at)).after(1000);
    proxy.red.up = false;
    proxy.plane.interfacesChanged(proxy.now);
    expect(proxy.plane.igmp.get(proxy.up)!.member.memberships.size).toBe(200);
    proxy.plane.apply(proxy.plan(undefined), proxy.now);
    expect(() => proxy.after(1000)).not.toThrow();
    expect(proxy.plane.igmp.get(proxy.up)).toBeUndefined();
  });
});

describe('what waits on an interface', () => {
  const waiting = (): ProxyPlane => {
    const proxy = new ProxyPlane();
    proxy.work.spend(1000, proxy.now);
    proxy.receive(...joins(3)).receive(...joins(3));
    expect([proxy.plane.held, proxy.ignored]).toEqual([2, 0]);
    return proxy;
  };

  it('ends where it runs no IGMP any more', () => {
    const proxy = waiting();
    proxy.plane.apply(proxy.plan(proxy.up, proxy.red), proxy.now);
    expect([proxy.plane.held, proxy.ignored]).toEqual([0, 2]);
  });

  it('ends where it becomes the upstream', () => {
    const proxy = waiting();
    proxy.plane.apply(proxy.plan(proxy.red), proxy.now);
    expect([proxy.plane.held, proxy.ignored]).toEqual([0, 2]);
  });

  it('ends when it is left', () => {
    const proxy = waiting();
    proxy.plane.leave(proxy.red, proxy.now);
    expect([proxy.plane.held, proxy.ignored]).toEqual([0, 2]);
  });

  it('ends when it goes down', () => {
    const proxy = waiting();
    proxy.red.up = false;
    proxy.plane.interfacesChanged(proxy.now);
    expect([proxy.plane.held, proxy.ignored]).toEqual([0, 2]);
  });

  it('is counted and taken in its order', () => {
    const proxy = waiting();
    proxy.after(1000);
    expect([proxy.plane.held, proxy.ignored]).toEqual([0, 0]);
    expect(proxy.plane.igmp.get(proxy.red)!.memberships.groups.size).toBe(3);
  });
});
