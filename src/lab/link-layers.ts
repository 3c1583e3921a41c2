import type { LinkConfiguration } from '../config/configuration.js';
import {
  definedOf,
  type ImpairmentSettings,
  overridden,
  UNIMPAIRED,
  withWholePreset,
} from '../impairments.js';
import { type Duration, type Instant, since } from '../time.js';
import { Timers } from '../timers.js';

/** What a command sets of a link; a key that it does not name is not there. */
export type LinkGiven = Partial<ImpairmentSettings> & { readonly mtu?: number };

/** What a command has set of a link, for as long as it lasts. */
export interface Passing {
  readonly from: string | undefined;
  readonly given: LinkGiven;
  readonly isUp: boolean | undefined;
  readonly left: Duration;
}

/** What one command asks for, until it is taken back. */
interface Layer {
  readonly link: string;
  /** Only for what this host or router sends; undefined: for all. */
  readonly from: string | undefined;
  given: LinkGiven;
  /** Undefined if the command says nothing about it. */
  readonly isUp?: boolean;
  /** Whether it ends by itself. */
  readonly isTimed: boolean;
}

/** What is known of one link: what the configuration says, and what commands have changed since. */
interface Layered {
  /** As the configuration says. */
  base: LinkConfiguration;
  /** In the order of the commands; of two that name the same key, the later counts. */
  layers: Layer[];
  inForce: LinkConfiguration;
}

/**
 * The settings of links that are in force: those of the configuration, overridden by the commands in their order.
 *
 * A command with a time is a layer that is taken out when it is over, so that overlapping ones do not disturb each
 * other: each takes back its own keys, to what they are without it.
 */
export class LinkLayers {
  readonly #links = new Map<string, Layered>();
  readonly #ends = new Timers<Layer>();

