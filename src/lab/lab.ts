import type { Address } from '../address.js';
import { Book } from '../book.js';
import type { Configuration, LinkConfiguration, RouterConfiguration } from '../config/configuration.js';
import { NOBODY, type Observer } from '../event.js';
import { Work } from '../igmp/work.js';
import type { Attachment, HostAttachment, HostEnd } from '../link/attachments.js';
import type { LinkEnvironment } from '../link/environment.js';
import { Link } from '../link/link.js';
import { Transit } from '../link/transit.js';
import { eachDatagram } from '../offload/segmentation.js';
import type { Random } from '../random.js';
import type { RouterEnvironment } from '../router/environment.js';
import type { Router } from '../router/router.js';
import { earliest, type Instant } from '../time.js';
import type { HostConnection, HostInput } from './host-input.js';
import { type HostPlace, newHostPlace } from './host-place.js';
import { keepInOrder } from './keep-in-order.js';
import { LabRouter } from './lab-router.js';
import { LinkChanges } from './link-changes.js';
import { isSameTopology, OnLinks } from './on-links.js';
import { linkPlanOf } from './plan.js';
import type { RouteUseEnvironment } from './route-use.js';

/** What a lab is given. */
export interface LabEnvironment {
  readonly random: Random;
  readonly now: Instant;
  readonly utcMilliseconds?: (now: Instant) => number | undefined;
  /** Milliseconds, which pass while something is done; left out in virtual time. */
  readonly clock?: () => number;
  readonly allocate?: (length: number) => Uint8Array;
  readonly observer?: Observer;
  /** How many octets of datagrams wait on all links; 1 GiB unless told. */
  readonly mostOnLinks?: number;
}

/**
 * The hosts, links and routers of one configuration, connected.
 *
 * It works the same on TUN devices, in memory and in virtual time: `connect` gives hosts their ends, and the owner of
 * the clock calls `poll` no later than `nextDeadline()`. `apply` replaces the configuration; what it does not touch
 * goes on undisturbed.
 */
export class Lab {
  readonly links = new Map<string, Link>();
  readonly routers = new Map<string, Router>();
  /** What commands change of the links. */
  readonly linkChanges: LinkChanges;
  /** Told of what happens. */
  readonly observer: Observer;
  readonly #environment: RouterEnvironment & RouteUseEnvironment & LinkEnvironment;
  #hosts = new Map<string, HostPlace>();
  #routers = new Map<string, LabRouter>();
  /** What was made beforehand: links with nobody on them, and routers without routes and filters. */
  readonly #prepared = { links: new Map<string, Link>(), routers: new Map<string, LabRouter>() };
  #configuration: Configuration;
  /** Undefined before there is a configuration in force. */
  #onLinks: OnLinks | undefined;

  constructor(configuration: Configuration, environment: LabEnvironment) {
    const { random, now, observer = NOBODY } = environment;
    const { allocate = (length) => new Uint8Array(length), utcMilliseconds = () => undefined } = environment;
    const book = new Book(observer, (parcel, take) => eachDatagram(parcel, allocate, take));
    const transit = new Transit(random, allocate, environment.mostOnLinks);
    this.observer = observer;
    const work = new Work({ clock: environment.clock });
    this.#environment = { random, now, observer, book, transit, work, allocate, utcMilliseconds };
    this.#configuration = configuration;
    this.linkChanges = new LinkChanges({
      observer,
      linkNamed: this.#link,
      hostsOn: (link) => this.#hostsOn(link),
      inForce: (link) => this.#linkInForce(link),
      setMtu: (link, mtu) => this.#setMtu(this.#link(link), mtu),
    });
    this.apply(configuration, now);
  }

