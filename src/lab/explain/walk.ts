import { type Address, formatAddress, isLinkLocalMulticast, isMulticast } from '../../address.js';
import type { DropReason } from '../../drop-reason.js';
import type { DropDetail, Interface } from '../../interface.js';
import { fragment } from '../../ip/fragment.js';
import * as ipv4 from '../../ip/header.js';
import type { Attachment, HostAttachment } from '../../link/attachments.js';
import type { Link, Receiver } from '../../link/link.js';
import { decide } from '../../router/decide.js';
import type { Router } from '../../router/router.js';
import { emptyVerdict, type Step, type Verdict } from '../../router/verdict.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { InterfaceAttachment } from '../lab-router.js';
import { answerTo, spokenRedirect } from './answer.js';
import { crossing } from './link-steps.js';
import { Outcome } from './outcome.js';

/** Datagrams to groups may circle without end where a TTL is raised on purpose. */
const MOST_VISITS = 1000;

/** A datagram under way. In fragments it is the first one, which the others follow by filters and flows alike. */
interface Cargo {
  readonly octets: Uint8Array;
  /** Before it was cut, for whoever puts it together again; undefined if it was not. */
  readonly whole: Uint8Array | undefined;
}

/**
 * Follows a datagram through a lab by asking each link and router what it would do.
 *
 * They answer with the decisions by which they do it. Nothing is sent, counted, learned or remembered.
 */
export class Walk {
  readonly outcome = new Outcome();
  readonly #lab: Lab;
  readonly #now: Instant;
  #visits = 0;

  constructor(lab: Lab, now: Instant) {
    this.#lab = lab;
    this.#now = now;
  }

  /** From a host, as its kernel sends it on a link; it may be anything. */
  fromHost(host: HostAttachment, link: Link, octets: Uint8Array): void {
    this.#cross(link, host, link.receiverOf(host, octets, this.#now), { octets, whole: undefined });
  }

  /** From a host whose device is down: its kernel sends nothing. */
  fromNowhere({ name }: HostAttachment): void {
    this.outcome.step(name, 'out', 'its device is down', RULE_DOWN);
    this.#drop(name, 'link-down', RULE_DOWN);
  }

  /** From a router, as a datagram of its own. */
  fromRouter(router: Router, octets: Uint8Array): void {
    const destination = ipv4.destination(octets);
    const exit = router.routing.exitTo(destination, octets);
    if (exit === undefined) return this.#drop(router.name, 'no-route', 'RFC 1812 §5.2.7.1');
    this.departing(exit.egress, exit.nextHop, octets);
  }

  /** From a router that has made it, to a next hop beyond one of its interfaces. */
  departing(egress: Interface, nextHop: Address, octets: Uint8Array): void {
    const detail = `its own datagram: ${egress.name} to ${formatAddress(nextHop)}`;
    this.outcome.step(egress.name, 'out', detail, 'RFC 1812 §5.2.4.3');
    this.#leave(egress, nextHop, { octets, whole: undefined });
  }

  /** Into a router, on one of its interfaces. */
  into(router: Router, ingress: Interface, octets: Uint8Array): void {
    this.#receive(router, ingress, { octets, whole: undefined });
  }

