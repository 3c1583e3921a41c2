import type { Configuration } from '../config/configuration.js';
import { Failure } from '../failure.js';
import type { Port, PortOptions } from '../tun/port.js';
import {
  conflictFailure,
  findConflicts,
  type HostSurvey,
  remainingChanges,
  surveyHost,
} from './conflicts.js';
import { ipBatch, runBatch, runScript } from './ip-command.js';
import { ObjectLedger } from './object-ledger.js';
import {
  batchLineOf,
  type DeviceChange,
  formatChange,
  formatRoute,
  type HostChange,
  type NamespaceName,
  planHost,
} from './plan.js';
import { bootIdentity, startTimeOf } from './process-identity.js';
import { makeRuntimeDirectory } from './runtime-directory.js';
import {
  type HostObject,
  type InstanceState,
  isAlive,
  nameInUse,
  readState,
  StateFile,
} from './state-file.js';
import { namespaceFile, namespaceIdentity, surveyNamespace } from './survey.js';
import { leftoverFailure, undoObjects } from './undo.js';

/** One host's place on a link, and the port that is its other end. */
export interface HostAttachment {
  readonly host: string;
  readonly link: string;
  readonly device: string;
  readonly namespace: NamespaceName;
  readonly port: Port;
}

export interface HostSideOptions {
  readonly openPort: (options: PortOptions) => Promise<Port>;
  /** What the state file tells others about the instance. */
  readonly instance: {
    readonly socket: string;
    readonly readOnlySocket?: string | undefined;
    /** The configuration's path; undefined where there is no file. */
    readonly file: string | undefined;
    readonly version: string;
    readonly rootless: boolean;
  };
  /** Told of every change made and undone, one line each. */
  readonly log: (line: string) => void;
  /** The folder of the state file, if not the usual one. */
  readonly directory?: string;
}

/** Turns off IPv6 on the devices named by its arguments, where the kernel speaks it. */
const NO_IPV6 =
  'for device; do f=/proc/sys/net/ipv6/conf/$device/disable_ipv6; [ ! -e "$f" ] || echo 1 > "$f"; done';

/**
 * The kernel's side of a running lab: namespaces, TUN devices, addresses, routes, and the note of them.
 *
 * It is there whole or not at all: what fails on the way up is undone, and the same holds on the way down,
 * save for what is persistent.
 */
export class HostSide {
  readonly #options: HostSideOptions;
  readonly #ledger: ObjectLedger;
  readonly #attachments: HostAttachment[] = [];
  #closing: Promise<void> | undefined;

  private constructor(options: HostSideOptions, ledger: ObjectLedger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  /**
   * Makes the host side of a configuration.
   *
   * Throws a `Failure`: 6 where something is in use by somebody else (then nothing has been touched), what
   * `ip` or the port says otherwise, 9 where that could not be undone.
   */
  static async bring(configuration: Configuration, options: HostSideOptions): Promise<HostSide> {
    const directory = makeRuntimeDirectory(options.directory);
    const found = readState(configuration.name, directory);
    if (found !== undefined && isAlive(found)) throw nameInUse(found);
    const previous = found?.bootId === bootIdentity() && !found.rootless ? found : undefined;

    const changes = planHost(configuration);
    const survey = await surveyHost(changes);
    const conflicts = findConflicts(changes, survey, previous);
    if (conflicts.length > 0) throw conflictFailure(conflicts);

    const file = StateFile.claim(describe(configuration, options, previous), directory);
    const side = new HostSide(options, new ObjectLedger(file, previous?.stopped === true));
    try {
      await side.#settlePrevious(changes);
      await side.#make(changes, remainingChanges(changes, survey, previous), survey);
    } catch (error) {
      throw await side.#abandon(error);
    }
    return side;
  }

  get attachments(): readonly HostAttachment[] {
    return this.#attachments;
  }

  port(host: string, link: string): Port | undefined {
    return this.#attachments.find((own) => own.host === host && own.link === link)?.port;
  }

  /** Undoes everything that is not persistent, in reverse. Throws a `Failure` 9 that lists what is left. */
  close(): Promise<void> {
    this.#closing ??= this.#undo(false, '');
    return this.#closing;
  }

  /** Removes what a killed instance of this name left and this one does not want. */
  async #settlePrevious(changes: readonly HostChange[]): Promise<void> {
    const isWanted = (object: HostObject): boolean =>
      changes.some((change) =>
        object.kind === 'namespace'
          ? change.namespace === object.name
          : change.kind === 'device' &&
            change.device === object.name &&
            (change.namespace ?? null) === object.namespace,
      );
    const objects = this.#ledger.objects;
    const unwanted = objects.filter((object) => !isWanted(object));
    if (unwanted.length === 0) return;
    const keep = new Set(objects.filter(isWanted));
    const { kept, left } = await this.#undoObjects(false, keep);
    if (left.length > 0) throw leftoverFailure(left);
    this.#ledger.replaceAll(kept);
  }