  /**
   * Adopts what a configuration says; returns what is in force with it.
   *
   * A link as it is in force means no change. Otherwise, the difference to what the configuration said before is
   * applied: commands keep what it does not touch, and those with a time keep all. What was set for a sender that
   * `isOn` says is not on the link any more goes with it.
   */
  adopt(
    wanted: ReadonlyMap<string, LinkConfiguration>,
    isOn: (link: string, sender: string) => boolean,
  ): ReadonlyMap<string, LinkConfiguration> {
    for (const name of this.#links.keys()) if (!wanted.has(name)) this.#forget(name);
    const inForce = [...wanted].map(
      ([name, link]) => [name, this.#adoptOne(link, (sender) => isOn(name, sender))] as const,
    );
    return inForce.every(([name, link]) => wanted.get(name) === link) ? wanted : new Map(inForce);
  }

  /** Adds what a command sets, until an instant or for good. */
  add(
    link: string,
    { given = {}, from, isUp }: { given?: LinkGiven; from?: string | undefined; isUp?: boolean },
    until?: Instant,
  ): LinkConfiguration {
    const of = this.#links.get(link)!;
    const last = of.layers.at(-1);
    const layer = {
      link,
      from,
      given,
      isTimed: until !== undefined,
      ...(isUp === undefined ? {} : { isUp }),
    };
    // What is set for good again and again is one layer, and not one for each time.
    if (isUp !== undefined && until === undefined)
      of.layers = of.layers.filter((each) => each.isTimed || each.isUp === undefined);
    else if (
      until === undefined &&
      last?.isTimed === false &&
      last.from === from &&
      last.isUp === undefined
    ) {
      last.given = { ...last.given, ...given };
      return this.#inForce(of);
    }
    of.layers.push(layer);
    if (until !== undefined) this.#ends.arm(layer, until);
    return this.#inForce(of);
  }

  /**
   * Takes out what commands have set, of all or of one sender; whether the link is up stays as it is. Returns what is in
   * force then; undefined if nothing was set.
   */
  reset(link: string, from: string | undefined): LinkConfiguration | undefined {
    const of = this.#links.get(link)!;
    const before = of.layers.length;
    this.#keep(of, (layer) => layer.isUp !== undefined || (from !== undefined && layer.from !== from));
    return of.layers.length === before ? undefined : this.#inForce(of);
  }

  isUp(link: string): boolean {
    return isUpBy(this.#links.get(link)?.layers ?? []);
  }

  /** A link as it is set for good: without what ends by itself. */
  settled(link: string): { readonly inForce: LinkConfiguration; readonly isUp: boolean } {
    const { base, layers } = this.#links.get(link)!;
    const lasting = layers.filter(({ isTimed }) => !isTimed);
    return { inForce: overlaid(base, lasting), isUp: isUpBy(lasting) };
  }

  /** What is set of a link and ends by itself, in the order in which it was set; not what something later overrides for good. */
  *passing(link: string, now: Instant): Generator<Passing> {
    const { layers } = this.#links.get(link)!;
    for (const [at, layer] of layers.entries()) {
      if (!layer.isTimed) continue;
      const { from, isUp } = layer;
      const later = layers.slice(at + 1).filter(({ isTimed }) => !isTimed);
      const overriding = later
        .filter((each) => each.from === from)
        .flatMap(({ given }) => Object.keys(given));
      const left = Object.fromEntries(
        Object.entries(layer.given).filter(([key]) => !overriding.includes(key)),
      );
      const given = definedOf(withWholePreset(left));
      const isCut = isUp !== undefined && later.every((each) => each.isUp === undefined);
      if (!isCut && Object.keys(given).length === 0) continue;
      yield { from, given, isUp: isCut ? isUp : undefined, left: since(now, this.#ends.deadline(layer)!) };
    }
  }

  /** The links of which something is over, each with what is in force from now on. */
  *over(now: Instant): Generator<LinkConfiguration> {
    for (const layer of this.#ends.takeAllDue(now)) {
      const of = this.#links.get(layer.link)!;
      of.layers = of.layers.filter((each) => each !== layer);
      yield this.#inForce(of);
    }
  }

  nextDeadline(): Instant {
    return this.#ends.next();
  }

  #adoptOne(wanted: LinkConfiguration, isOn: (sender: string) => boolean): LinkConfiguration {
    const of = this.#links.get(wanted.name);
    if (of === undefined) {
      this.#links.set(wanted.name, { base: wanted, layers: [], inForce: wanted });
      return wanted;
    }
    const isSame = wanted === of.inForce || wanted === of.base;
    const count = of.layers.length;
    this.#keep(of, ({ from }) => from === undefined || isOn(from));
    if (isSame) return of.layers.length === count ? of.inForce : this.#inForce(of);
    for (const layer of of.layers)
      if (!layer.isTimed) layer.given = untouched(layer.given, of.base, wanted, layer.from);
    this.#keep(of, ({ given, isUp }) => isUp !== undefined || Object.keys(given).length > 0);
    of.base = wanted;
    return this.#inForce(of);
  }

  #inForce(of: Layered): LinkConfiguration {
    of.inForce = overlaid(of.base, of.layers);
    return of.inForce;
  }

  #keep(of: Layered, isKept: (layer: Layer) => boolean): void {
    for (const layer of of.layers) if (!isKept(layer)) this.#ends.cancel(layer);
    of.layers = of.layers.filter(isKept);
  }

  #forget(name: string): void {
    this.#keep(this.#links.get(name)!, () => false);
    this.#links.delete(name);
  }
}

const isUpBy = (layers: readonly Layer[]): boolean =>
  layers.findLast(({ isUp }) => isUp !== undefined)?.isUp ?? true;

/** What is in force where commands have changed a link. */
const overlaid = (base: LinkConfiguration, layers: readonly Layer[]): LinkConfiguration => {
  const changes = layers.filter(({ given }) => Object.keys(given).length > 0);
  if (changes.length === 0) return base;
  let all = base;
  const from = new Map(base.from);
  for (const { from: sender, given } of changes)
    if (sender === undefined) all = { ...all, ...given };
    else from.set(sender, overridden(from.get(sender) ?? UNIMPAIRED, given));
  for (const [sender, own] of from) from.set(sender, withWholePreset(own));
  return { ...withWholePreset(all), from };
};

/** What of a command stays where a configuration says something else than before. */
const untouched = (
  given: LinkGiven,
  before: LinkConfiguration,
  wanted: LinkConfiguration,
  from: string | undefined,
): LinkGiven => {
  const [one, other] = [before, wanted].map(
    (link): Readonly<Record<string, unknown>> =>
      from === undefined ? { ...link } : { ...link.from.get(from) },
  );
  return Object.fromEntries(Object.entries(given).filter(([key]) => one![key] === other![key]));
};