  #receive(router: Router, ingress: Interface, cargo: Cargo): void {
    this.#visits += 1;
    if (this.#visits > MOST_VISITS) return this.#drop(router.name, 'multicast-ttl', 'RFC 1812 §5.3.1');
    const fault = ipv4.validate(cargo.octets);
    if (fault !== undefined) {
      this.outcome.step(ingress.name, 'in', `${cargo.octets.length} octets`, 'RFC 1812 §5.2.2');
      return this.#dropIn(router, ingress, fault, {}, cargo.octets, 'RFC 1812 §5.2.2');
    }
    const octets = cargo.octets.subarray(0, ipv4.totalLength(cargo.octets));
    const verdict = emptyVerdict();
    const steps: Step[] = [];
    decide(octets, ingress, router.tables, verdict, steps);
    if (verdict.isToGroup) this.outcome.isToMany = true;
    const last = verdict.fate === 'drop' ? steps.pop() : undefined;
    for (const each of steps) this.#tell(each, router, ingress, verdict);
    switch (verdict.fate) {
      case 'forward': {
        const redirect = router.forecast.redirectAbout(octets, verdict, ingress, this.#now);
        if (redirect !== undefined)
          this.outcome.step(
            router.name,
            'redirect',
            spokenRedirect(redirect, verdict.nextHop),
            'RFC 1812 §5.2.7.2',
          );
        const left = router.forecast.leaving(octets, verdict, verdict.egress!, this.#now);
        return this.#leave(verdict.egress!, verdict.nextHop, { ...cargo, octets: left });
      }
      case 'replicate':
        return this.#replicate(router, ingress, verdict, octets);
      case 'deliver':
        return this.#deliver(router, ingress, isIgmp(octets) ? octets : (cargo.whole ?? octets));
      case 'drop':
        this.#tellBlocked(router, ingress, verdict);
        return this.#dropIn(router, ingress, verdict.reason!, verdict, octets, last!.source);
    }
  }

  #replicate(router: Router, ingress: Interface, verdict: Verdict, octets: Uint8Array): void {
    this.#tellBlocked(router, ingress, verdict);
    for (const egress of verdict.outgoing) {
      const group = formatAddress(verdict.destination);
      this.outcome.step(egress.name, 'out', `a copy to ${group}`, 'RFC 1812 §5.2.1.3');
      const left = router.forecast.leaving(octets, verdict, egress, this.#now);
      this.#leave(egress, verdict.destination, { octets: left, whole: undefined });
    }
  }

  #deliver(router: Router, ingress: Interface, whole: Uint8Array): void {
    const reason = router.forecast.deliveryOf(whole, ingress, this.#now);
    if (reason === undefined) this.outcome.routers.add(router.name);
    else this.#dropIn(router, ingress, reason, {}, whole, 'RFC 1812 §5.2.3');
  }

  /** Hands it to the link of an interface, cut where it is too long. */
  #leave(egress: Interface, nextHop: Address, cargo: Cargo): void {
    const link = this.#lab.links.get(egress.link)!;
    const sender = link.attachments.find(
      (each) => each instanceof InterfaceAttachment && each.interface === egress,
    );
    const pieces: Uint8Array[] = [];
    fragment(cargo.octets, egress.mtu, (length) => new Uint8Array(length), pieces.push.bind(pieces));
    if (sender === undefined || pieces.length === 0) return this.#drop(link.name, 'link-down', RULE_DOWN);
    const whole = pieces.length > 1 ? (cargo.whole ?? cargo.octets) : cargo.whole;
    this.#cross(link, sender, link.receiverAt(nextHop, sender), { octets: pieces[0]!, whole });
  }

  /** Over a link to whom it is for. */
  #cross(link: Link, sender: Attachment, receiver: Receiver, cargo: Cargo): void {
    if (receiver === 'link-down' || receiver === 'link-no-gateway') {
      const [detail, source] =
        receiver === 'link-down' ? [`${link.name} is down`, RULE_DOWN] : [NO_GATEWAY, RULE_REMOTE];
      this.outcome.step(link.name, 'link', detail, source);
      return this.#drop(link.name, receiver, source);
    }
    const reporter = receiver === 'host-unreachable' && sender.kind === 'host' ? link.reporter : undefined;
    if (receiver === 'host-unreachable') {
      this.outcome.step(link.name, 'link', `nobody here has the next hop of ${sender.name}`, RULE_LOCAL);
      if (reporter === undefined) return this.#drop(link.name, receiver, RULE_LOCAL);
    }
    if (receiver === 'everybody') this.outcome.isToMany = true;
    else if (typeof receiver !== 'string') this.#tellDelivery(link, sender, receiver, cargo.octets);
    const { steps, reason } = crossing(link, sender);
    this.outcome.steps.push(...steps);
    if (reason !== undefined) return this.#drop(link.name, reason, steps.at(-1)!.source);
    if (reporter instanceof InterfaceAttachment) this.#report(reporter, cargo.octets);
    else if (receiver === 'everybody') this.#spread(link, sender, cargo);
    else if (typeof receiver !== 'string') this.#arrive(receiver, cargo, true);
  }

