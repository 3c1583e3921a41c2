import type { Address } from '../address.js';
import type { Book } from '../book.js';
import type { RouterConfiguration } from '../config/configuration.js';
import type { Observer } from '../event.js';
import type { Hop } from '../hop.js';
import { type Interface, interfaceState, UNBOUNDED } from '../interface.js';
import { MADE_AT_ONCE } from '../ip/filters.js';
import type { Attachment } from '../link/attachments.js';
import type { Link } from '../link/link.js';
import { gathered, mapped } from '../pieces.js';
import type { RouterEnvironment } from '../router/environment.js';
import { Router } from '../router/router.js';
import { unreachableEntrance } from '../router/unreachable-entrance.js';
import { sameItems } from '../same-items.js';
import type { Instant } from '../time.js';
import type { OnLinks } from './on-links.js';
import { addressesOn, filterOf, type PlannedRouter, type PreparedFilters, plannedRouter } from './plan.js';
import { RouteUse, type RouteUseEnvironment } from './route-use.js';

/** A router's place on a link, and its interface there. */
export class InterfaceAttachment implements Attachment {
  readonly kind = 'router';
  readonly isUp = true;
  readonly name: string;
  readonly owner: string;
  readonly link: Link;
  readonly interface: Interface;
  readonly #of: LabRouter;
  addresses: readonly Address[] = [];
  hop: Hop = NOWHERE;
  readonly unreachable: Hop;
  /** Whether it went down with its link, which has told so. */
  isCut = false;

  constructor(of: LabRouter, link: Link) {
    this.#of = of;
    this.owner = of.name;
    this.name = `${of.name}.${link.name}`;
    this.link = link;
    this.interface = {
      router: of.name,
      name: this.name,
      link: link.name,
      index: 0,
      serial: of.nextSerial(),
      addresses: [],
      mtu: link.mtu,
      forwarding: true,
      scope: UNBOUNDED,
      wire: link.wireOf(this),
      ...interfaceState(),
    };
    this.unreachable = unreachableEntrance(this.interface, of.book);
  }

  linkChanged(now: Instant): void {
    this.#of.linkChanged(this, now);
  }

  neighborChanged(address: Address, now: Instant): void {
    const { router } = this.#of;
    if (router.routing.rib.usesNextHop(address)) router.routesChanged(now);
  }
}

/** What was made beforehand of another configuration of a router. */
interface Prepared {
  readonly attachments: ReadonlyMap<string, InterfaceAttachment>;
  readonly filters: PreparedFilters;
}

/** A router in a lab: what survives a change of the configuration, and its places on the links. */
export class LabRouter {
  readonly name: string;
  readonly router: Router;
  readonly book: Book;
  readonly #observer: Observer;
  readonly #routeUse: RouteUse;
  #attachments = new Map<string, InterfaceAttachment>();
  #planned: PlannedRouter;
  #prepared: Prepared | undefined;
  #lastSerial = 0;

  constructor(
    configuration: RouterConfiguration,
    onLinks: OnLinks,
    linkOf: (name: string) => Link,
    environment: RouterEnvironment & RouteUseEnvironment,
  ) {
    this.name = configuration.name;
    this.book = environment.book;
    this.#observer = environment.observer;
    const interfaces = this.#place(configuration, linkOf);
    this.#planned = plannedRouter(configuration, interfaces, onLinks);
    this.router = new Router(this.#planned.plan, environment);
    this.#routeUse = new RouteUse(this.router, environment);
    this.#open();
  }

  /** In the order of the configuration. */
  get attachments(): Iterable<InterfaceAttachment> {
    return this.#attachments.values();
  }

  /**
   * Prepares what takes long about another configuration, step by step: its filters, with the interfaces that it will
   * have. `linkOf` gives its links, also those that no router is on yet.
   */
  *prepare(
    { interfaces, filters }: RouterConfiguration,
    linkOf: (name: string) => Link,
    now: Instant,
  ): Generator<void, void> {
    const attachments = new Map(interfaces.map(({ link }) => [link, this.#attachmentOn(linkOf(link))]));
    const places = [...attachments.values()].map((each) => each.interface);
    if (filters === this.#planned.configuration.filters && sameItems(places, this.router.interfaces)) return;
    const made = mapped(filters, (each) => filterOf(each, 'config', places));
    const plan = yield* gathered(made, MADE_AT_ONCE);
    yield* this.router.filters.prepare(plan, now);
    this.#prepared = { attachments, filters: { of: filters, interfaces: places, filters: plan } };
  }

  /** A number for an interface that no other one has had. */
  nextSerial(): number {
    this.#lastSerial += 1;
    return this.#lastSerial;
  }

  /** Adopts another configuration. Interfaces on links that stay keep their state. */
  apply(
    configuration: RouterConfiguration,
    onLinks: OnLinks,
    linkOf: (name: string) => Link,
    now: Instant,
  ): void {
    const interfaces = this.#place(configuration, linkOf);
    const before = this.#planned;
    this.#planned = plannedRouter(configuration, interfaces, onLinks, before, this.#prepared?.filters);
    this.#prepared = undefined;
    if (this.#planned.plan !== before.plan) this.router.apply(this.#planned.plan, now);
    this.#open();
  }

  /** A device on the link of an attachment came up or went down. Without a receiver, the interface is down. */
  linkChanged(attachment: InterfaceAttachment, now: Instant): void {
    const each = attachment.interface;
    const isUp = attachment.link.hasListenerBeside(attachment);
    const wasUp = each.up;
    each.up = isUp;
    const isToldByLink = isUp ? attachment.isCut : !attachment.link.isUp;
    if (wasUp !== isUp) attachment.isCut = !isUp && isToldByLink;
    if (wasUp !== isUp && !isToldByLink && this.#observer.wants('link'))
      this.#observer.notify({
        type: 'link',
        time: now,
        link: each.link,
        attachment: each.name,
        event: isUp ? 'up' : 'down',
      });
    this.router.routesChanged(now);
    if (wasUp !== isUp) this.#routeUse.look(now);
    // Whatever runs on the interface ends here, however soon it is up again.
    if (wasUp && !isUp) this.router.poll(now);
  }

  /** The router is going away. */
  stop(now: Instant): void {
    this.#routeUse.stop();
    this.router.stop(now);
  }

  /** Gives each configured interface its attachment, reusing the one on the same link. */
  #place(configuration: RouterConfiguration, linkOf: (name: string) => Link): Interface[] {
    const before = this.#attachments;
    this.#attachments = new Map();
    return configuration.interfaces.map(({ link: name, addresses, forwarding, scope }) => {
      const link = linkOf(name);
      const attachment = this.#attachmentOn(link, before);
      attachment.addresses = addressesOn(configuration, name);
      const each = attachment.interface;
      each.addresses = addresses;
      each.forwarding = forwarding;
      each.scope = scope;
      each.mtu = link.mtu;
      this.#attachments.set(name, attachment);
      return each;
    });
  }

  /** The one that is there, or was made beforehand; else a new one. */
  #attachmentOn(link: Link, before = this.#attachments): InterfaceAttachment {
    const known = [before, this.#prepared?.attachments].map((each) => each?.get(link.name));
    return known.find((each) => each?.link === link) ?? new InterfaceAttachment(this, link);
  }

  #open(): void {
    for (const each of this.#attachments.values())
      if (each.hop === NOWHERE) each.hop = this.router.entranceOf(each.interface);
  }
}

/** A placeholder until the router exists; nothing is delivered before that. */
const NOWHERE: Hop = { take: () => {} };
