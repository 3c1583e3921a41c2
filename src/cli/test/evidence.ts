import { join } from 'node:path';
import { Failure } from '../../failure.js';
import type { EventRecord } from '../../observe/event-record.js';
import type { DropRow } from '../../observe/shown.js';
import { writeWholeFile } from '../../owned-file.js';
import type { RunningLab } from '../../runtime/running-lab.js';
import { CAPTURE, DROPS, ELSEWHERE, EVENTS, type EvidenceFolder, isOurs } from './evidence-folder.js';

/** More events than this are counted, and not kept: the first tell what began it. */
const MOST_EVENTS = 100_000;

/** What happens in a lab while a program runs in it. */
export class Evidence {
  readonly events: EventRecord[] = [];
  /** How many events were not kept. */
  missed = 0;
  drops: readonly DropRow[] = [];
  /** The files that were written. */
  files: readonly string[] = [];
  /** Why others were not. */
  readonly failures: Failure[] = [];
  readonly #lab: RunningLab;
  readonly #folder: EvidenceFolder | undefined;
  readonly #endEvents: () => void;

  /**
   * Begins with a lab that is up. `folder` is where the evidence is kept if the program fails, and loses that of an
   * earlier run; undefined for nowhere.
   */
  constructor(lab: RunningLab, folder: EvidenceFolder | undefined) {
    this.#lab = lab;
    this.#folder = folder;
    // The lab itself has replaced the capture.
    for (const file of [DROPS, EVENTS]) folder?.remove(file);
    this.#endEvents = lab.follow((record) => {
      if (this.events.length < MOST_EVENTS) this.events.push(this.#named(record()));
      else this.missed += 1;
    });
  }

  /** What the lab warns of the capture. */
  #named(event: EventRecord): EventRecord {
    const { type, message } = event;
    if (type !== 'config' || typeof message !== 'string' || this.#folder === undefined) return event;
    return { ...event, message: this.#folder.named(message) };
  }

  /** Looks at the lab a last time, and follows it no more. */
  end(): void {
    this.#endEvents();
    this.drops = this.#lab.show('drops');
  }

  /** Writes the files if the program has failed, else leaves none. The lab is down, so its capture is complete. */
  keep(hasFailed: boolean): void {
    const folder = this.#folder;
    if (folder === undefined) return;
    if (!folder.isInPlace) {
      folder.remove(CAPTURE);
      const fault = `${folder.path} does not get the evidence: somebody has put another folder in its place, or none`;
      if (hasFailed) this.failures.push(new Failure(6, fault, ELSEWHERE));
      return;
    }
    if (!hasFailed) {
      folder.remove(CAPTURE);
      return;
    }
    const lines: object[] = [...this.events];
    if (this.missed > 0) lines.push({ time: new Date().toISOString(), type: 'missed', events: this.missed });
    const written = [
      ...(folder.has(CAPTURE) ? [CAPTURE] : []),
      ...this.#write(folder, DROPS, `${JSON.stringify(this.drops, null, 2)}\n`),
      ...this.#write(folder, EVENTS, lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    ];
    this.files = written.map((file) => join(folder.path, file));
  }

  /** Gives its name if it was written. */
  #write(folder: EvidenceFolder, file: string, text: string): readonly string[] {
    const path = folder.within(file);
    try {
      writeWholeFile({
        what: 'evidence',
        path,
        text,
        fix: ELSEWHERE,
        mayReplace: { isOurs: () => isOurs(path, file) },
      });
      return [file];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.failures.push(folder.namedIn(error) as Failure);
      return [];
    }
  }
}