  /** Where the fate of every datagram is written down, and who is told. */
  get book(): Book {
    return this.#environment.book;
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /**
   * Adopts another configuration. Links, routers, interfaces and hosts with the same names stay, with their neighbors,
   * memberships, fragments, counters and run-time routes. Hosts that stay keep their ends, new ones have none yet,
   * and those that go lose theirs. A link that is not as it is in force is taken as what a file says: what commands
   * have changed stays where the file says the same as before.
   */
  apply(wanted: Configuration, now: Instant): void {
    const before = this.#configuration;
    const links = this.linkChanges.adopt(wanted);
    const configuration = links === wanted.links ? wanted : { ...wanted, links };
    this.#configuration = configuration;
    if (this.#onLinks !== undefined && isSameTopology(configuration, before))
      return this.#applySettings(configuration.routers, before.routers, this.#onLinks, now);
    const onLinks = new OnLinks(configuration);
    this.#onLinks = onLinks;
    for (const link of configuration.links.values()) {
      const plan = linkPlanOf(link, onLinks);
      const known = this.links.get(link.name) ?? this.#prepared.links.get(link.name);
      this.links.set(link.name, known ?? new Link(plan, this.#environment));
      known?.apply(plan, before.links.get(link.name)?.mtu !== link.mtu, now);
    }
    this.#prepared.links.clear();
    for (const [name, link] of this.links) if (!configuration.links.has(name)) link.setUp(false, now);
    keepInOrder(this.links, configuration.links);
    this.#applyRouters(configuration, onLinks, now);
    this.#applyHosts(configuration);
    this.#attachAll(configuration);
    for (const link of this.links.values()) link.changed(now);
  }

  /**
   * Prepares what takes long about another configuration, step by step, and changes nothing: `apply` is soon done then.
   * What is changed meanwhile is no matter.
   */
  *prepare(wanted: Configuration, now: Instant): Generator<void, void> {
    const { links, routers } = this.#prepared;
    links.clear();
    routers.clear();
    const onLinks = new OnLinks(wanted);
    const linkOf = (name: string): Link => {
      const link = this.links.get(name) ?? links.get(name);
      if (link !== undefined) return link;
      const made = new Link(linkPlanOf(wanted.links.get(name)!, onLinks), this.#environment);
      links.set(name, made);
      return made;
    };
    for (const router of wanted.routers.values()) {
      let each = this.#routers.get(router.name);
      if (each === undefined) {
        each = new LabRouter(bareOf(router), onLinks, linkOf, { ...this.#environment, now });
        routers.set(router.name, each);
      }
      yield* each.prepare(router, linkOf, now);
    }
  }

  /** Where a host's datagrams enter. */
  inputOf(host: string, linkName: string): HostInput {
    return this.#place(host, linkName).input;
  }

  /** Gives a host's interface its end, and returns where its datagrams enter. */
  connect(host: string, linkName: string, end: HostEnd, now: Instant): HostInput {
    this.connectAll([{ host, link: linkName, port: end }], now);
    return this.inputOf(host, linkName);
  }

  /** Gives hosts' interfaces their ends; nothing is sent before all of them can take it. */
  connectAll(connections: readonly HostConnection[], now: Instant): void {
    const links = new Set<Link>();
    for (const { host, link: linkName, port } of connections) {
      const { attachment, link } = this.#place(host, linkName);
      attachment.connect(port);
      if (!link.isUp) port.setCarrier?.(false);
      links.add(link);
    }
    for (const link of links) link.changed(now);
  }

  /** The kernel of a host has these addresses on its device now, configured or not. */
  addressesChanged(host: string, linkName: string, addresses: readonly Address[], now: Instant): void {
    const { attachment, link } = this.#place(host, linkName);
    link.addressesChanged(attachment, new Set(addresses), now);
  }

  poll(now: Instant): void {
    this.linkChanges.poll(now);
    this.#environment.transit.poll(now);
    for (const router of this.routers.values()) router.poll(now);
  }

  /** Stops the routers, which say goodbye to their hosts if they advertise themselves. */
  stop(now: Instant): void {
    for (const router of this.routers.values()) router.stop(now);
  }

  nextDeadline(): Instant {
    let next = earliest(this.linkChanges.nextDeadline(), this.#environment.transit.nextDeadline());
    for (const router of this.routers.values()) next = earliest(next, router.nextDeadline());
    return next;
  }

  /** When the next of the datagrams that links hold is to go on. */
  nextRelease(): Instant {
    return this.#environment.transit.nextDeadline();
  }

  /** The device of a host has another MTU, and with it its link, at once for every router on it. */
  setMtu(linkName: string, mtu: number, time: Instant): void {
    const link = this.#link(linkName);
    if (link.mtu === mtu) return;
    this.#setMtu(link, mtu);
    if (this.observer.wants('link'))
      this.observer.notify({ type: 'link', time, link: linkName, event: 'changed', detail: `mtu ${mtu}` });
  }

  readonly #link = (name: string): Link => {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`the lab has no link ${name}`);
    return link;
  };

  #setMtu(link: Link, mtu: number): void {
    link.mtu = mtu;
    for (const router of this.routers.values())
      for (const each of router.interfaces) if (each.link === link.name) each.mtu = mtu;
  }

  #linkInForce(link: LinkConfiguration): LinkConfiguration {
    const { links } = this.#configuration;
    this.#configuration = { ...this.#configuration, links: new Map(links).set(link.name, link) };
    return links.get(link.name)!;
  }

  *#hostsOn(link: Link): Generator<HostAttachment> {
    for (const place of this.#hosts.values()) if (place.link === link) yield place.attachment;
  }

  #place(host: string, linkName: string): HostPlace {
    const found = this.#hosts.get(`${host}.${linkName}`);
    if (found === undefined) throw new Error(`the lab has no host interface ${host}.${linkName}`);
    return found;
  }

  /** The routers adopt what is about none of the others, and no link or host. */
  #applySettings(
    wanted: Configuration['routers'],
    before: Configuration['routers'],
    onLinks: OnLinks,
    now: Instant,
  ): void {
    for (const router of wanted.values())
      if (router !== before.get(router.name))
        this.#routers.get(router.name)!.apply(router, onLinks, this.#link, now);
  }

  #applyRouters(configuration: Configuration, onLinks: OnLinks, now: Instant): void {
    const before = this.#routers;
    this.#routers = new Map();
    for (const [name, each] of before) if (!configuration.routers.has(name)) each.stop(now);
    this.routers.clear();
    for (const router of configuration.routers.values()) {
      let each = before.get(router.name) ?? this.#prepared.routers.get(router.name);
      if (each === undefined)
        each = new LabRouter(router, onLinks, this.#link, { ...this.#environment, now });
      else each.apply(router, onLinks, this.#link, now);
      this.#routers.set(router.name, each);
      this.routers.set(router.name, each.router);
    }
    this.#prepared.routers.clear();
  }

  #applyHosts(configuration: Configuration): void {
    const before = this.#hosts;
    this.#hosts = new Map();
    for (const host of configuration.hosts.values())
      for (const each of host.interfaces) {
        const link = this.#link(each.link);
        const known = before.get(`${host.name}.${each.link}`);
        const place = known?.link === link ? known : newHostPlace(host.name, each, link, this.observer);
        place.attachment.configure(each.addresses.map(({ address }) => address));
        this.#hosts.set(place.attachment.name, place);
      }
    for (const place of before.values())
      if (this.#hosts.get(place.attachment.name) !== place) place.attachment.leave();
  }

  /** Routers first, then hosts, in configuration order, so that copies leave in the same order after any change. */
  #attachAll({ links }: Configuration): void {
    const byLink = new Map([...this.links.values()].map((link): [Link, Attachment[]] => [link, []]));
    for (const router of this.#routers.values())
      for (const each of router.attachments) byLink.get(each.link)?.push(each);
    for (const { link, attachment } of this.#hosts.values()) byLink.get(link)?.push(attachment);
    for (const [link, attachments] of byLink) {
      const gateway = links.get(link.name)?.gateway;
      link.attachAll(
        attachments,
        attachments.find(({ owner }) => owner === gateway),
      );
    }
  }
}

/** A router without what may be a lot: it comes in pieces. */
const bareOf = (router: RouterConfiguration): RouterConfiguration => ({
  ...router,
  routes: [],
  tables: [],
  filters: [],
});
