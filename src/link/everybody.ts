import type { Hop } from '../hop.js';
import { copyOf, type Parcel, type Refused } from '../parcel.js';
import type { Instant } from '../time.js';
import { type Attachment, hopWhileListening, type Listening } from './attachments.js';
import type { Copies } from './copies.js';
import type { LinkEnvironment } from './environment.js';

/** A link, as far as what goes to everybody on it is concerned. */
export interface WideLink extends Listening {
  readonly attachments: readonly Attachment[];
  readonly isUp: boolean;
  /** A refusal by one of many is counted there, because the sender handed over only one datagram. */
  readonly refused: Refused;
}

/** Everybody on a link beside one who sends. */
export class Everybody implements Hop {
  readonly #sender: Attachment;
  readonly #link: WideLink;
  readonly #environment: LinkEnvironment;
  readonly #copies: Copies;
  readonly #hops = new WeakMap<Attachment, Hop>();

  constructor(sender: Attachment, link: WideLink, environment: LinkEnvironment) {
    this.#sender = sender;
    this.#link = link;
    this.#environment = environment;
    this.#copies = environment.transit.newCopies();
  }

  /** Takes what is to a group, or a broadcast. A group may have nobody. */
  take(parcel: Parcel, now: Instant): void {
    const { refused } = parcel;
    if (!this.#link.isUp) return refused?.('link-down', parcel, now);
    parcel.refused = this.#link.refused;
    if (!this.#deliver(parcel, now) && !isToGroup(parcel.octets)) refused?.('host-unreachable', parcel, now);
  }

  /**
   * Returns whether anybody hears it. Hosts keep a reference until they are flushed; a router changes what it forwards,
   * so each router gets a copy.
   */
  #deliver(parcel: Parcel, now: Instant): boolean {
    const { allocate } = this.#environment;
    let isHeard = false;
    for (const each of this.#link.attachments) {
      if (each === this.#sender || !each.isUp) continue;
      isHeard = true;
      if (each.kind === 'host') each.hop.take(parcel, now);
      else this.#copies.pass(copyOf(parcel, allocate), this.#hopTo(each), now);
    }
    return isHeard;
  }

  #hopTo(receiver: Attachment): Hop {
    const known = this.#hops.get(receiver);
    if (known !== undefined) return known;
    const hop = hopWhileListening(receiver, this.#link);
    this.#hops.set(receiver, hop);
    return hop;
  }
}

/** Source: RFC 1112 §4. */
const isToGroup = (octets: Uint8Array): boolean => octets[16]! >>> 4 === 0b1110;