  /** A router says for the kernel of a host that nobody has the next hop. */
  #report({ interface: ingress, owner }: InterfaceAttachment, octets: Uint8Array): void {
    const fault = ipv4.validate(octets);
    const original = fault === undefined ? octets.subarray(0, ipv4.totalLength(octets)) : octets;
    const router = this.#lab.routers.get(owner)!;
    this.#dropIn(router, ingress, fault ?? 'host-unreachable', {}, original, 'RFC 1812 §5.2.7.1');
  }

  #spread(link: Link, sender: Attachment, cargo: Cargo): void {
    const { octets } = cargo;
    const [source, destination] = [ipv4.source(octets), ipv4.destination(octets)];
    const isWanted = !isMulticast(destination) || this.#isWantedOn(link, destination, source);
    const listeners = link.listenersBeside(sender);
    const names = listeners.map(({ name }) => name).join(' ') || 'nobody';
    const why = isWanted ? '' : '; no host has joined';
    const rule = isMulticast(destination) ? 'RFC 1112 §6.4' : 'RFC 1812 §5.3.5';
    this.outcome.step(link.name, 'link', `to everybody: ${names}${why}`, rule);
    for (const each of listeners) this.#arrive(each, cargo, isWanted);
    if (listeners.length === 0 && !isMulticast(destination)) this.outcome.drop('host-unreachable');
  }

  /** Only a router with IGMP knows who listens; where there is none, everybody may. */
  #isWantedOn(link: Link, group: Address, source: Address): boolean {
    if (isLinkLocalMulticast(group)) return true;
    const queriers = link.attachments.flatMap((each) =>
      each instanceof InterfaceAttachment
        ? [[this.#lab.routers.get(each.owner)!, each.interface] as const]
        : [],
    );
    const knowing = queriers.filter(([{ igmp }, on]) => igmp.has(on));
    return knowing.length === 0 || knowing.some(([{ forecast }, on]) => forecast.isWanted(group, source, on));
  }

  #arrive(receiver: Attachment, cargo: Cargo, isWanted: boolean): void {
    if (receiver instanceof InterfaceAttachment)
      return this.#receive(this.#lab.routers.get(receiver.owner)!, receiver.interface, cargo);
    this.outcome.heard.add(receiver.owner);
    if (!isWanted) return;
    this.outcome.wanted.add(receiver.owner);
    this.outcome.step(receiver.owner, 'deliver', `${receiver.name} gets it`, 'RFC 1122 §3.2.1.3');
  }

  /** Says why a link delivers to somebody: the address, or the way there. */
  #tellDelivery(link: Link, sender: Attachment, receiver: Attachment, octets: Uint8Array): void {
    const destination = octets.length >= 20 ? ipv4.destination(octets) : 0;
    const isOwner = link.receiverAt(destination, sender) === receiver;
    const why = isOwner ? `which has ${formatAddress(destination)}` : `the next hop of ${sender.owner}`;
    this.outcome.step(link.name, 'link', `to ${receiver.name}, ${why}`, isOwner ? RULE_LOCAL : RULE_REMOTE);
  }

  /** Says why a datagram to a group does not leave by the other interfaces. */
  #tellBlocked({ forecast }: Router, ingress: Interface, { route }: Verdict): void {
    if (route === undefined) return;
    for (const { interface: each, why } of forecast.blockedBeside(route))
      if (each !== ingress)
        this.outcome.step(each.name, 'out', `not by ${each.name}: ${why}`, 'RFC 9776 §6.3');
  }

  #tell({ what, detail, source, at }: Step, router: Router, ingress: Interface, verdict: Verdict): void {
    const place =
      what === 'in' ? ingress : what === 'out' || what === 'mtu' ? (at ?? verdict.egress) : undefined;
    this.outcome.step(place?.name ?? router.name, what, detail, source);
  }

  #drop(at: string, reason: DropReason, source: string): void {
    this.outcome.step(at, 'drop', reason, source);
    this.outcome.drop(reason);
  }

  /** A router drops it, and may answer. */
  #dropIn(
    { name, forecast }: Router,
    ingress: Interface,
    reason: DropReason,
    detail: DropDetail,
    original: Uint8Array,
    source: string,
  ): void {
    const { icmp, words } = answerTo(forecast.errorAbout(reason, detail, original, ingress, this.#now));
    this.outcome.step(name, 'drop', `${reason}${words}`, source);
    this.outcome.drop(reason, icmp);
  }
}

/** Fragments of it are never put together. Source: RFC 9776 §4. */
const isIgmp = (octets: Uint8Array): boolean => ipv4.protocol(octets) === ipv4.PROTOCOL_IGMP;

const NO_GATEWAY = 'the link has no gateway for what is not on it';
/** A host delivers by itself what is on its link, and by a gateway what is not. */
const RULE_LOCAL = 'RFC 1122 §3.3.1.1';
const RULE_REMOTE = 'RFC 1122 §3.3.1.2';
const RULE_DOWN = 'RFC 1812 §5.3.12';
