import type { Hop } from '../hop.js';
import {
  type ImpairmentSettings,
  impairmentsFrom,
  isImpaired,
  type LinkImpairments,
} from '../impairments.js';
import { eachDatagram } from '../offload/segmentation.js';
import type { Parcel, Refused } from '../parcel.js';
import { type Instant, PAST } from '../time.js';
import { type Attachment, hopWhileListening, type Listening } from './attachments.js';
import { Direction } from './direction.js';
import type { Transit } from './transit.js';

/** What the directions of a link are given. */
export interface DirectionsEnvironment extends Listening {
  readonly link: string;
  readonly transit: Transit;
  allocate(length: number): Uint8Array;
  /** Told of what the link loses that no sender counts. */
  readonly refused: Refused;
  /** Whether anything passes. */
  isUp(): boolean;
}

/** What one sender sends on a link. */
export class Way {
  /** If not, datagrams go straight to their receivers, and the direction is never asked. */
  isImpaired = false;
  readonly direction: Direction;
  readonly #environment: DirectionsEnvironment;
  readonly #hops = new WeakMap<Attachment | Hop, Hop>();

  constructor(sender: string, environment: DirectionsEnvironment) {
    this.direction = new Direction({ ...environment, sender });
    this.#environment = environment;
  }

  apply(settings: ImpairmentSettings, now: Instant): void {
    this.direction.apply(settings, now);
    // What is held goes first, whatever follows.
    this.isImpaired = isImpaired(settings) || this.direction.queued > 0;
  }

  /** The hop that takes a datagram this way to a receiver, who may have left when it arrives. */
  to(receiver: Attachment): Hop {
    return (
      this.#hops.get(receiver) ?? this.#through(receiver, hopWhileListening(receiver, this.#environment))
    );
  }

  /** The hop that takes a datagram this way, and then to a hop. */
  toward(onward: Hop): Hop {
    return this.#hops.get(onward) ?? this.#through(onward, onward);
  }

  #through(to: Attachment | Hop, onward: Hop): Hop {
    const hop = {
      take: (parcel: Parcel, now: Instant): void => {
        // What cannot pass is not lost by chance, and takes no draw from what can.
        if (!this.#environment.isUp()) return parcel.refused?.('link-down', parcel, now);
        if (!parcel.isPartial) return this.direction.take(parcel, onward, now);
        // Each datagram has its own draws, its own time, and its own place in the queue.
        eachDatagram(parcel, this.#environment.allocate, (each) => this.direction.take(each, onward, now));
      },
    };
    this.#hops.set(to, hop);
    return hop;
  }
}

/** The directions of a link, one for each host or router that was ever on it, by its name. */
export class Directions implements Iterable<[sender: string, Way]> {
  readonly #environment: DirectionsEnvironment;
  readonly #ways = new Map<string, Way>();
  #impairments: LinkImpairments;

  constructor(impairments: LinkImpairments, environment: DirectionsEnvironment) {
    this.#impairments = impairments;
    this.#environment = environment;
  }

  [Symbol.iterator](): Iterator<[sender: string, Way]> {
    return this.#ways.entries();
  }

  get impairments(): LinkImpairments {
    return this.#impairments;
  }

  of(sender: string): Way {
    const known = this.#ways.get(sender);
    if (known !== undefined) return known;
    const way = new Way(sender, this.#environment);
    way.apply(impairmentsFrom(this.#impairments, sender), PAST);
    this.#ways.set(sender, way);
    return way;
  }

  /** Has the draws begin again, of all senders or of one. */
  restart(sender: string | undefined): void {
    for (const [name, { direction }] of this.#ways)
      if (sender === undefined || sender === name) direction.restart();
  }

  /** All that is on its way ends. */
  cut(now: Instant): void {
    for (const { direction } of this.#ways.values()) direction.cut(now);
  }

  apply(impairments: LinkImpairments, now: Instant): void {
    this.#impairments = impairments;
    for (const [sender, way] of this.#ways) way.apply(impairmentsFrom(impairments, sender), now);
  }
}
