import type { Configuration, LogLevel } from '../config/configuration.js';
import { configurationDifference } from '../config/difference.js';
import { finishedInTurns } from '../config/in-turns.js';
import { isEqual, withKnownParts } from '../config/merge.js';
import { readBeside } from '../config/read-beside.js';
import type { RouteTable } from '../config/route-table.js';
import type { ReloadParams, ReloadResult } from '../control/reload.js';
import { type JsonText, Rows } from '../control/rows.js';
import { Failure } from '../failure.js';
import type { HostSide } from '../host/host-side.js';
import { type HostChange, hostChanges } from '../host/plan.js';
import { turnOfLoop } from '../host/turn.js';
import type { LabLoop } from '../lab/loop.js';
import { setPolling } from '../tun/polling.js';
import { Adoption } from './adoption.js';
import type { CaptureFiles, CapturesChange } from './capture-files.js';
import { summaryText } from './services/config-text.js';

/** What a reload acts on. */
export interface ReloadEnvironment {
  readonly name: string;
  /** The path of the configuration; undefined if there is no file that can be read again. */
  readonly file: string | undefined;
  /** What was read at the start. */
  readonly configuration: Configuration;
  /** Does to a configuration that was read what was done to the first one. */
  readonly adopt: (read: Configuration) => Configuration;
  readonly host: HostSide;
  readonly loop: LabLoop;
  readonly captures: CaptureFiles;
  /** Told right after the files were read. */
  readonly hasRead: () => void;
  readonly setLogLevel: (level: LogLevel) => void;
  /** Told of what a person should know. */
  readonly warn: (warning: string) => void;
}

/** The parts of a configuration that a running lab can change; it is born with the rest. */
const CHANGEABLE: ReadonlySet<string> = new Set<keyof Configuration>([
  'links',
  'hosts',
  'routers',
  'capture',
  'schedule',
  'poll',
]);

/**
 * Reads the configuration file of a running lab again, and applies what has changed in it: all of it, or nothing.
 *
 * What was changed at run time stays where the file says what it said before. Source: the order in
 * docs/architecture.md, “A reload”.
 */
export class Reload {
  readonly #environment: ReloadEnvironment;
  /** As it was read last, and applied. */
  #last: Configuration;
  #routeFiles: readonly string[];

  constructor(environment: ReloadEnvironment) {
    this.#environment = environment;
    this.#last = environment.configuration;
    this.#routeFiles = routeFilesOf(environment.configuration);
  }

