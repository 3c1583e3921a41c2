import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFailure } from '../../host/write-failure.js';
import type { EventRecord } from '../../observe/event-record.js';
import type { DropRow } from '../../observe/shown.js';
import type { RunningLab } from '../../runtime/running-lab.js';

/** More events than this are counted, and not kept: the first tell what began it. */
const MOST_EVENTS = 100_000;

/** The capture of everything, which the lab itself writes. */
export const CAPTURE = 'capture.pcapng';
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

  /** `folder` is where it is kept if the program fails; undefined for nowhere. */
  constructor(lab: RunningLab, folder: string | undefined) {
    this.#lab = lab;
    this.#folder = folder;
    this.#endEvents = lab.follow((record) => {
      if (this.events.length < MOST_EVENTS) this.events.push(record());
      else this.missed += 1;
    });
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
    const [capture, drops, events] = FILES.map((file) => join(folder, file)) as [string, string, string];
    if (!hasFailed) return rmSync(capture, { force: true });
    const lines: object[] = [...this.events];
    if (this.missed > 0) lines.push({ time: new Date().toISOString(), type: 'missed', events: this.missed });
    writeFileSync(drops, `${JSON.stringify(this.drops, null, 2)}\n`);
    writeFileSync(events, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.files = [capture, drops, events].filter(existsSync);
  }
}
