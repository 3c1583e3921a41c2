import { Failure } from '../failure.js';
import type { Kernel, NamespaceHandle } from '../tun/kernel.js';
import type { Port, PortOptions } from '../tun/port.js';
import { applySettings, indicesIn, type Setting } from './apply.js';
import type { HostSurvey } from './conflicts.js';
import { kernelFailure } from './kernel-failure.js';
import { inNamespace, namesFault, namespaceFile, UnnamedNamespaces } from './namespaces.js';
import type { ObjectLedger } from './object-ledger.js';
import { type DeviceChange, formatRoute, type HostChange, type NamespaceName } from './plan.js';
import { turnOfLoop } from './turn.js';

/** Namespaces made between two notes in the state file, and two turns of the event loop. */
const AT_ONCE = 64;
/** Of the namespaces without names. */
export const OPEN_FILES_A_BATCH = AT_ONCE;

/** One host's place on a link, and the port that is its other end. */
export interface MadeInterface {
  readonly host: string;
  readonly link: string;
  readonly device: string;
  readonly namespace: NamespaceName;
  readonly port: Port;
  /** The kernel's index of the device, which no other device of the namespace gets; undefined until it is known. */
  index: number | undefined;
}

/** What the host side is made of, and with. */
export interface MakerEnvironment {
  readonly kernel: Kernel;
  readonly ledger: ObjectLedger;
  /** Of those namespaces that were there before. */
  readonly survey: HostSurvey;
  readonly openPort: (options: PortOptions) => Promise<Port>;
  /** Filled as the ports are opened, so that they are closed whatever happens. */
  readonly attachments: MadeInterface[];
}

/** Everything that a plan wants in one namespace. */
interface Place {
  readonly namespace: NamespaceName;
  readonly devices: DeviceChange[];
  /** Those that are still to be made. */
  readonly settings: Setting[];
}

/**
 * Makes the host side of a plan, a batch of namespaces after the other.
 *
 * What outlives the process is in the state file, with its proof, before anybody else can see it: whenever we are
 * killed, it can be told from everything else and removed.
 */
export class Maker {
  readonly #environment: MakerEnvironment;

  constructor(environment: MakerEnvironment) {
    this.#environment = environment;
  }

  async make(
    plan: readonly HostChange[],
    remaining: readonly HostChange[],
    progress: (done: number, total: number) => void = () => {},
  ): Promise<void> {
    const { attachments, ledger, survey } = this.#environment;
    for (const change of plan) {
      const identity = survey.get(change.namespace)?.identity;
      if (change.kind === 'namespace' && identity !== undefined)
        ledger.namespaceFound(change.namespace, identity);
    }
    const places = placesOf(plan, remaining);
    const total = plan.filter(({ kind }) => kind === 'device').length;
    for (let at = 0; at < places.length; at += AT_ONCE) {
      const batch = places.slice(at, at + AT_ONCE);
      await this.#makeBatch(batch);
      progress(attachments.length, total);
      await turnOfLoop();
    }
    const order = new Map(
      plan.flatMap((change, i) => (change.kind === 'device' ? [[keyOf(change), i]] : [])),
    );
    attachments.sort((a, b) => (order.get(keyOf(a)) ?? 0) - (order.get(keyOf(b)) ?? 0));
  }

