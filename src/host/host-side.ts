import type { Configuration } from '../config/configuration.js';
import { finishedInTurns } from '../config/in-turns.js';
import { Failure } from '../failure.js';
import { gathered } from '../pieces.js';
import type { Kernel } from '../tun/kernel.js';
import { openKernel } from '../tun/open-kernel.js';
import type { Port, PortOptions } from '../tun/port.js';
import { conflictFailure, findConflicts, remainingChanges, surveyHost } from './conflicts.js';
import { checkLimits } from './limits.js';
import { type MadeInterface, Maker } from './maker.js';
import { type NameProof, namespaceIdentity } from './namespaces.js';
import { ObjectLedger } from './object-ledger.js';
import { formatChange, type HostChange, hostChanges, planHost } from './plan.js';
import { bootIdentity, startTimeOf } from './process-identity.js';
import { makeRuntimeDirectory } from './runtime-directory.js';
import {
  type HostObject,
  type InstanceState,
  type NamespaceObject,
  type Phase,
  readClaimable,
} from './state-file.js';
import { StateFile } from './state-writing.js';
import { Transition } from './transition.js';
import { turnOfLoop } from './turn.js';
import { leftoverFailure, undoObjects } from './undo.js';

export type { MadeInterface } from './maker.js';

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
  /** Told of how many of its host interfaces are there. */
  readonly progress?: (done: number, total: number) => void;
  /** Called when nothing of this machine is in the way, and nothing is changed yet; what it throws ends the start. */
  readonly prepare?: () => Promise<void>;
  /** The folder of the state file, if not the usual one. */
  readonly directory?: string;
  /** The kernel, if not the one that {@link openKernel} gives. */
  readonly kernel?: Kernel;
}

/** So many changes are planned at once: half a millisecond. */
const PLANNED_AT_ONCE = 512;

/**
 * The kernel's side of a running lab: namespaces, TUN devices, addresses, routes, and the note of them.
 *
 * It is there whole or not at all: what fails on the way up is undone, and the same holds on the way down,
 * save for what is persistent.
 */
export class HostSide {
  readonly #options: HostSideOptions;
  readonly #kernel: Kernel;
  readonly #ledger: ObjectLedger;
  readonly #attachments: MadeInterface[] = [];
  #plan: readonly HostChange[] = [];
  #closing: Promise<void> | undefined;

  private constructor(options: HostSideOptions, kernel: Kernel, ledger: ObjectLedger) {
    this.#options = options;
    this.#kernel = kernel;
    this.#ledger = ledger;
  }

  /**
   * Makes the host side of a configuration.
   *
   * Throws a `Failure`: 6 where something is in use by somebody else (then nothing has been touched), what the
   * kernel or the port says otherwise, 9 where that could not be undone.
   */
  static async bring(configuration: Configuration, options: HostSideOptions): Promise<HostSide> {
    const directory = makeRuntimeDirectory(options.directory);
    const previous = previousOf(readClaimable(configuration.name, directory), options.log);

    const changes = planHost(configuration);
    checkLimits(changes);
    const kernel = options.kernel ?? (await openKernel());
    const survey = await surveyHost(changes, previous);
    const conflicts = findConflicts(changes, survey, previous);
    if (conflicts.length > 0) throw conflictFailure(conflicts);
    await options.prepare?.();

    const file = StateFile.claim(describe(configuration, options, previous), directory);
    const side = new HostSide(options, kernel, new ObjectLedger(file, previous?.stopped === true));
    try {
      await side.#settlePrevious(changes);
      const remaining = remainingChanges(changes, survey, previous);
      const maker = new Maker({
        kernel,
        ledger: side.#ledger,
        survey,
        openPort: options.openPort,
        attachments: side.#attachments,
      });
      await maker.make(changes, remaining, options.progress);
      const made = new Set(remaining);
      for (const change of changes) {
        const isTakenOver = change.kind === 'device' && !made.has(change);
        if (made.has(change) || isTakenOver)
          options.log(`${formatChange(change)}${isTakenOver ? ', taken over' : ''}`);
      }
    } catch (error) {
      throw await side.#abandon(error);
    }
    side.#plan = changes;
    return side;
  }

  /** Whether it has devices that outlive it, or has taken such from an earlier plan. */
  get lasts(): boolean {
    return this.#ledger.objects.some((object) => object.kind === 'device' && object.persistent);
  }

