import { type Address, isGroupOfRouters } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Observer } from '../event.js';
import { IgmpInterface } from '../igmp/igmp-interface.js';
import { UpstreamReports } from '../igmp/proxy.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../igmp/settings.js';
import { type Interface, isBeyond } from '../interface.js';
import { MulticastForwarding } from '../ip/multicast.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { Routing } from '../ip/routing.js';
import type { Random } from '../random.js';
import { earliest, type Instant, milliseconds, NEVER } from '../time.js';

/** So far apart do the queriers of one router begin, so that they do not all ask in one moment. */
const SPREAD = milliseconds(20);

/** What the multicast side of a router is given. */
export interface MulticastParts {
  readonly interfaces: readonly Interface[];
  /** Which of them run IGMP, and how. */
  readonly igmp: ReadonlyMap<Interface, IgmpSettings>;
  readonly multicast: MulticastSettings;
  readonly random: Random;
  readonly observer: Observer;
}

/**
 * The multicast side of a router: IGMP on its interfaces, and where groups are forwarded to.
 *
 * Source: RFC 9776 §6, RFC 4605 §4.
 */
export class MulticastPlane {
  readonly igmp: ReadonlyMap<Interface, IgmpInterface>;
  readonly forwarding: MulticastForwarding;
  readonly #upstream: Interface | undefined;
  #reports: UpstreamReports | undefined;

  /** `send` takes a datagram of ours that leaves by an interface towards a group. */
  constructor(
    parts: MulticastParts,
    routing: Routing,
    send: (datagram: Uint8Array, egress: Interface, group: Address, now: Instant) => void,
  ) {
    const { upstream } = parts.multicast;
    this.#upstream = upstream;
    const running = new Map<Interface, IgmpInterface>();
    this.igmp = running;
    this.forwarding = new MulticastForwarding({
      settings: parts.multicast,
      interfaces: parts.interfaces,
      interest: {
        wants: (egress, group, source) => {
          const igmp = running.get(egress);
          return igmp !== undefined && isForwarder(igmp, upstream) && igmp.forwards(group, source);
        },
        hindrance: (egress, group, source) => {
          const igmp = running.get(egress);
          if (igmp === undefined) return 'it runs no IGMP, so nobody there can ask: give it `igmp: {}`';
          return isForwarder(igmp, upstream)
            ? igmp.memberships.hindrance(group, source)
            : 'another router is the querier of its link, and forwards there';
        },
      },
      leadsTo: (source, egress) => routing.leadsTo(source, egress),
    });
    for (const each of parts.interfaces) {
      const settings = parts.igmp.get(each) ?? (each === upstream ? DEFAULT_IGMP_SETTINGS : undefined);
      if (settings === undefined) continue;
      const igmp = new IgmpInterface(settings, {
        interface: each,
        role: each === upstream ? 'host' : 'router',
        random: parts.random,
        isForwarding: () => parts.multicast.routing && each.forwarding,
        observer: parts.observer,
        send: (datagram, destination, now) => send(datagram, each, destination, now),
        changed: (group, now) => {
          this.forwarding.changed(group);
          this.#reports?.changed(group, now);
        },
        elected: () => {
          if (upstream !== undefined) this.forwarding.changed();
        },
        warn: (warning, from, now, group) => {
          if (!parts.observer.wants('igmp')) return;
          const about = { group: group ?? null, source: null, reporter: from, why: warning } as const;
          parts.observer.notify({
            type: 'igmp',
            time: now,
            interface: each.name,
            event: 'warning',
            ...about,
          });
        },
      });
      running.set(each, igmp);
    }
    const host = upstream === undefined ? undefined : running.get(upstream);
    if (host === undefined) return;
    const downstreams = [...running].filter(([each]) => each !== upstream).map(([, igmp]) => igmp);
    const set: typeof host.want = (group, ...wish) => {
      if (upstream === undefined || !isBeyond(upstream.scope, group)) host.want(group, ...wish);
    };
    this.#reports = new UpstreamReports({ set }, downstreams);
  }

  /** Takes an IGMP datagram, a fragment too; a reason where nothing of it was heeded. */
  receive(datagram: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    const igmp = this.igmp.get(ingress);
    return igmp === undefined ? 'igmp-ignored' : igmp.receive(datagram, now);
  }

  /** Whether the router itself listens to a group on an interface. Source: RFC 1112 §7.2, RFC 1256 §4.2. */
  isForUs(group: Address, ingress: Interface): boolean {
    if (isGroupOfRouters(group)) return true;
    return this.igmp.get(ingress)?.member.memberships.has(group) ?? false;
  }

  /** Begins and ends IGMP with the state of the interfaces; routes may have changed, too. */
  interfacesChanged(now: Instant): void {
    for (const [each, igmp] of this.igmp) {
      if (each.up) igmp.up(now, milliseconds((each.index - 1) * SPREAD));
      else igmp.down(now);
    }
    this.forwarding.changed();
    if (this.#upstream?.up) this.#reportFixed(now);
  }

  /** What the settings ask for on the downstreams is wanted upstream, too: no report will say so. */
  #reportFixed(now: Instant): void {
    for (const [each, igmp] of this.igmp)
      if (each !== this.#upstream && each.up)
        for (const group of igmp.memberships.fixed.keys()) this.#reports?.changed(group, now);
  }

  /** Takes another plan. */
  apply(plan: Pick<MulticastParts, 'interfaces' | 'multicast'>, _now: Instant): void {
    void plan;
    this.forwarding.changed();
  }

  /** An interface is about to be taken away. */
  leave(egress: Interface, now: Instant): void {
    this.igmp.get(egress)?.stop(now);
  }

  /** The router goes away. */
  stop(now: Instant): void {
    for (const igmp of this.igmp.values()) igmp.stop(now);
  }

  poll(now: Instant): void {
    for (const igmp of this.igmp.values()) igmp.poll(now);
  }

  nextDeadline(): Instant {
    let next = NEVER;
    for (const igmp of this.igmp.values()) next = earliest(next, igmp.nextDeadline());
    return next;
  }
}

/** Of several proxies on a link, the querier forwards to it. Source: RFC 4605 §4.2. */
const isForwarder = ({ querier, settings }: IgmpInterface, upstream: Interface | undefined): boolean =>
  upstream === undefined || querier.state === 'querier' || settings.querier === 'never';