  async #makeBatch(places: readonly Place[]): Promise<void> {
    const { ledger, survey } = this.#environment;
    this.#makeNamespaces(
      places.flatMap(({ namespace }) =>
        namespace === undefined || survey.has(namespace) ? [] : [namespace],
      ),
    );
    const devices = places.flatMap((place) => place.devices);
    const there = new Set(devices.filter((change) => this.#noteDevice(change)));
    const made = new Map<DeviceChange, MadeInterface>();
    const lasting = new Map<DeviceChange, Port>();
    for (const change of devices) {
      const isFresh = change.persistent && !there.has(change);
      const each = await this.#openPort(change, change.persistent && !isFresh);
      made.set(change, each);
      if (isFresh) lasting.set(change, each.port);
    }
    this.#letOutlive(lasting);
    for (const place of places) this.#noteSettings(place);
    ledger.save();
    for (const place of places) this.#visit(place.namespace, (handle) => this.#finish(place, made, handle));
  }

  #finish(
    { devices, settings }: Place,
    made: ReadonlyMap<DeviceChange, MadeInterface>,
    handle: NamespaceHandle,
  ): void {
    const { kernel } = this.#environment;
    const indices = indicesIn(kernel, handle);
    for (const change of devices) made.get(change)!.index = indices.get(change.device);
    applySettings(kernel, handle, settings, indices);
  }

  #makeNamespaces(names: readonly string[]): void {
    const { kernel, ledger } = this.#environment;
    if (names.length === 0) return;
    let made: UnnamedNamespaces;
    try {
      made = UnnamedNamespaces.make(kernel, names);
    } catch (error) {
      const fault = namesFault();
      const isOfFolder = /^(?:EACCES|EEXIST|ENOENT|ENOTDIR)$/.test(
        String((error as NodeJS.ErrnoException).code),
      );
      if (fault !== undefined && isOfFolder)
        throw new Failure(4, `making network namespaces: ${fault.what}`, fault.fix);
      throw kernelFailure(error, 'making network namespaces');
    }
    try {
      for (const proof of made.proofs) ledger.namespaceMade(proof);
      ledger.save();
      made.giveNames((name, error) => kernelFailure(error, `network namespace ${name}`));
    } finally {
      made.close();
    }
  }

  /** Says whether the device is there already. */
  #noteDevice(change: DeviceChange): boolean {
    const { ledger, survey } = this.#environment;
    const found = survey.get(change.namespace)?.devices.find(({ name }) => name === change.device);
    ledger.device(change, found);
    return found !== undefined;
  }

  async #openPort(
    { namespace, device, host, link }: DeviceChange,
    persistent: boolean,
  ): Promise<MadeInterface> {
    const { attachments, openPort } = this.#environment;
    const file = namespace === undefined ? undefined : namespaceFile(namespace);
    const port = await openPort({ device, namespace: file, persistent });
    const made = { host, link, device, namespace, port, index: undefined };
    attachments.push(made);
    return made;
  }

  /** Devices that would still end with us are noted, and only then outlive us. */
  #letOutlive(lasting: ReadonlyMap<DeviceChange, Port>): void {
    if (lasting.size === 0) return;
    const { kernel, ledger } = this.#environment;
    const indices = new Map<NamespaceName, ReadonlyMap<string, number>>();
    for (const change of lasting.keys()) {
      const { namespace } = change;
      const here = indices.get(namespace) ?? this.#visit(namespace, (handle) => indicesIn(kernel, handle));
      indices.set(namespace, here);
      const index = here.get(change.device);
      if (index === undefined) throw new Failure(6, `device ${change.device} has gone while it was made`);
      ledger.deviceMade(change, index);
    }
    ledger.save();
    for (const port of lasting.values()) port.setPersistent(true);
  }

  #noteSettings({ settings }: Place): void {
    const { ledger } = this.#environment;
    for (const change of settings) {
      if (change.kind === 'address') ledger.address(change, change.address);
      if (change.kind === 'route') ledger.route(change, formatRoute(change));
    }
  }

  /** Calls in a namespace that is proved to be the one that we made or found. */
  #visit<Result>(namespace: NamespaceName, body: (handle: NamespaceHandle) => Result): Result {
    try {
      return inNamespace(namespace, this.#environment.ledger.identityOf(namespace), body);
    } catch (error) {
      throw kernelFailure(error, `entering ${namespace ?? 'this namespace'}`);
    }
  }
}

/** What is to be done in each namespace, in the order of the plan. */
function placesOf(plan: readonly HostChange[], remaining: readonly HostChange[]): readonly Place[] {
  const places = new Map<NamespaceName, Place>();
  const placeOf = (namespace: NamespaceName): Place => {
    const place = places.get(namespace) ?? { namespace, devices: [], settings: [] };
    places.set(namespace, place);
    return place;
  };
  for (const change of plan) {
    const place = placeOf(change.namespace);
    if (change.kind === 'device') place.devices.push(change);
  }
  for (const change of remaining)
    if (change.kind !== 'namespace' && change.kind !== 'device')
      placeOf(change.namespace).settings.push(change);
  return [...places.values()];
}

const keyOf = ({ host, link }: { readonly host: string; readonly link: string }): string => `${host} ${link}`;
