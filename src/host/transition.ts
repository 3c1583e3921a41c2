import { Failure } from '../failure.js';
import type { Kernel, NamespaceHandle } from '../tun/kernel.js';
import type { Port, PortOptions } from '../tun/port.js';
import { indicesIn, removeSettings, restoreSettings, type Setting } from './apply.js';
import { Attempts } from './attempts.js';
import { kernelFailure } from './kernel-failure.js';
import { checkLimits } from './limits.js';
import { type MadeInterface, Maker } from './maker.js';
import { inNamespace, namespaceIdentity } from './namespaces.js';
import { keyOf, type ObjectLedger } from './object-ledger.js';
import { byNamespace, type Place, placeOf, tenantOf } from './place.js';
import type { DeviceChange, HostChange, NamespaceName } from './plan.js';
import type { PlanDifference } from './plan-difference.js';
import { lookAround, type Standing } from './standing.js';
import type { HostObject } from './state-file.js';
import { undoObjects } from './undo.js';

/** What a transition works on, and with. */
export interface TransitionEnvironment {
  readonly kernel: Kernel;
  readonly ledger: ObjectLedger;
  /** Those of the host side, which change. */
  readonly attachments: MadeInterface[];
  readonly openPort: (options: PortOptions) => Promise<Port>;
  /** Told of ports that are about to be closed. */
  readonly release: (ports: readonly Port[]) => void;
  /** Told that the host side is as another plan has it now. */
  readonly arrived: (transition: Transition, plan: readonly HostChange[]) => void;
}

/**
 * The way of a running host side from one plan to another.
 *
 * `make` adds what is new while all that was there works on; then either `finish` removes what is not wanted any more,
 * or `takeBack` restores what was there. Whenever the process is killed, the state file tells what is ours.
 */
export class Transition {
  /** What it does, for a person, in that order. */
  readonly lines: readonly string[];
  /** What is to be known of what it did. */
  readonly remarks: string[] = [];
  readonly #environment: TransitionEnvironment;
  readonly #from: readonly HostChange[];
  readonly #to: readonly HostChange[];
  readonly #standing: Standing;
  /** The objects as they were. */
  readonly #before: readonly HostObject[];
  readonly #made: MadeInterface[] = [];
  readonly #restored: MadeInterface[] = [];

  /** Looks at what is there, and changes nothing; throws a `Failure` where something is in the way. */
  static async prepare(
    environment: TransitionEnvironment,
    from: readonly HostChange[],
    to: readonly HostChange[],
  ): Promise<Transition> {
    checkLimits(to);
    return new Transition(environment, from, to, await lookAround(environment, from, to));
  }

  private constructor(
    environment: TransitionEnvironment,
    from: readonly HostChange[],
    to: readonly HostChange[],
    standing: Standing,
  ) {
    this.#environment = environment;
    this.#from = from;
    this.#to = to;
    this.#standing = standing;
    this.#before = environment.ledger.objects;
    this.lines = standing.lines;
  }

  /** The interfaces that are new. */
  get made(): readonly MadeInterface[] {
    return this.#made;
  }

  /** Those that had to be made again after all, because something failed. */
  get restored(): readonly MadeInterface[] {
    return this.#restored;
  }