  /**
   * Prepares the way to another configuration, and changes nothing yet.
   *
   * `release` is told of ports that are about to be closed. Throws a `Failure`: 6 where something is in use by
   * somebody else. One way at a time.
   */
  async prepare(
    configuration: Configuration,
    release: (ports: readonly Port[]) => void,
  ): Promise<Transition> {
    const environment = {
      kernel: this.#kernel,
      ledger: this.#ledger,
      attachments: this.#attachments,
      openPort: this.#options.openPort,
      release,
      arrived: ({ lines }: Transition, plan: readonly HostChange[]) => {
        this.#plan = plan;
        for (const line of lines) this.#options.log(line);
      },
    };
    const plan = await finishedInTurns(gathered(hostChanges(configuration), PLANNED_AT_ONCE), turnOfLoop);
    return Transition.prepare(environment, this.#plan, plan);
  }

  get attachments(): readonly MadeInterface[] {
    return this.#attachments;
  }

  /** The namespaces that were made for it, each with what proves it. */
  get namespaces(): readonly NameProof[] {
    return this.#ledger.objects.filter(
      (object): object is NamespaceObject => object.kind === 'namespace' && object.created,
    );
  }

  port(host: string, link: string): Port | undefined {
    return this.#attachments.find((own) => own.host === host && own.link === link)?.port;
  }

  /** Tells others where the instance is on its way; throws a `Failure` (4) where that cannot be written. */
  tell(phase: Phase): void {
    this.#ledger.tell(phase);
  }

  /** The same of its end, which comes whether or not anybody can be told. */
  tellStopping(): void {
    try {
      this.tell('stopping');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Sees that the state file is there, and writes it again where somebody has taken it away. */
  restoreState(): void {
    this.#ledger.restore();
  }

  /** Undoes everything that is not persistent, in reverse. Throws a `Failure` 9 that lists what is left. */
  close(): Promise<void> {
    this.#closing ??= this.#undo(false, '');
    return this.#closing;
  }

  /** Removes what a killed instance of this name left and this one does not want. */
  async #settlePrevious(changes: readonly HostChange[]): Promise<void> {
    const wanted = new Set(
      changes.flatMap(({ namespace, ...change }) => [
        namespace ?? '',
        ...(change.kind === 'device' ? [`${namespace ?? ''}/${change.device}`] : []),
      ]),
    );
    // A name whose namespace we were killed before we could mount is in the way of the new one.
    const isWanted = (object: HostObject): boolean =>
      object.kind === 'namespace'
        ? wanted.has(object.name) && namespaceIdentity(object.name) !== undefined
        : wanted.has(`${object.namespace ?? ''}/${object.name}`);
    const objects = this.#ledger.objects;
    const unwanted = objects.filter((object) => !isWanted(object));
    if (unwanted.length === 0) return;
    const keep = new Set(objects.filter(isWanted));
    const { kept, left } = await this.#undoObjects(false, keep);
    if (left.length > 0) throw leftoverFailure(left, this.#ledger.state.name);
    this.#ledger.replaceAll(kept);
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
    await this.#kernel.closeTogether(() => {
      for (const { port } of [...this.#attachments].reverse()) port.close();
    });
    const keep = failed ? this.#ledger.inherited : new Set<HostObject>();
    const { kept, left } = await this.#undoObjects(failed, keep);
    const remaining = [...kept, ...left.map(({ object }) => object)];
    try {
      this.#ledger.end(remaining, left.length === 0, failed);
    } catch (error) {
      // What is left weighs more than a note that says too much.
      if (left.length === 0) throw staleNote(error, reason);
    }
    if (left.length > 0) throw leftoverFailure(left, this.#ledger.state.name, reason);
  }

  #undoObjects(purge: boolean, keep: ReadonlySet<HostObject>) {
    const { log } = this.#options;
    const { ownNamespace } = this.#ledger;
    return undoObjects(this.#ledger.objects, { ownNamespace, purge, keep, log, kernel: this.#kernel });
  }
}

/**
 * What an earlier instance left that can still be there.
 *
 * What it made in another network namespace than this process has is left alone: the indices there say nothing here.
 */
function previousOf(
  found: InstanceState | undefined,
  log: (line: string) => void,
): InstanceState | undefined {
  if (found?.bootId !== bootIdentity() || found.rootless) return undefined;
  if (found.ownNamespace === namespaceIdentity(undefined)) return found;
  const isElsewhere = (object: HostObject): boolean => object.kind === 'device' && object.namespace === null;
  for (const { name } of found.objects.filter(isElsewhere))
    log(`device ${name} of an earlier run is in another network namespace and stays there`);
  return { ...found, objects: found.objects.filter((object) => !isElsewhere(object)) };
}

/** Everything is undone, but the state file tells of it still: `down --force` finds nothing there, and removes it. */
const staleNote = (error: unknown, before: string): unknown =>
  error instanceof Failure
    ? new Failure(9, [before, error.message].filter((line) => line !== '').join('\n'), error.fix)
    : error;

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
    phase: 'starting',
    socket: instance.socket,
    file: instance.file ?? null,
    version: instance.version,
    rootless: instance.rootless,
    readOnlySocket: instance.readOnlySocket,
    ownNamespace: namespaceIdentity(undefined) ?? '',
    objects: previous?.objects ?? [],
  };
}