  /** The files that it reads; none if there is nothing that could be read again. */
  get files(): readonly string[] {
    const { file } = this.#environment;
    return file === undefined ? [] : [file, ...this.#routeFiles];
  }

  /** What the hosts need of this machine by the last file. */
  get hostPlan(): Rows<HostChange> {
    const last = this.#last;
    return new Rows(() => hostChanges(last));
  }

  /** What the last file said beside that: a `Summary`. */
  get lastFile(): JsonText {
    return summaryText(this.#last);
  }

  /**
   * One reload; nobody else may be at it.
   *
   * Throws a `Failure` (3) where the file cannot be read, (7) where something refuses, and (9) where something is left
   * that should have been removed or restored.
   */
  async perform({ isColored = false, isQuiet = false }: ReloadParams): Promise<ReloadResult> {
    const { name } = this.#environment;
    const file = this.#fileToRead();
    const tables = [...new Set(tablesOf(this.#last))];
    const read = await readBeside({ file, isColored, isQuiet }, tables, turnOfLoop);
    const { problems, omitted, report } = read;
    this.#routeFiles = read.routeFiles;
    this.#environment.hasRead();
    const isApplied = read.configuration !== undefined;
    const result = { name, file, isApplied, changes: [], problems, omitted, report };
    if (read.configuration === undefined) return result;
    const next = this.#environment.adopt(read.configuration);
    const changes = await this.#apply(await finishedInTurns(withKnownParts(this.#last, next), turnOfLoop));
    return { ...result, changes };
  }

  #prepareCaptures({ capture }: Configuration): CapturesChange {
    try {
      return this.#environment.captures.prepare(capture);
    } catch (error) {
      throw refusal(error, []);
    }
  }

  #fileToRead(): string {
    const { file, name } = this.#environment;
    if (file !== undefined) return file;
    throw new Failure(
      7,
      `${name} was started without a file that could be read again`,
      `tunpike show config --yaml -n ${name} > lab.yaml; tunpike down ${name}; tunpike up lab.yaml`,
    );
  }

  async #apply(next: Configuration): Promise<readonly string[]> {
    const { host, loop, setLogLevel, warn } = this.#environment;
    const { lab } = loop;
    refuseOthers(this.#last, next);
    const captures = this.#prepareCaptures(next);
    // Nothing changes what hosts need of this machine but the file.
    const transition = await host
      .prepare(next, (ports) => loop.disconnectAll(ports))
      .catch(async (error: unknown) => {
        await captures.takeBack();
        throw refusal(error, []);
      });
    const before = lab.configuration;
    const adoption = new Adoption(loop, this.#last);
    try {
      await transition.make();
      captures.publish();
      await turnOfLoop();
      await finishedInTurns(lab.prepare(adoption.inForce(next), loop.readClock()), turnOfLoop);
      // Meanwhile somebody may have changed a setting.
      await finishedInTurns(adoption.some(next), turnOfLoop);
      adoption.whole(next);
      if (transition.made.length > 0) loop.connectAll(transition.made);
      await followed(loop);
    } catch (error) {
      adoption.takeBack();
      await captures.takeBack();
      const lost = await transition.takeBack();
      loop.connectAll(transition.restored);
      throw refusal(error, lost);
    }
    const changes: string[] = [];
    for (const difference of configurationDifference(before, lab.configuration))
      if (difference === undefined) await turnOfLoop();
      else changes.push(difference);
    changes.push(...transition.lines);
    this.#last = next;
    await captures.finish();
    setLogLevel(next.log.level);
    setPolling(next.poll);
    const left = await transition.finish();
    for (const remark of transition.remarks) warn(remark);
    if (left.length === 0) return changes;
    throw new Failure(
      9,
      ['the new configuration is in force, but not everything could be removed:', ...left.map(indented)].join(
        '\n',
      ),
      'what is left is removed with the lab: tunpike down --force',
    );
  }
}

/** Where the tables of routes of a configuration were read. */
export const routeFilesOf = (configuration: Configuration): readonly string[] => [
  ...new Set(tablesOf(configuration).map(({ place }) => place)),
];

const tablesOf = ({ routers }: Configuration): readonly RouteTable[] =>
  [...routers.values()].flatMap(({ tables }) => tables.map(({ table }) => table));

/** How long it may take until many routes are in use, in milliseconds. */
const PATIENCE = 30_000;

/** Waits until the routers have all routes of the configuration in force. */
const followed = async ({ lab }: LabLoop): Promise<void> => {
  const deadline = performance.now() + PATIENCE;
  const isFollowing = (): boolean => [...lab.routers.values()].every(({ routing }) => routing.isFollowing);
  while (!isFollowing() && performance.now() < deadline) await turnOfLoop();
};

/** Throws a `Failure` (7) where a part differs that a running lab cannot change. */
const refuseOthers = (last: Configuration, next: Configuration): void => {
  const compared: Configuration = { ...next, log: { ...next.log, level: last.log.level } };
  const refused = (Object.keys(next) as (keyof Configuration)[]).filter(
    (part) => !CHANGEABLE.has(part) && !isEqual(last[part], compared[part]),
  );
  if (refused.length === 0) return;
  const parts = refused.map((part) => `\`${part}\``).join(' and ');
  throw new Failure(
    7,
    `a running lab cannot change its ${parts}; everything stays as it was`,
    `tunpike down ${last.name}, then \`up\` again; or leave ${parts} as before`,
  );
};

/** Whatever the cause, nothing was applied (7); unless something of what was there could not be restored (9). */
const refusal = (error: unknown, lost: readonly string[]): unknown => {
  // What the system refuses is no defect of ours.
  const isRefused = error instanceof Failure || (error instanceof Error && 'code' in error);
  if (!isRefused && lost.length === 0) return error;
  const what = (error instanceof Error ? error.message : String(error)).replace(
    /^nothing was changed:\s*/,
    '',
  );
  const fix = error instanceof Failure ? error.fix : undefined;
  if (lost.length === 0) return new Failure(7, `${what}\neverything stays as it was`, fix);
  const lines = [what, 'not everything could be restored:', ...lost.map(indented)];
  return new Failure(9, lines.join('\n'), fix);
};

const indented = (line: string): string => `  ${line}`;
