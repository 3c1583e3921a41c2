import type { Proof } from './namespaces.js';
import { type DeviceChange, formatRoute, type HostChange, type NamespaceName } from './plan.js';
import type { DeviceObject, HostObject, InstanceState, NamespaceObject, Phase } from './state-file.js';
import type { StateFile } from './state-writing.js';
import type { DeviceSurvey } from './survey.js';

/**
 * The host objects of a running instance, and their copy in its state file.
 *
 * Each is noted with its proof before others can see it, or as intended where it ends with the process anyway;
 * `save` writes the file.
 */
export class ObjectLedger {
  readonly #file: StateFile;
  readonly #objects = new Map<string, HostObject>();
  /** The keys of what an earlier instance made and this one took over. */
  readonly #inherited = new Set<string>();
  readonly #previouslyStopped: boolean;

  constructor(file: StateFile, previouslyStopped: boolean) {
    this.#file = file;
    this.#previouslyStopped = previouslyStopped;
    for (const object of file.state.objects) this.#set(object);
  }

  get objects(): readonly HostObject[] {
    return [...this.#objects.values()];
  }

  get inherited(): ReadonlySet<HostObject> {
    return new Set(this.objects.filter((object) => this.#inherited.has(keyOf(object))));
  }

  get ownNamespace(): string {
    return this.#file.state.ownNamespace;
  }

  /** What the state file says, with what is not saved yet. */
  get state(): InstanceState {
    return { ...this.#file.state, objects: [...this.objects] };
  }

  /** Whether this instance, or an earlier one of its name, has made a namespace. */
  hasMade(namespace: string): boolean {
    return this.#namespace(namespace)?.created === true;
  }

  /** A device that was there before us; undefined where we made it, or know nothing of it. */
  lentDevice(place: Place): DeviceObject | undefined {
    const known = this.#device(place);
    return known?.created === false ? known : undefined;
  }

  /** What proves a namespace to be the one that was made or found; undefined for our own. */
  identityOf(namespace: NamespaceName): string | undefined {
    return namespace === undefined ? undefined : (this.#namespace(namespace)?.identity ?? undefined);
  }

  /** The objects that are new since it had those, and others that have got the name of one of those. */
  newSince(before: readonly HostObject[]): readonly HostObject[] {
    const known = new Map(before.map((object) => [keyOf(object), object]));
    const isNew = (object: HostObject): boolean => {
      const former = known.get(keyOf(object));
      if (object.kind === 'namespace')
        return former?.kind !== 'namespace' || former.identity !== object.identity;
      if (former?.kind !== 'device') return true;
      // One that ends with the process has its index noted only once it may last.
      if (former.index !== null && object.index !== null && former.index !== object.index) return true;
      const place = object.namespace === null ? undefined : this.#namespace(object.namespace);
      return place !== undefined && isNew(place);
    };
    return this.objects.filter(isNew);
  }

  replaceAll(objects: readonly HostObject[]): void {
    this.#objects.clear();
    for (const object of objects) this.#set(object);
    this.save();
  }

  /** A namespace that is there, by its identity. */
  namespaceFound(name: string, identity: string): void {
    const known = this.#namespace(name);
    if (known?.identity === identity) this.#inherited.add(keyOf(known));
    else this.#setNamespace({ kind: 'namespace', name, created: false, identity });
  }

  /** One that is made, but has no name yet: from here on whoever finds the name can prove that it is ours. */
  namespaceMade({ name, identity, placeholder }: Proof): void {
    this.#setNamespace({ kind: 'namespace', name, created: true, identity, placeholder });
  }

  /** A device that is there, as it was found, or (undefined) is about to be made. */
  device(change: DeviceChange, existing: DeviceSurvey | undefined): void {
    const { device: name, host, link, persistent } = change;
    const namespace = change.namespace ?? null;
    const known = this.#device(change);
    if (known !== undefined && existing !== undefined && known.index === existing.index) {
      this.#inherited.add(keyOf(known));
      this.#set({ ...known, host, link, persistent });
      return;
    }
    const created = existing === undefined;
    const index = existing?.index ?? null;
    const before =
      existing?.before ??
      (existing && {
        up: existing.up,
        mtu: existing.mtu,
        queueLength: existing.queueLength,
      });
    const fresh = { name, namespace, host, link, persistent, created, index, before };
    this.#set({ kind: 'device', ...fresh, addresses: [], routes: [] });
  }

  deviceMade(change: DeviceChange, index: number): void {
    this.#changeDevice(change, { index });
  }

  address(place: Place, address: string): void {
    const known = this.#device(place)?.addresses ?? [];
    this.#changeDevice(place, { addresses: [...new Set([...known, address])] });
  }

  route(place: Place, route: string): void {
    const known = this.#device(place)?.routes ?? [];
    this.#changeDevice(place, { routes: [...new Set([...known, route])] });
  }

  /** An address or a route that was put on a device is there no more. */
  settingRemoved(change: HostChange): void {
    if (change.kind !== 'address' && change.kind !== 'route') return;
    const known = this.#device(change);
    if (known === undefined) return;
    const text = change.kind === 'address' ? change.address : formatRoute(change);
    const without = (all: readonly string[]): string[] => all.filter((each) => each !== text);
    this.#changeDevice(change, { addresses: without(known.addresses), routes: without(known.routes) });
  }

  /** A device comes to outlive us, or no longer does. */
  devicePersists(place: Place, persistent: boolean, index: number): void {
    this.#changeDevice(place, { persistent, index });
  }

  save(): void {
    this.#file.update({ objects: this.objects as HostObject[] });
  }

  /** Where the instance is on its way. */
  tell(phase: Phase): void {
    this.#file.update({ phase });
  }

  /** Sees that others find it: somebody may have taken the file away. */
  restore(): void {
    this.#file.restore();
  }

  /** The last word: what remains, and whether all of that is meant to. No remains, no file. */
  end(remaining: readonly HostObject[], complete: boolean, failed: boolean): void {
    if (remaining.length === 0) this.#file.remove();
    else
      this.#file.update({
        objects: [...remaining],
        stopped: complete && (!failed || this.#previouslyStopped),
      });
  }

  #set(object: HostObject): void {
    this.#objects.set(keyOf(object), object);
  }

  /** The devices that are noted under its name went with the namespace that had it before. */
  #setNamespace(namespace: NamespaceObject): void {
    for (const [key, object] of this.#objects)
      if (object.kind === 'device' && object.namespace === namespace.name) this.#objects.delete(key);
    this.#set(namespace);
  }

  #namespace(name: string): NamespaceObject | undefined {
    const found = this.#objects.get(keyOf({ kind: 'namespace', name }));
    return found?.kind === 'namespace' ? found : undefined;
  }

  #device({ namespace = null, device }: Place): DeviceObject | undefined {
    const found = this.#objects.get(keyOf({ kind: 'device', namespace, name: device }));
    return found?.kind === 'device' ? found : undefined;
  }

  #changeDevice(place: Place, change: Partial<DeviceObject>): void {
    const known = this.#device(place);
    if (known !== undefined) this.#set({ ...known, ...change });
  }
}

interface Place {
  readonly namespace?: string | null | undefined;
  readonly device: string;
}

/** Tells one host object from every other. */
export const keyOf = (
  object:
    | { readonly kind: 'namespace'; readonly name: string }
    | { readonly kind: 'device'; readonly namespace: string | null; readonly name: string },
): string => (object.kind === 'namespace' ? object.name : `${object.namespace ?? ''}/${object.name}`);
