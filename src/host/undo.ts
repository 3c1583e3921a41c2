import { Failure } from '../failure.js';
import { formatTarget } from '../text/addresses.js';
import type { Kernel } from '../tun/kernel.js';
import { openKernel } from '../tun/open-kernel.js';
import { clearDevice, deleteDevice } from './apply.js';
import { HiddenNamespaces } from './hidden-namespaces.js';
import type { DeviceObject, DeviceSettings, HostObject, NamespaceObject } from './instance-state.js';
import { kernelFailure } from './kernel-failure.js';
import { findNamed, inNamespace, isProved, namespaceIdentity, processesIn, wayInto } from './namespaces.js';
import { removalCommandOf } from './plan.js';
import { readAddress, readRoute } from './route-text.js';
import { type DeviceSurvey, type NamespaceSurvey, surveyNamespace } from './survey.js';
import { turnOfLoop } from './turn.js';

/** Something of ours that is still there, and why. */
export interface Leftover {
  readonly object: HostObject;
  readonly why: string;
  /** What removes it, once somebody has looked; of what is hidden, what shows it again. */
  readonly command: string;
  /** Whether it lies beneath what somebody else has mounted. */
  readonly isHidden?: true;
  /** Whether it stands in another network namespace; `command` leads there. */
  readonly isElsewhere?: true;
}

export interface UndoOutcome {
  /** What stays on purpose, with what proves it to be ours. */
  readonly kept: readonly HostObject[];
  /** What was removed, for a person. */
  readonly removed: readonly string[];
  readonly left: readonly Leftover[];
}

export interface UndoOptions {
  /** The identity of the namespace that `null` means in the objects. */
  readonly ownNamespace: string;
  /** Remove what is persistent, too. */
  readonly purge: boolean;
  /** Objects that stay whatever they are. */
  readonly keep?: ReadonlySet<HostObject>;
  readonly log: (line: string) => void;
  /** The kernel, if not the one that {@link openKernel} gives. */
  readonly kernel?: Kernel;
}

/** Namespaces undone between two turns of the event loop. */
const AT_ONCE = 64;

/**
 * Removes host objects, the last first, and only those that are still the very ones: anything else that has
 * their name by now is passed over. Never throws for what it cannot remove; that is `left`.
 */
export async function undoObjects(
  objects: readonly HostObject[],
  options: UndoOptions,
): Promise<UndoOutcome> {
  const places = new Map<string | null, HostObject[]>();
  for (const object of objects) {
    const place = placeOf(object);
    const others = places.get(place);
    if (others === undefined) places.set(place, [object]);
    else others.push(object);
  }
  const undo = new Undo(options.kernel ?? (await openKernel()), options);
  const names = [...places.keys()].flatMap((place) => place ?? []);
  undo.survivors = processesIn(names);
  let count = 0;
  for (const [place, own] of places) {
    await undo.namespace(place, own);
    if (++count % AT_ONCE === 0) await turnOfLoop();
  }
  const kept = new Set(undo.kept);
  return {
    kept: objects.filter((object) => kept.has(object)),
    removed: undo.removed,
    left: undo.left,
  };
}

/** The failure that tells of everything that a lab has left behind; `before` goes first. */
export function leftoverFailure(left: readonly Leftover[], name: string, before = ''): Failure {
  const lines = left.map(({ object, why }) => `  ${nameOf(object)}: ${why}`);
  const force = `tunpike down ${name} --force`;
  // What is still proved to be ours needs nobody to remove it by hand.
  const hidden = commandsOf(left.filter(({ isHidden }) => isHidden));
  const elsewhere = commandsOf(left.filter(({ isElsewhere }) => isElsewhere));
  const fixes = [
    ...commandsOf(left.filter(({ isHidden, isElsewhere }) => !isHidden && !isElsewhere)),
    ...elsewhere.map((way) => `${way} ${force}`),
    ...(hidden.length === 0 ? [] : [[...hidden, force].join(' && ')]),
  ];
  return new Failure(
    9,
    [before, 'not everything could be undone:', ...lines].filter((line) => line !== '').join('\n'),
    fixes.join('\n'),
  );
}

