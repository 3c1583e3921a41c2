import type { Address } from '../address.js';
import type { Configuration } from '../config/configuration.js';
import { NOBODY, type Observer } from '../event.js';
import type { HostEnd } from '../link/attachments.js';
import type { NextHopLookup } from '../link/next-hops.js';
import { parcelOf } from '../parcel.js';
import { seededRandom } from '../random.js';
import { after, type Duration, earliest, type Instant, instant, START } from '../time.js';
import { Lab } from './lab.js';
import { Schedule } from './schedule.js';

/** A host's interface in a virtual lab. */
export interface VirtualHost {
  /** Sends octets as the host's kernel would. They are copied. */
  send(octets: Uint8Array): void;
  /** Returns what has arrived since the last call, in order, each datagram in its own octets. */
  take(): Uint8Array[];
  /** Sets the device down or up. */
  setUp(isUp: boolean): void;
  /** Tells the link that the host's routes have changed, as its kernel would. */
  routesChanged(named: readonly Address[]): void;
}

export interface VirtualLabOptions {
  /** The seed of all randomness in the lab; default: 1. */
  readonly seed?: number;
  readonly observer?: Observer;
  /** Milliseconds since midnight UT at the start; undefined for a clock that cannot be trusted. */
  readonly utcMilliseconds?: number;
  /**
   * What the hosts' own routes say: the next hop for a destination, undefined where they name none.
   *
   * Default: none, so that the gateway of a link decides.
   */
  readonly nextHopOf?: (
    host: string,
    link: string,
    ...asked: Parameters<NextHopLookup>
  ) => Address | undefined;
}

/**
 * A lab without devices, namespaces or waiting: hosts exchange octets, and time is an argument.
 *
 * The routers are the ones that run on TUN devices. Things happen only in `send` and `advance`.
 *
 * ```ts
 * const lab = new VirtualLab(configuration);
 * lab.host('alice', 'red').send(echoRequest);
 * const [reply] = lab.host('alice', 'red').take();
 * ```
 */
export class VirtualLab {
  readonly lab: Lab;
  readonly schedule: Schedule;
  readonly #hosts = new Map<string, VirtualHost>();
  readonly #nextHopOf: VirtualLabOptions['nextHopOf'];
  #now: Instant = START;

  constructor(configuration: Configuration, options: VirtualLabOptions = {}) {
    const { seed = 1, observer = NOBODY, utcMilliseconds } = options;
    this.#nextHopOf = options.nextHopOf;
    this.lab = new Lab(configuration, {
      random: seededRandom(seed),
      now: this.#now,
      observer,
      ...(utcMilliseconds === undefined
        ? {}
        : { utcMilliseconds: (now: Instant) => (utcMilliseconds + Math.floor(now)) % 86_400_000 }),
    });
    this.schedule = new Schedule(this.lab, observer);
    this.#connectAll(configuration);
    this.schedule.begin(this.#now);
  }

  /** Adopts another configuration; what it does not touch goes on undisturbed. */
  apply(configuration: Configuration): void {
    this.lab.apply(configuration, this.#now);
    this.#connectAll(configuration);
  }

  get now(): Instant {
    return this.#now;
  }

  host(name: string, link: string): VirtualHost {
    const host = this.#hosts.get(`${name}.${link}`);
    if (host === undefined) throw new Error(`the lab has no host interface ${name}.${link}`);
    return host;
  }

  /** Lets time pass; whatever becomes due on the way happens at its own instant. */
  advance(wait: Duration): void {
    const end = after(this.#now, wait);
    for (let due = this.#nextDeadline(); due <= end; due = this.#nextDeadline()) {
      this.#now = instant(Math.max(due, this.#now));
      this.schedule.poll(this.#now);
      this.lab.poll(this.#now);
    }
    this.#now = end;
  }

  #nextDeadline(): Instant {
    return earliest(this.lab.nextDeadline(), this.schedule.nextDeadline(this.#now));
  }

  #connectAll({ hosts }: Configuration): void {
    const names = new Set<string>();
    for (const host of hosts.values())
      for (const { link } of host.interfaces) {
        const name = `${host.name}.${link}`;
        names.add(name);
        if (!this.#hosts.has(name)) this.#connect(host.name, link);
      }
    for (const name of this.#hosts.keys()) if (!names.has(name)) this.#hosts.delete(name);
  }

  #connect(name: string, link: string): void {
    let arrived: Uint8Array[] = [];
    let isUp = true;
    const nextHopOf = this.#nextHopOf;
    const end: HostEnd = {
      ...(nextHopOf === undefined ? {} : { nextHopTo: (...asked) => nextHopOf(name, link, ...asked) }),
      isUp: () => isUp,
      take: ({ octets }) => {
        arrived.push(new Uint8Array(octets));
      },
    };
    const input = this.lab.connect(name, link, end, this.#now);
    this.#hosts.set(`${name}.${link}`, {
      send: (octets) => input.entrance.take(parcelOf(new Uint8Array(octets)), this.#now),
      take: () => {
        const taken = arrived;
        arrived = [];
        return taken;
      },
      setUp: (up) => {
        isUp = up;
        input.setUp(up, this.#now);
      },
      routesChanged: (named) => input.routesChanged(new Set(named)),
    });
  }
}