  async #make(
    plan: readonly HostChange[],
    remaining: readonly HostChange[],
    survey: HostSurvey,
  ): Promise<void> {
    await this.#makeNamespaces(plan, survey);
    await this.#openPorts(
      plan.filter((change) => change.kind === 'device'),
      survey,
    );
    const namespaces = [...new Set(plan.map((change) => change.namespace))];
    const settled = await Promise.allSettled(
      namespaces.map((namespace) =>
        this.#configure(
          namespace,
          remaining.filter((change) => change.namespace === namespace),
        ),
      ),
    );
    this.#ledger.save();
    throwFirst(settled);
  }

  async #makeNamespaces(plan: readonly HostChange[], survey: HostSurvey): Promise<void> {
    const fresh: string[] = [];
    for (const change of plan) {
      if (change.kind !== 'namespace') continue;
      const identity = survey.get(change.namespace)?.identity;
      this.#ledger.namespace(change.namespace, identity);
      if (identity === undefined) fresh.push(change.namespace);
    }
    this.#ledger.save();
    const { done, failure } = await runBatch(fresh.map((name) => `netns add ${name}`));
    fresh.forEach((name, i) => {
      if (i < done) this.#ledger.namespaceMade(name, namespaceIdentity(name));
      else this.#ledger.forgetNamespace(name);
    });
    this.#ledger.save();
    if (failure !== undefined) throw failure;
    for (const name of fresh)
      this.#options.log(formatChange({ kind: 'namespace', namespace: name, given: false }));
  }

  async #openPorts(devices: readonly DeviceChange[], survey: HostSurvey): Promise<void> {
    for (const change of devices) {
      const existing = survey.get(change.namespace)?.devices.find(({ name }) => name === change.device);
      this.#ledger.device(change, existing);
    }
    this.#ledger.save();
    const settled = await Promise.allSettled(
      devices.map(async (change) => {
        const { device, namespace, persistent, host, link } = change;
        const file = namespace === undefined ? undefined : namespaceFile(namespace);
        const port = await this.#options.openPort({ device, namespace: file, persistent });
        this.#attachments.push({ host, link, device, namespace, port });
        const isThere = survey.get(namespace)?.devices.some(({ name }) => name === device) === true;
        this.#options.log(`${formatChange(change)}${isThere ? ', taken over' : ''}`);
      }),
    );
    this.#attachments.sort((a, b) => order(devices, a) - order(devices, b));
    await this.#noteIndices(devices);
    this.#ledger.save();
    throwFirst(settled);
  }

  /** Asks the kernel for the indices of those devices that do not end with their namespace. */
  async #noteIndices(devices: readonly DeviceChange[]): Promise<void> {
    const lasting = devices.filter(
      ({ namespace, persistent }) => persistent || !this.#ledger.isCreated(namespace),
    );
    const namespaces = [...new Set(lasting.map(({ namespace }) => namespace))];
    await Promise.all(
      namespaces.map(async (namespace) => {
        const survey = await surveyNamespace(namespace);
        for (const change of lasting) {
          const found = survey.devices.find(({ name }) => name === change.device);
          if (change.namespace === namespace && found !== undefined)
            this.#ledger.deviceMade(change, found.index);
        }
      }),
    );
  }

  async #configure(namespace: NamespaceName, changes: readonly HostChange[]): Promise<void> {
    const silent = changes.flatMap((change) => (change.kind === 'no-ipv6' ? [change.device] : []));
    if (silent.length > 0) await runScript(NO_IPV6, silent, namespace);
    const settings = changes.filter(
      (change) => change.kind !== 'namespace' && change.kind !== 'device' && change.kind !== 'no-ipv6',
    );
    for (const change of settings) {
      if (change.kind === 'address') this.#ledger.address(change, change.address);
      if (change.kind === 'route') this.#ledger.route(change, formatRoute(change));
    }
    this.#ledger.save();
    await ipBatch(settings.map(batchLineOf), namespace);
    for (const change of changes)
      if (change.kind === 'no-ipv6' || settings.some((own) => own === change))
        this.#options.log(formatChange(change));
  }

  /** Undoes a start that failed; gives the failure to throw. */
  async #abandon(error: unknown): Promise<unknown> {
    const reason = error instanceof Error ? error.message : String(error);
    this.#closing = this.#undo(true, reason);
    try {
      await this.#closing;
    } catch (failure) {
      return failure;
    }
    if (!(error instanceof Failure)) return error;
    return new Failure(error.exitCode, `${error.message}\neverything done so far was undone`, error.fix);
  }

  async #undo(failed: boolean, reason: string): Promise<void> {
    for (const { port } of [...this.#attachments].reverse()) port.close();
    const keep = failed ? this.#ledger.inherited : new Set<HostObject>();
    const { kept, left } = await this.#undoObjects(failed, keep);
    const remaining = [...kept, ...left.map(({ object }) => object)];
    this.#ledger.end(remaining, left.length === 0, failed);
    if (left.length > 0) throw leftoverFailure(left, reason);
  }

  #undoObjects(purge: boolean, keep: ReadonlySet<HostObject>) {
    const { log } = this.#options;
    const { ownNamespace } = this.#ledger;
    return undoObjects(this.#ledger.objects, { ownNamespace, purge, keep, log });
  }
}

function describe(
  configuration: Configuration,
  { instance }: HostSideOptions,
  previous: InstanceState | undefined,
): InstanceState {
  return {
    format: 1,
    name: configuration.name,
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? 0,
    bootId: bootIdentity(),
    stopped: false,
    socket: instance.socket,
    file: instance.file ?? null,
    version: instance.version,
    rootless: instance.rootless,
    readOnlySocket: instance.readOnlySocket,
    ownNamespace: namespaceIdentity(undefined) ?? '',
    objects: previous?.objects ?? [],
  };
}

const order = (devices: readonly DeviceChange[], { host, link }: HostAttachment): number =>
  devices.findIndex((change) => change.host === host && change.link === link);

function throwFirst(settled: readonly PromiseSettledResult<unknown>[]): void {
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
