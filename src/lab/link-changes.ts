import type { Configuration, LinkConfiguration } from '../config/configuration.js';
import type { Observer } from '../event.js';
import type { HostAttachment } from '../link/attachments.js';
import type { Link } from '../link/link.js';
import type { Instant } from '../time.js';
import { type LinkGiven, LinkLayers, type Passing } from './link-layers.js';

/** What the changes of links act on. */
export interface LinkChangesEnvironment {
  readonly observer: Observer;
  linkNamed(name: string): Link;
  hostsOn(link: Link): Iterable<HostAttachment>;
  /** Puts the settings of a link in force; returns those that were before. */
  inForce(link: LinkConfiguration): LinkConfiguration;
  setMtu(link: string, mtu: number): void;
}

/** What a command asks for. */
export interface LinkCommand {
  readonly given?: LinkGiven;
  /** Only for what this host or router sends. */
  readonly from?: string | undefined;
  readonly isUp?: boolean;
}

type Told = 'up' | 'down' | 'changed' | 'restored';

/** The links of a lab as commands change them, at once and back again. */
export class LinkChanges {
  readonly #environment: LinkChangesEnvironment;
  readonly #layers = new LinkLayers();

  constructor(environment: LinkChangesEnvironment) {
    this.#environment = environment;
  }

  /** Adopts the links of a configuration; returns them as they are in force. */
  adopt({ links, hosts, routers }: Configuration): ReadonlyMap<string, LinkConfiguration> {
    return this.#layers.adopt(links, (link, sender) =>
      [hosts.get(sender), routers.get(sender)].some((owner) =>
        owner?.interfaces.some((each) => each.link === link),
      ),
    );
  }

  /** Does what a command says, until an instant or for good. */
  make(name: string, command: LinkCommand, until: Instant | undefined, now: Instant): void {
    this.#put(
      this.#layers.add(name, command, until),
      command.isUp === undefined ? 'changed' : undefined,
      now,
    );
    const { directions } = this.#environment.linkNamed(name);
    if (command.given?.seed !== undefined) directions.restart(command.from);
  }

  /** Takes back what commands have set, of all or of one sender; false if there was nothing. */
  reset(name: string, from: string | undefined, now: Instant): boolean {
    const wanted = this.#layers.reset(name, from);
    if (wanted !== undefined) this.#put(wanted, 'restored', now);
    return wanted !== undefined;
  }

  /** Takes back what is over. */
  poll(now: Instant): void {
    for (const link of this.#layers.over(now)) this.#put(link, 'restored', now);
  }

  /** A link as it is set for good: without what ends by itself. */
  settled(name: string): { readonly inForce: LinkConfiguration; readonly isUp: boolean } {
    return this.#layers.settled(name);
  }

  /** What is set of a link and ends by itself, in the order in which it was set. */
  passing(name: string, now: Instant): Iterable<Passing> {
    return this.#layers.passing(name, now);
  }

  nextDeadline(): Instant {
    return this.#layers.nextDeadline();
  }

  #put(wanted: LinkConfiguration, told: Told | undefined, now: Instant): void {
    const { name, mtu } = wanted;
    const { linkNamed, inForce, setMtu } = this.#environment;
    const link = linkNamed(name);
    const before = inForce(wanted);
    link.directions.apply(wanted, now);
    // Not compared with that of the link: a device may have been given another one, which is to stay.
    if (before.mtu !== mtu) {
      for (const { end } of this.#environment.hostsOn(link)) end?.setMtu?.(mtu);
      setMtu(name, mtu);
    }
    const isUp = this.#layers.isUp(name);
    if (link.isUp === isUp) return told === undefined ? undefined : this.#tell(name, told, now);
    link.setUp(isUp, now);
    this.#tell(name, isUp ? 'up' : 'down', now);
    for (const { end } of this.#environment.hostsOn(link)) end?.setCarrier?.(isUp);
    link.changed(now);
  }

  #tell(link: string, event: Told, time: Instant): void {
    const { observer } = this.#environment;
    if (observer.wants('link')) observer.notify({ type: 'link', time, link, event });
  }
}