  get #difference(): PlanDifference {
    return this.#standing.difference;
  }

  /** Makes what is new. What it throws is to be answered with `takeBack`. */
  async make(): Promise<void> {
    const { ledger } = this.#environment;
    const { displaced, made, kept } = this.#difference;
    const gone = displaced.flatMap((change) => this.#attachmentOf(change) ?? []);
    await this.#close(gone);
    await this.#undo(gone.map(objectKeyOf), true);
    await this.#makeAll(made, this.#standing.remaining, this.#made);
    for (const change of kept) if (change.persistent) this.#setPersistent(change, true);
    ledger.save();
  }

  /** Restores what was there before `make`; gives what could not be restored. */
  async takeBack(): Promise<readonly string[]> {
    const { ledger } = this.#environment;
    const { kept, displaced } = this.#difference;
    const attempts = new Attempts();
    const fresh = ledger.newSince(this.#before).map(keyOf);
    await this.#close(this.#made.splice(0));
    await attempts.make(() => this.#undo(fresh, true));
    for (const change of kept)
      if (change.persistent) await attempts.make(() => this.#setPersistent(change, false));
    for (const [namespace, settings] of byNamespace(this.#settingsToRestore()))
      await attempts.make(() => this.#restore(namespace, settings));
    // What was not undone stays on the list.
    const left = ledger.newSince(this.#before);
    await attempts.make(() => ledger.replaceAll([...this.#before, ...left]));
    const places = new Set(displaced.map(placeOf));
    const again = this.#from.filter((change) => change.kind !== 'namespace' && places.has(placeOf(change)));
    if (again.length > 0) await attempts.make(() => this.#makeAll(again, again, this.#restored));
    this.#sort(this.#from);
    return attempts.failed;
  }

  /** Removes what is not wanted any more; gives what could not be removed. */
  async finish(): Promise<readonly string[]> {
    const { ledger, attachments, arrived } = this.#environment;
    const { removed, replaced, kept } = this.#difference;
    const attempts = new Attempts();
    const tenants = new Set(this.#to.flatMap((change) => (isDevice(change) ? [tenantOf(change)] : [])));
    const gone = attachments.filter((each) => !tenants.has(tenantOf(each)));
    await this.#close(gone);
    const off = removed.filter(isSetting);
    for (const [namespace, settings] of byNamespace(off))
      await attempts.make(() => this.#visit(namespace, (...here) => this.#remove(settings, ...here)));
    for (const each of [...off, ...replaced.values()]) ledger.settingRemoved(each);
    for (const change of kept)
      if (!change.persistent) await attempts.make(() => this.#setPersistent(change, false));
    const stay = new Set(this.#to.map(({ namespace }) => namespace));
    const namespaces = this.#from.flatMap((change) =>
      change.kind === 'namespace' && !stay.has(change.namespace)
        ? [keyOf({ kind: 'namespace', name: change.namespace })]
        : [],
    );
    await attempts.make(() => this.#undo([...gone.map(objectKeyOf), ...namespaces], false));
    await attempts.make(() => ledger.save());
    this.#sort(this.#to);
    arrived(this, this.#to);
    return attempts.failed;
  }

  #attachmentOf(place: Place): MadeInterface | undefined {
    return this.#environment.attachments.find(
      ({ namespace, device }) => device === place.device && namespace === place.namespace,
    );
  }

  async #makeAll(
    plan: readonly HostChange[],
    remaining: readonly HostChange[],
    made: MadeInterface[],
  ): Promise<void> {
    const { kernel, ledger, openPort, attachments } = this.#environment;
    const maker = new Maker({ kernel, ledger, survey: this.#standing.survey, openPort, attachments: made });
    try {
      await maker.make(plan, remaining);
    } finally {
      attachments.push(...made);
    }
  }

  /** Disconnects and closes ports, while traffic flows by all others. */
  async #close(gone: readonly MadeInterface[]): Promise<void> {
    if (gone.length === 0) return;
    const { kernel, attachments, release } = this.#environment;
    const ports = gone.map(({ port }) => port);
    release(ports);
    const closed = kernel.closeTogether(() => {
      for (const port of ports.reverse()) port.close();
    });
    const all = new Set(gone);
    const stay = attachments.filter((each) => !all.has(each));
    attachments.splice(0, attachments.length, ...stay);
    await closed;
  }

  /** Undoes objects by their keys, and forgets them; gives why some are left. */
  async #undo(keys: readonly string[], purge: boolean): Promise<readonly string[]> {
    if (keys.length === 0) return [];
    const { ledger } = this.#environment;
    const gone = new Set(keys);
    const isGone = (object: HostObject): boolean => gone.has(keyOf(object));
    const places = new Set(ledger.objects.filter(isGone).map(namespaceNameOf));
    const objects = ledger.objects.filter((object) => places.has(namespaceNameOf(object)));
    const said: string[] = [];
    const { kept, removed, left } = await undoObjects(objects, {
      ownNamespace: ledger.ownNamespace,
      purge,
      keep: new Set(objects.filter((object) => !isGone(object))),
      log: (line) => said.push(line),
    });
    this.remarks.push(...said.filter((line) => !removed.includes(line)));
    const stay = new Set([...kept, ...left.map(({ object }) => object)]);
    ledger.replaceAll(ledger.objects.filter((object) => !isGone(object) || stay.has(object)));
    return left.map(({ object, why }) => `${object.kind} ${object.name}: ${why}`);
  }

  #setPersistent(change: DeviceChange, isPersistent: boolean): void {
    const { ledger } = this.#environment;
    const attachment = this.#attachmentOf(change);
    if (attachment?.index === undefined) throw new Failure(6, `device ${change.device} has gone`);
    ledger.devicePersists(change, isPersistent, attachment.index);
    ledger.save();
    // One that was there before us lasts, whatever the file says.
    if (!isPersistent && ledger.lentDevice(change) !== undefined) return;
    try {
      attachment.port.setPersistent(isPersistent);
    } catch (error) {
      throw kernelFailure(error, `device ${change.device}`);
    }
  }

  /** What was made on devices that stay, and what was there in its place. */
  #settingsToRestore(): readonly Setting[] {
    return this.#standing.remaining.filter(
      (change): change is Setting =>
        isSetting(change) &&
        (this.#difference.replaced.has(change) || this.#attachmentOf(change) !== undefined),
    );
  }

  #restore(namespace: NamespaceName, settings: readonly Setting[]): readonly string[] {
    const { replaced } = this.#difference;
    const added = settings.filter((change) => !replaced.has(change));
    return this.#visit(namespace, (handle, indices) => {
      const former = settings.flatMap((change) => formerOf(replaced.get(change), indices));
      return [
        ...this.#remove(added, handle, indices),
        ...restoreSettings(this.#environment.kernel, handle, former, indices),
      ];
    });
  }

  #remove(settings: readonly Setting[], handle: NamespaceHandle, indices: Indices): readonly string[] {
    return removeSettings(this.#environment.kernel, handle, settings, indices);
  }

  /** Calls in a namespace of ours with the indices of those of its devices that are ours; not where it has gone. */
  #visit(
    namespace: NamespaceName,
    body: (handle: NamespaceHandle, indices: Indices) => readonly string[],
  ): readonly string[] {
    const { kernel, ledger } = this.#environment;
    const identity = ledger.identityOf(namespace);
    if (namespace !== undefined && namespaceIdentity(namespace) !== identity) return [];
    return inNamespace(namespace, identity, (handle) => {
      const ours = [...indicesIn(kernel, handle)].filter(
        ([device, index]) => this.#attachmentOf({ namespace, device })?.index === index,
      );
      return body(handle, new Map(ours));
    });
  }

  #sort(plan: readonly HostChange[]): void {
    const order = new Map(
      plan.flatMap((change, at) => (change.kind === 'device' ? [[placeOf(change), at]] : [])),
    );
    const rank = (each: MadeInterface): number => order.get(placeOf(each)) ?? 0;
    this.#environment.attachments.sort((a, b) => rank(a) - rank(b));
  }
}

type Indices = ReadonlyMap<string, number>;

const isDevice = (change: HostChange): change is DeviceChange => change.kind === 'device';
const isSetting = (change: HostChange): change is Setting =>
  change.kind !== 'namespace' && change.kind !== 'device';

const objectKeyOf = ({ namespace, device }: MadeInterface): string =>
  keyOf({ kind: 'device', namespace: namespace ?? null, name: device });

const namespaceNameOf = (object: HostObject): string | null =>
  object.kind === 'namespace' ? object.name : object.namespace;

/** A setting as it was, in the place of what it has become; nothing where its device has gone. */
const formerOf = (
  was: HostChange | undefined,
  indices: Indices,
): readonly Exclude<Setting, { kind: 'no-ipv6' }>[] => {
  if (was?.kind !== 'route' && was?.kind !== 'mtu') return [];
  if (!indices.has(was.device)) return [];
  return [was.kind === 'route' ? { ...was, replaces: true } : was];
};
