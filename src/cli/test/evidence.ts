import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../config/configuration.js';
import { writeFailure } from '../../host/write-failure.js';
import type { EventRecord } from '../../observe/event-record.js';
import type { DropRow } from '../../observe/shown.js';
import type { RunningLab } from '../../runtime/running-lab.js';
import { beginCapture, type RunningCapture } from './capture.js';

/** More events than this are counted, and not kept: the first tell what began it. */
const MOST_EVENTS = 100_000;

const CAPTURE = 'capture.pcapng';
const FILES = [CAPTURE, 'drops.json', 'events.jsonl'] as const;

/** Makes the folder, and removes from it what an earlier run has left; throws a `Failure` where that cannot be. */
export const prepareFolder = (folder: string): string => {
  try {
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) rmSync(join(folder, file), { force: true });
    return folder;
  } catch (error) {
    throw writeFailure(error, folder, 'cannot hold the evidence');
  }
};

/** What happens in a lab while a program runs in it. */
export class Evidence {
  readonly events: EventRecord[] = [];
  /** How many events were not kept. */
  missed = 0;
  drops: readonly DropRow[] = [];
  /** The files that were written. */
  files: readonly string[] = [];
  readonly #lab: RunningLab;
  readonly #folder: string | undefined;
  readonly #endEvents: () => void;
  readonly #capture: RunningCapture | undefined;

  /** `folder` is where it is kept if the program fails; undefined for nowhere. */
  static async begin(
    lab: RunningLab,
    configuration: Configuration,
    folder: string | undefined,
  ): Promise<Evidence> {
    const capture =
      folder === undefined ? undefined : await beginCapture(lab, configuration, join(folder, CAPTURE));
    return new Evidence(lab, folder, capture);
  }

  private constructor(lab: RunningLab, folder: string | undefined, capture: RunningCapture | undefined) {
    this.#lab = lab;
    this.#folder = folder;
    this.#capture = capture;
    this.#endEvents = lab.follow((record) => {
      if (this.events.length < MOST_EVENTS) this.events.push(record());
      else this.missed += 1;
    });
  }

  /** Writes the files if the program has failed, else leaves none. */
  async end(hasFailed: boolean): Promise<void> {
    this.#endEvents();
    this.drops = this.#lab.show('drops');
    const capture = await this.#capture?.end();
    const folder = this.#folder;
    if (folder === undefined) return;
    if (!hasFailed) return rmSync(join(folder, CAPTURE), { force: true });
    const lines: object[] = [...this.events];
    if (this.missed > 0) lines.push({ time: new Date().toISOString(), type: 'missed', events: this.missed });
    const drops = join(folder, 'drops.json');
    const events = join(folder, 'events.jsonl');
    writeFileSync(drops, `${JSON.stringify(this.drops, null, 2)}\n`);
    writeFileSync(events, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.files = [...(capture === undefined ? [] : [capture]), drops, events];
  }
}
