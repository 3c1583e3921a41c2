import type { Address } from '../address.js';
import type { Hop } from '../hop.js';
import { after, type Instant, milliseconds, PAST } from '../time.js';

/**
 * What a host's own routes say of a destination: the next hop, or undefined where they name none.
 *
 * `tos` is the octet of the header: routes and rules may go by it.
 */
export type NextHopLookup = (destination: Address, source: Address, tos: number) => Address | undefined;

/** For how long an answer is good, though nothing was announced: what a redirect taught expires silently. */
const VALID = milliseconds(200);
/** How long a kernel may take to obey a redirect that was delivered to it; until then, answers are good only once. */
const SETTLING = milliseconds(20);
/** So many answers are kept, as a power of two. */
const BITS = 10;
const PLACES = 2 ** BITS;

/**
 * The next hops that a host's kernel has chosen, which its datagrams do not carry.
 *
 * The kernel is asked only where it may differ from the link's gateway: where a route of the host names anybody else, or
 * a redirect has reached it. Answers are remembered as a processor's cache does it: each has one place, and whatever
 * else belongs there replaces it. So memory is bounded, and a datagram costs at most one question (measured: 4 µs).
 */
export class NextHops {
  /** Whether the kernel is to be asked. */
  isAsked = false;
  #lookup: NextHopLookup | undefined;
  /** Everybody whom routes of the host have named; undefined until they are known. */
  #named: ReadonlySet<Address> | undefined;
  #gateway: readonly Address[] = [];
  #others = 0;
  #wasRedirected = false;
  #settledAt: Instant = PAST;
  #answers: Answers | undefined;

  /** Sets how the host's kernel is asked; undefined where it cannot be. */
  askBy(lookup: NextHopLookup | undefined): void {
    this.#lookup = lookup;
    this.#named = undefined;
    this.#wasRedirected = false;
    this.forget();
    this.#consider();
  }

  /** The gateway of the link has these addresses, and so many others are on it beside the host. */
  beside(gateway: readonly Address[], others: number): void {
    this.#gateway = gateway;
    this.#others = others;
    this.#consider();
  }

  /** The routes of the host have changed; `named` are all next hops that they name. */
  routesChanged(named: ReadonlySet<Address>): void {
    this.#named = named;
    this.forget();
    this.#consider();
  }

  /** Forgets all answers. */
  forget(): void {
    this.#answers?.validUntil.fill(PAST);
  }

  /** Where the host's kernel sends what it sends to a destination; undefined where its routes name nobody. */
  to(destination: Address, source: Address, tos: number, now: Instant): Address | undefined {
    this.#answers ??= emptyAnswers();
    const { destinations, sources, toses, nextHops, validUntil } = this.#answers;
    const at = placeOf(destination, source);
    const isKnown =
      now <= validUntil[at]! &&
      destinations[at] === destination &&
      sources[at] === source &&
      toses[at] === tos;
    if (!isKnown) {
      destinations[at] = destination;
      sources[at] = source;
      toses[at] = tos;
      nextHops[at] = this.#lookup?.(destination, source, tos) ?? NOBODY;
      validUntil[at] = now < this.#settledAt ? now : after(now, VALID);
    }
    const nextHop = nextHops[at]!;
    return nextHop === NOBODY ? undefined : nextHop;
  }

  /** The host's device, watched for redirects where there is anybody to be redirected to. */
  watched(device: Hop): Hop {
    if (this.#lookup === undefined || this.#others < 2) return device;
    return {
      take: (parcel, now) => {
        if (isRedirect(parcel.octets)) this.#redirected(now);
        device.take(parcel, now);
      },
    };
  }

  /** The kernel reads it when the burst is flushed, or a little later. */
  #redirected(now: Instant): void {
    this.#wasRedirected = true;
    this.#settledAt = after(now, SETTLING);
    this.forget();
    this.#consider();
  }

  #consider(): void {
    this.isAsked = this.#lookup !== undefined && (this.#wasRedirected || this.#namesOthers());
  }

  /** As long as nothing is known, a host on a link with several others may name anybody. */
  #namesOthers(): boolean {
    if (this.#named === undefined) return this.#others > 1;
    for (const each of this.#named) if (!this.#gateway.includes(each)) return true;
    return false;
  }
}

/** The answers, each at its place. */
interface Answers {
  readonly destinations: Uint32Array;
  readonly sources: Uint32Array;
  readonly toses: Uint8Array;
  readonly nextHops: Uint32Array;
  readonly validUntil: Float64Array;
}

const emptyAnswers = (): Answers => ({
  destinations: new Uint32Array(PLACES),
  sources: new Uint32Array(PLACES),
  toses: new Uint8Array(PLACES),
  nextHops: new Uint32Array(PLACES),
  validUntil: new Float64Array(PLACES).fill(PAST),
});

/** 0.0.0.0 is nobody's. */
const NOBODY: Address = 0;

/** Multiplicative hashing: the upper bits of the product depend on all of the factor. */
const placeOf = (destination: Address, source: Address): number =>
  Math.imul(destination ^ Math.imul(source, 0x85ebca6b), 0x9e3779b1) >>> (32 - BITS);

/** Source: RFC 792, Redirect Message. */
const isRedirect = (octets: Uint8Array): boolean => octets[9] === 1 && octets[(octets[0]! & 15) * 4] === 5;
