import { expect } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { parcelOf } from '../../src/parcel.js';
import type { Router } from '../../src/router/router.js';
import { instant } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { routerOf, type TestInterface, testInterface } from '../support/router.js';

/** A router with IGMP on red and blue, its upstream where it is a proxy, some time after its start, which counts what is spent at each instant. */
export class Busy {
  readonly red = testInterface('red', ['192.0.2.1/24'], { index: 1 });
  readonly blue = testInterface('blue', ['192.0.3.1/24'], { index: 2 });
  readonly router: Router;
  /** By instant. */
  readonly spent = new Map<number, number>();
  /** When each query about a group was sent. */
  readonly asked: number[] = [];
  now = instant(0);

  constructor(audience = 1, isProxy = false) {
    const work = new Work();
    const spend = work.spend.bind(work);
    work.spend = (units, now) => {
      this.spent.set(now, (this.spent.get(now) ?? 0) + units);
      spend(units, now);
    };
    const settings = { ...DEFAULT_IGMP_SETTINGS, maxGroups: 10_000, maxSources: 64 };
    for (const each of [this.red, this.blue])
      each.wire = {
        resolve: (group) => ({
          take: (_parcel, now) => {
            if (group >= ip('239.0.0.0')) this.asked.push(now);
          },
        }),
        audience: () => audience,
      };
    const interfaces = [this.red, this.blue];
    this.router = routerOf(
      {
        interfaces,
        igmp: new Map(interfaces.map((each) => [each, settings])),
        multicast: { ...DEFAULT_MULTICAST, upstream: isProxy ? this.blue : undefined },
      },
      { work },
    );
    this.router.routesChanged(this.now);
    this.after(60_000);
    this.spent.clear();
  }

  send(on: TestInterface, ...datagrams: Uint8Array[]): this {
    for (const each of datagrams) this.router.receive(on, parcelOf(each.slice()), this.now);
    this.insistOnLedger();
    return this;
  }

  after(wait: number): this {
    const end = this.now + wait;
    for (let due = this.router.nextDeadline(); due <= end; due = this.router.nextDeadline()) {
      if (due < this.now) throw new Error('what is due comes late');
      this.now = due;
      this.router.poll(due);
      this.insistOnLedger();
    }
    this.now = instant(end);
    return this;
  }

  insistOnLedger(): void {
    const { received, forwarded, delivered, dropped, held } = this.router.ledger;
    expect(forwarded + delivered + dropped + held).toBe(received);
  }

  groups(on = this.red): string[] {
    return [...this.router.igmp.get(on)!.memberships.groups.keys()].map(formatAddress);
  }

  refused(on = this.red): number {
    return this.router.igmp.get(on)!.counters.refused['message-limit'];
  }

  /** How many units were spent at the instant at which most were, and in any one millisecond. */
  get most(): { readonly atOnce: number; readonly inMillisecond: number } {
    const all = [...this.spent];
    const within = all.map(([from]) =>
      all.reduce((sum, [at, units]) => (at >= from && at < from + 1 ? sum + units : sum), 0),
    );
    return { atOnce: Math.max(...this.spent.values()), inMillisecond: Math.max(...within) };
  }
}
