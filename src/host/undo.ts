import { Failure } from '../failure.js';
import { runBatch } from './ip-command.js';
import { formatTarget, removalCommandOf } from './plan.js';
import type { DeviceObject, HostObject, NamespaceObject } from './state-file.js';
import { type NamespaceSurvey, namespaceIdentity, processesIn, surveyNamespace } from './survey.js';

/** Something of ours that is still there, and why. */
export interface Leftover {
  readonly object: HostObject;
  readonly why: string;
  /** What removes it, once somebody has looked. */
  readonly command: string;
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
}

/**
 * Removes host objects, the last first, and only those that are still the very ones: anything else that has
 * their name by now is passed over. Never throws for what it cannot remove; that is `left`.
 */
export async function undoObjects(
  objects: readonly HostObject[],
  options: UndoOptions,
): Promise<UndoOutcome> {
  const undo = new Undo(objects, options);
  const places = [...new Set(objects.map((object) => placeOf(object)))];
  const outcomes = await Promise.all(places.map((place) => undo.namespace(place)));
  const kept = new Set(outcomes.flatMap((outcome) => outcome.kept));
  return {
    kept: objects.filter((object) => kept.has(object)),
    removed: outcomes.flatMap((outcome) => outcome.removed),
    left: outcomes.flatMap((outcome) => outcome.left),
  };
}

/** The failure that tells of everything left behind. */
export function leftoverFailure(left: readonly Leftover[], before = ''): Failure {
  const lines = left.map(({ object, why }) => `  ${nameOf(object)}: ${why}`);
  return new Failure(
    9,
    [before, 'not everything could be undone:', ...lines].filter((line) => line !== '').join('\n'),
    left.map(({ command }) => command).join('\n'),
  );
}

const placeOf = (object: HostObject): string | null =>
  object.kind === 'namespace' ? object.name : object.namespace;

const nameOf = (object: HostObject): string =>
  object.kind === 'namespace'
    ? `namespace ${object.name}`
    : `device ${object.name}${object.namespace === null ? '' : ` in namespace ${object.namespace}`}`;

interface Progress {
  readonly kept: HostObject[];
  readonly removed: string[];
  readonly left: Leftover[];
}

class Undo {
  readonly #objects: readonly HostObject[];
  readonly #options: UndoOptions;

  constructor(objects: readonly HostObject[], options: UndoOptions) {
    this.#objects = objects;
    this.#options = options;
  }

  /** Undoes what is in one namespace, and then the namespace. */
  async namespace(place: string | null): Promise<Progress> {
    const progress: Progress = { kept: [], removed: [], left: [] };
    const devices = this.#objects.filter(
      (object): object is DeviceObject => object.kind === 'device' && object.namespace === place,
    );
    const own = this.#objects.find(
      (object): object is NamespaceObject => object.kind === 'namespace' && object.name === place,
    );
    const identity = namespaceIdentity(place ?? undefined);
    if (identity === undefined) return progress;
    const expected = place === null ? this.#options.ownNamespace : own?.identity;
    if (expected === null && own !== undefined) {
      // The process died between the order to make it and the note that it was made.
      if (own.created) progress.left.push(leftover(own, 'perhaps made by us, but nothing proves it'));
      return progress;
    }
    if (expected !== identity) {
      if (place === null) {
        for (const device of devices)
          progress.left.push(leftover(device, 'it stands in another network namespace than this process'));
      }
      return progress;
    }
    const stays = this.#isKept(own) || devices.some((device) => this.#isKept(device) || this.#lasts(device));
    if (own?.created === true && !stays) {
      await this.#removeNamespace(own, progress);
      return progress;
    }
    await this.#undoDevices(devices, place ?? undefined, progress);
    if (own === undefined) return progress;
    if (own.created && !this.#isKept(own) && progress.kept.length + progress.left.length === 0) {
      await this.#removeNamespace(own, progress);
    } else if (own.created || this.#isKept(own) || progress.kept.length > 0) {
      progress.kept.push(own);
    }
    return progress;
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
    progress: Progress,
  ): Promise<void> {
    if (devices.length === 0) return;
    let survey: NamespaceSurvey;
    try {
      survey = await surveyNamespace(namespace);
    } catch (error) {
      for (const device of devices) progress.left.push(leftover(device, reasonOf(error)));
      return;
    }
    for (const device of [...devices].reverse()) {
      const existing = survey.devices.find(({ name }) => name === device.name);
      if (existing === undefined) continue;
      if (this.#isKept(device)) progress.kept.push(device);
      else if (device.index === null && device.persistent && device.created)
        progress.left.push(leftover(device, 'perhaps made by us, but nothing proves it'));
      else if (existing.index !== device.index) continue;
      else if (device.persistent && !this.#options.purge) progress.kept.push(device);
      else if (device.created)
        await this.#run([`link del dev ${device.name}`], device, progress, `removed ${nameOf(device)}`);
      else await this.#clear(device, survey, progress);
    }
  }

  /** Takes what we put on a device that was there before us off it again. */
  async #clear(device: DeviceObject, survey: NamespaceSurvey, progress: Progress): Promise<void> {
    const existing = survey.devices.find(({ name }) => name === device.name);
    const present = new Set(
      survey.routes.filter((route) => route.device === device.name).map(({ to }) => formatTarget(to)),
    );
    const lines = [
      ...[...device.routes]
        .reverse()
        .filter((route) => present.has(route.split(' ')[0]!))
        .map((route) => `route del ${route}`),
      ...device.addresses
        .filter((address) => existing?.addresses.includes(address))
        .map((address) => `address del ${address} dev ${device.name}`),
    ];
    if (lines.length === 0) return;
    await this.#run(lines, device, progress, `removed our addresses and routes from ${nameOf(device)}`);
  }

  async #removeNamespace(own: NamespaceObject, progress: Progress): Promise<void> {
    const survivors = processesIn(own.name);
    if (survivors.length > 0)
      this.#options.log(
        `processes still run in namespace ${own.name}, which now has no name: ${survivors.join(' ')}`,
      );
    await this.#run([`netns del ${own.name}`], own, progress, `removed ${nameOf(own)}`);
  }

  async #run(
    lines: readonly string[],
    object: HostObject,
    progress: Progress,
    success: string,
  ): Promise<void> {
    const namespace = object.kind === 'device' ? (object.namespace ?? undefined) : undefined;
    try {
      const { failure } = await runBatch(lines, namespace);
      if (failure !== undefined) throw failure;
      progress.removed.push(success);
      this.#options.log(success);
    } catch (error) {
      progress.left.push(leftover(object, reasonOf(error)));
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