const commandsOf = (left: readonly Leftover[]): readonly string[] => [
  ...new Set(left.map(({ command }) => command)),
];

const placeOf = (object: HostObject): string | null =>
  object.kind === 'namespace' ? object.name : object.namespace;

const nameOf = (object: HostObject): string =>
  object.kind === 'namespace'
    ? `namespace ${object.name}`
    : `device ${object.name}${object.namespace === null ? '' : ` in namespace ${object.namespace}`}`;

class Undo {
  readonly kept: HostObject[] = [];
  readonly removed: string[] = [];
  readonly left: Leftover[] = [];
  survivors: ReadonlyMap<string, readonly number[]> = new Map();
  readonly #kernel: Kernel;
  readonly #options: UndoOptions;
  /** As it was when the first name was found to be that of something else. */
  #hidden: HiddenNamespaces | undefined;

  constructor(kernel: Kernel, options: UndoOptions) {
    this.#kernel = kernel;
    this.#options = options;
  }

  /** Undoes what is in one namespace, and then the namespace. */
  async namespace(place: string | null, objects: readonly HostObject[]): Promise<void> {
    const devices = objects.filter((object) => object.kind === 'device');
    const own = objects.find((object) => object.kind === 'namespace');
    const identity = namespaceIdentity(place ?? undefined);
    if (own !== undefined && own.identity !== identity && this.#isHidden(own, devices)) return;
    if (identity === undefined) {
      // A file of ours without its namespace: we were killed between the two.
      if (own?.created === true && isProved(own)) this.#removeName(own);
      return;
    }
    const expected = place === null ? this.#options.ownNamespace : own?.identity;
    if (expected === null && own !== undefined) {
      if (own.created) this.left.push(leftover(own, 'perhaps made by us, but nothing proves it'));
      return;
    }
    if (expected !== identity) {
      if (place === null) this.#leaveElsewhere(devices, this.#options.ownNamespace);
      return;
    }
    const stays = this.#isKept(own) || devices.some((device) => this.#isKept(device) || this.#lasts(device));
    if (own?.created === true && !stays) {
      this.#removeName(own);
      return;
    }
    const [keptBefore, leftBefore] = [this.kept.length, this.left.length];
    await this.#undoDevices(devices, place ?? undefined, identity);
    if (own === undefined) return;
    // Whatever is still there is proved to be ours by its namespace.
    const isEmpty = this.kept.length === keptBefore && this.left.length === leftBefore;
    if (own.created && !this.#isKept(own) && isEmpty) this.#removeName(own);
    else if (own.created || this.#isKept(own) || !isEmpty) this.kept.push(own);
  }

  /** Whether somebody has mounted something over the name of a namespace that is still there: it stays noted then. */
  #isHidden(own: NamespaceObject, devices: readonly DeviceObject[]): boolean {
    if (own.identity === null) return false;
    this.#hidden ??= new HiddenNamespaces();
    const covers = this.#hidden.coversOf(own.name, own.identity);
    if (covers === undefined) return false;
    const command = covers.map((path) => `umount ${path}`).join(' && ');
    const leave = (object: HostObject, subject: string): void => {
      const why = `${subject} beneath what somebody has mounted on ${covers[0]}`;
      this.left.push({ object, why, command, isHidden: true });
    };
    if (own.created) leave(own, 'it is still there,');
    else this.kept.push(own);
    for (const device of devices)
      if (this.#isKept(device) || this.#lasts(device)) this.kept.push(device);
      // A namespace of ours takes the others with it.
      else if (!own.created) leave(device, 'its namespace is');
    return true;
  }

  /** Devices of a lab that ran in another namespace than this process does. Those that last no longer have gone with it. */
  #leaveElsewhere(devices: readonly DeviceObject[], namespace: string): void {
    const lasting = devices.filter(({ created, persistent }) => persistent || !created);
    const way = lasting.length === 0 ? undefined : wayInto(namespace);
    if (way === undefined) return;
    const why = `it stands in another network namespace than this process, ${namespace}`;
    for (const object of lasting)
      this.left.push({ object, why, command: `nsenter ${way}`, isElsewhere: true });
  }

  #isKept(object: HostObject | undefined): boolean {
    return object !== undefined && this.#options.keep?.has(object) === true;
  }

  /** Whether a device is meant to stay, if it is there. */
  #lasts(device: DeviceObject): boolean {
    return device.persistent && !(this.#options.purge && device.created);
  }

  async #undoDevices(
    devices: readonly DeviceObject[],
    namespace: string | undefined,
    identity: string,
  ): Promise<void> {
    if (devices.length === 0) return;
    // That of our own namespace was compared already, and is of another form.
    const proof = namespace === undefined ? undefined : identity;
    let survey: NamespaceSurvey;
    try {
      survey = await surveyNamespace(namespace, proof);
    } catch (error) {
      for (const device of devices) this.left.push(leftover(device, reasonOf(error)));
      return;
    }
    for (const device of [...devices].reverse()) {
      if (this.#isKept(device)) {
        if (survey.devices.some(({ name }) => name === device.name)) this.kept.push(device);
        continue;
      }
      // Whatever somebody calls it by now: the kernel gives no index twice.
      const existing = survey.devices.find(({ index }) => index === device.index);
      if (existing === undefined) continue;
      if (device.persistent && !this.#options.purge) this.kept.push(device);
      else if (device.created)
        this.#try(device, `removed ${nameOf(device)}`, () =>
          inNamespace(namespace, proof, (handle) => deleteDevice(this.#kernel, handle, existing.index)),
        );
      else this.#clear(device, existing, survey, namespace, proof);
    }
  }

  /** Takes what we put on a device that was there before us off it again. */
  #clear(
    device: DeviceObject,
    existing: DeviceSurvey,
    survey: NamespaceSurvey,
    namespace: string | undefined,
    proof: string | undefined,
  ): void {
    const present = new Set(
      survey.routes.filter((route) => route.device === existing.name).map(({ to }) => formatTarget(to)),
    );
    const routes = device.routes
      .flatMap((text) => readRoute(text) ?? [])
      .filter((route) => route.device === device.name && present.has(formatTarget(route.to)))
      .reverse();
    const addresses = device.addresses
      .filter((address) => existing.addresses.includes(address))
      .flatMap((address) => readAddress(address) ?? []);
    const settings = otherThan(device.before, existing);
    if (routes.length + addresses.length + Object.keys(settings).length === 0) return;
    this.#try(device, `removed our addresses and routes from ${nameOf(device)}, set as before`, () =>
      inNamespace(namespace, proof, (handle) =>
        clearDevice(this.#kernel, handle, { index: existing.index, addresses, routes, settings }),
      ),
    );
  }

  #removeName(own: NamespaceObject): void {
    const survivors = this.survivors.get(own.name) ?? [];
    if (survivors.length > 0)
      this.#options.log(
        `processes still run in namespace ${own.name}, which now has no name: ${survivors.join(' ')}`,
      );
    const wasNamespace = findNamed(own.name)?.kind === 'namespace';
    this.#try(own, wasNamespace ? `removed ${nameOf(own)}` : `removed the name of ${nameOf(own)}`, () =>
      this.#kernel.detach(own.name),
    );
  }

  #try(object: HostObject, success: string, act: () => void): void {
    try {
      act();
      this.removed.push(success);
      this.#options.log(success);
    } catch (error) {
      this.left.push(leftover(object, reasonOf(kernelFailure(error, 'the kernel refuses'))));
    }
  }
}

const leftover = (object: HostObject, why: string): Leftover => ({
  object,
  why,
  command:
    object.kind === 'namespace'
      ? removalCommandOf(object.name)
      : removalCommandOf(object.namespace ?? undefined, object.name),
});

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What was set otherwise before. */
const otherThan = (before: DeviceSettings | undefined, now: DeviceSettings): Partial<DeviceSettings> =>
  Object.fromEntries(
    Object.entries(before ?? {}).filter(([name, value]) => now[name as keyof DeviceSettings] !== value),
  );
