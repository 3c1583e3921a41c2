import { type Address, type Prefix, prefixOf } from '../address.js';
import type { Configuration, RouterConfiguration } from '../config/configuration.js';
import { countDrop, interfaceCounters } from '../counters.js';
import { NOBODY, type Observer } from '../event.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { Interface } from '../interface.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { Route } from '../ip/rib.js';
import { HostAttachment, type HostEnd } from '../link/attachments.js';
import { type Attachment, Link } from '../link/link.js';
import type { Refused } from '../link.js';
import type { Random } from '../random.js';
import { Router } from '../router/router.js';
import { earliest, type Instant, NEVER } from '../time.js';
import { RouteUse } from './route-use.js';

/** What a lab cannot know or do by itself. */
export interface LabEnvironment {
  readonly random: Random;
  readonly now: Instant;
  readonly utcMilliseconds?: (now: Instant) => number | undefined;
  readonly allocate?: (length: number) => Uint8Array;
  readonly observer?: Observer;
}

/** One host's interface in a lab, as the edge holds it: what the host sends goes in here. */
export interface HostInput {
  receive(octets: Uint8Array, now: Instant): void;
  /** The device went down or came up. */
  setUp(isUp: boolean, now: Instant): void;
}

/**
 * The hosts, links and routers of one configuration, wired up.
 *
 * The same on TUN devices, in memory and in virtual time: hosts get their ends by `connect`, and whoever
 * holds the clock calls `poll` no later than `nextDeadline()` says.
 */
export class Lab {
  readonly configuration: Configuration;
  readonly links = new Map<string, Link>();
  readonly routers = new Map<string, Router>();
  readonly #hosts = new Map<string, { attachment: HostAttachment; link: Link }>();
  readonly #observer: Observer;
  readonly #routeUse: RouteUse;

  constructor(configuration: Configuration, environment: LabEnvironment) {
    this.configuration = configuration;
    this.#observer = environment.observer ?? NOBODY;
    this.#routeUse = new RouteUse(this.#observer);
    for (const link of configuration.links.values())
      this.links.set(
        link.name,
        new Link(
          link.name,
          link.mtu,
          prefixesOn(link.name, configuration),
          this.#observer,
          environment.allocate,
        ),
      );
    for (const router of configuration.routers.values())
      this.routers.set(router.name, this.#makeRouter(router, environment));
    for (const host of configuration.hosts.values()) {
      for (const each of host.interfaces) {
        const attachment = new HostAttachment(host.name, each.link, [each.address.address]);
        const link = this.#link(each.link);
        link.attach(attachment);
        this.#hosts.set(attachment.name, { attachment, link });
      }
    }
    for (const link of this.links.values()) link.changed(environment.now);
  }

  /** Gives a host's interface its end, and returns where that host's datagrams go in. */
  connect(host: string, linkName: string, end: HostEnd, now: Instant): HostInput {
    const found = this.#hosts.get(`${host}.${linkName}`);
    if (found === undefined) throw new Error(`the lab has no host interface ${host}.${linkName}`);
    const { attachment, link } = found;
    attachment.connect(end);
    link.changed(now);
    return {
      receive: (octets, at) => link.receiveFromHost(attachment, octets, at),
      setUp: (isUp, at) => {
        if (!attachment.setUp(isUp)) return;
        if (!isUp) link.forget(attachment);
        this.#report(link.name, attachment.name, isUp ? 'up' : 'down', at);
        link.changed(at);
      },
    };
  }

  poll(now: Instant): void {
    for (const router of this.routers.values()) router.poll(now);
  }

  /** Says good-bye: routers that advertise themselves tell their hosts that they go. */
  stop(now: Instant): void {
    for (const router of this.routers.values()) router.stop(now);
  }

  nextDeadline(): Instant {
    let next = NEVER;
    for (const router of this.routers.values()) next = earliest(next, router.nextDeadline());
    return next;
  }

  /** Changes what a link carries whole, at once for every router on it. */
  setMtu(linkName: string, mtu: number, now: Instant): void {
    const link = this.#link(linkName);
    if (link.mtu === mtu) return;
    link.mtu = mtu;
    for (const router of this.routers.values())
      for (const each of router.interfaces) if (each.link === linkName) each.mtu = mtu;
    this.#report(linkName, linkName, 'mtu', now, String(mtu));
  }

  #link(name: string): Link {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`the lab has no link ${name}`);
    return link;
  }

