import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { ErrorSender, ForeseenMessage } from '../icmp/error-sender.js';
import type { DropDetail, Interface } from '../interface.js';
import { isPossibleFragment } from '../ip/fragment.js';
import * as ipv4 from '../ip/header.js';
import type { Blocked, MulticastRoute } from '../ip/multicast-route.js';
import type { OptionPlan } from '../ip/options.js';
import type { Instant } from '../time.js';
import type { LocalDelivery } from './local-delivery.js';
import type { MulticastPlane } from './multicast-plane.js';
import type { Verdict } from './verdict.js';

/** The parts of a router that know what it would do. */
export interface ForecastParts {
  readonly errors: ErrorSender;
  readonly delivery: LocalDelivery;
  readonly multicast: MulticastPlane;
  rewriteOptions(
    datagram: Uint8Array,
    plan: OptionPlan,
    egress: Interface,
    nextHop: Address,
    now: Instant,
  ): void;
}

/** What a router would do after a verdict, asked of the parts that would do it. Asking changes nothing. */
export class Forecast {
  readonly #parts: ForecastParts;

  constructor(parts: ForecastParts) {
    this.#parts = parts;
  }

  /** The error about a drop, or why none is sent; undefined if the reason calls for none. */
  errorAbout(
    reason: DropReason,
    detail: DropDetail,
    original: Uint8Array,
    ingress: Interface,
    now: Instant,
  ): ForeseenMessage | undefined {
    return this.#parts.errors.foresee(reason, detail, original, ingress, now);
  }

  /** The redirect about a datagram that is forwarded, or why none is sent; undefined if nobody is to be redirected. */
  redirectAbout(
    datagram: Uint8Array,
    verdict: Verdict,
    ingress: Interface,
    now: Instant,
  ): ForeseenMessage | undefined {
    if (verdict.egress !== ingress) return undefined;
    const how = { hasSourceRoute: verdict.options?.hasSourceRoute ?? false, isByTos: verdict.isByTos };
    return this.#parts.errors.foreseeRedirect(datagram, ingress, verdict.nextHop, how, now);
  }

  /**
   * Why a datagram for the router itself would be dropped; undefined if it is taken. A fragment is taken: what comes of
   * it depends on the others.
   */
  deliveryOf(datagram: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    const { delivery, multicast } = this.#parts;
    if (ipv4.protocol(datagram) === ipv4.PROTOCOL_IGMP) return multicast.foresee(datagram, ingress);
    if (ipv4.isFragment(datagram)) return isPossibleFragment(datagram) ? undefined : 'reassembly-overlap';
    return delivery.foresee(datagram, ingress, now);
  }

  /** The interfaces that a multicast route does not use, each with the reason. */
  blockedBeside(route: MulticastRoute): readonly Blocked[] {
    return this.#parts.multicast.forwarding.blockedBeside(route);
  }

  /** Whether hosts on the link of an interface are known to want a group from a source. */
  isWanted(group: Address, source: Address, on: Interface): boolean {
    return this.#parts.multicast.igmp.get(on)?.forwards(group, source) ?? false;
  }

  /** The octets of a forwarded datagram as they leave by an interface, in an array of their own. */
  leaving(
    datagram: Uint8Array,
    { fate, options, ttl, nextHop, destination }: Verdict,
    egress: Interface,
    now: Instant,
  ): Uint8Array {
    const octets = new Uint8Array(datagram);
    const isToGroup = fate === 'replicate';
    if (isToGroup) ipv4.setTtl(octets, ttl);
    else ipv4.decrementTtl(octets);
    if (options !== undefined)
      this.#parts.rewriteOptions(octets, options, egress, isToGroup ? destination : nextHop, now);
    return octets;
  }
}