  #makeRouter(configuration: RouterConfiguration, environment: LabEnvironment): Router {
    const interfaces = configuration.interfaces.map((each, at): Interface => {
      const link = this.#link(each.link);
      const loopback = configuration.settings.ip.loopback;
      const addresses = each.addresses.map(({ address }) => address);
      const attachment: Attachment = {
        name: `${configuration.name}.${each.link}`,
        kind: 'router',
        owner: configuration.name,
        addresses: loopback === undefined ? addresses : [...addresses, loopback],
        isUp: () => true,
        receive: (datagram, now) => router.receive(made, datagram, now),
        linkChanged: (now) => this.#linkChanged(router, made, link.hasListenerBeside(attachment), now),
        neighborLearned: (address, now) => {
          if (router.routing.rib.usesNextHop(address)) router.routesChanged(now);
        },
      };
      const refused: Refused = (reason, datagram, now) => {
        made.counters.refusedPackets += 1;
        made.counters.refusedOctets += datagram.length;
        countDrop(made.drops, reason, 1, datagram.length, now);
      };
      const made: Interface = {
        name: attachment.name,
        link: link.name,
        index: at + 1,
        addresses: each.addresses,
        mtu: link.mtu,
        up: false,
        forwarding: each.forwarding,
        scope: each.scope,
        wire: link.wireOf(attachment, refused),
        counters: interfaceCounters(),
        drops: new Map(),
      };
      link.attach(attachment, this.configuration.links.get(link.name)?.gateway === configuration.name);
      return made;
    });
    const router: Router = new Router({
      ...environment,
      name: configuration.name,
      interfaces,
      routes: routesOf(configuration, interfaces, this.configuration),
      settings: configuration.settings,
      igmp: igmpOf(configuration, interfaces),
      multicast: multicastOf(configuration, interfaces),
    });
    return router;
  }

  #linkChanged(router: Router, each: Interface, isUp: boolean, now: Instant): void {
    const wasUp = each.up;
    if (wasUp !== isUp) {
      each.up = isUp;
      this.#report(each.link, each.name, isUp ? 'up' : 'down', now);
    }
    router.routesChanged(now);
    if (wasUp !== isUp) this.#routeUse.look(router, now);
    // What it has begun on the interface ends here, however soon the interface is up again.
    if (wasUp && !isUp) router.poll(now);
  }

  #report(
    link: string,
    attachment: string,
    event: 'up' | 'down' | 'mtu',
    time: Instant,
    detail?: string,
  ): void {
    if (!this.#observer.wants('link')) return;
    this.#observer.notify({
      type: 'link',
      time,
      link,
      attachment,
      event,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

/** Every subnet that some attachment has on a link, each once. */
const prefixesOn = (link: string, { hosts, routers }: Configuration): readonly Prefix[] => {
  const prefixes = new Map<string, Prefix>();
  const note = (prefix: Prefix): void => {
    prefixes.set(`${prefix.network}/${prefix.length}`, prefix);
  };
  for (const host of hosts.values())
    for (const each of host.interfaces) if (each.link === link) note(each.address.prefix);
  for (const router of routers.values())
    for (const each of router.interfaces)
      if (each.link === link) for (const { prefix } of each.addresses) note(prefix);
  return [...prefixes.values()];
};

/** The configured routes of a router, and one to each neighbor of an interface without an address. */
const routesOf = (
  configuration: RouterConfiguration,
  interfaces: readonly Interface[],
  lab: Configuration,
): Route[] => [
  ...configuration.routes.map((route): Route => {
    const nexthops =
      route.type === 'unicast'
        ? route.nexthops.map(({ via, link, weight }) => ({
            via,
            interface: interfaces.find((each) => each.link === link)!,
            weight,
          }))
        : [];
    return {
      prefix: route.to,
      type: route.type,
      nexthops,
      metric: route.metric,
      tos: route.tos,
      origin: 'config',
    };
  }),
  ...interfaces
    .filter((each) => each.addresses.length === 0)
    .flatMap((each) =>
      neighborsOn(each.link, configuration.name, lab).map(
        (address): Route => ({
          prefix: prefixOf(address, 32),
          type: 'connected',
          nexthops: [{ via: 0, interface: each, weight: 1 }],
          metric: 0,
          tos: undefined,
          origin: 'connected',
        }),
      ),
    ),
];

const igmpOf = (
  configuration: RouterConfiguration,
  interfaces: readonly Interface[],
): ReadonlyMap<Interface, IgmpSettings> =>
  new Map(
    configuration.interfaces.flatMap(({ igmp }, at) => (igmp === undefined ? [] : [[interfaces[at]!, igmp]])),
  );

/** A static route counts only where the router is on the links that it names. */
const multicastOf = (
  { multicast }: RouterConfiguration,
  interfaces: readonly Interface[],
): MulticastSettings => {
  const on = (link: string | undefined): Interface | undefined =>
    interfaces.find((each) => each.link === link);
  return {
    routing: multicast.routing,
    reversePath: multicast.reversePath,
    upstream: on(multicast.upstream),
    routes: multicast.routes.flatMap(({ group, source, in: link, out }) => {
      const incoming = on(link);
      const outgoing = out.flatMap((each) => on(each) ?? []);
      return incoming === undefined ? [] : [{ group, source, incoming, outgoing }];
    }),
  };
};

const neighborsOn = (link: string, router: string, { hosts, routers }: Configuration): Address[] => {
  const ofHosts = [...hosts.values()].flatMap((host) =>
    host.interfaces.filter((each) => each.link === link).map((each) => each.address.address),
  );
  const ofRouters = [...routers.values()]
    .filter((each) => each.name !== router)
    .flatMap((each) => {
      const own = each.interfaces.find((candidate) => candidate.link === link);
      if (own === undefined) return [];
      const { loopback } = each.settings.ip;
      return [...own.addresses.map(({ address }) => address), ...(loopback === undefined ? [] : [loopback])];
    });
  return [...ofHosts, ...ofRouters];
};
