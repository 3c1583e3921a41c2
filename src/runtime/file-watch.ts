import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** How long files stay as they are before they count as written, in milliseconds. */
const SETTLING = 100;
/** How long a file may be missing while somebody puts another in its place, in milliseconds. */
const ABSENCE = 1000;
/** How often to look where nothing tells of changes, in milliseconds. */
const INTERVAL = 1000;

export interface FileWatchOptions {
  /** The files, which may change from one time to the next. */
  readonly files: () => readonly string[];
  /** One of them was written, replaced or removed. */
  readonly changed: () => void;
}

/**
 * Watches files for changes, however they are made: written in place, replaced by a rename, behind a link.
 *
 * The folders are watched, not the files, which an editor may replace; and what the files are is compared, so that
 * nothing else in a folder matters. Where the kernel tells nothing, a look every second does.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #interval: NodeJS.Timeout;
  #timeout: NodeJS.Timeout | undefined;
  /** What the files are, as they were told last. */
  #told: ReadonlyMap<string, string>;
  /** What they were when it was looked last, if they changed. */
  #seen: ReadonlyMap<string, string> | undefined;
  #missingSince: number | undefined;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#told = this.#marks();
    this.#watchFolders();
    this.#interval = setInterval(() => this.#look(), INTERVAL);
    this.#interval.unref();
  }

  /** The files were just read: those that are new among them are known from here on. */
  hasRead(): void {
    this.#told = new Map([...this.#marks(), ...this.#told]);
  }

  end(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#timeout);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Looks again when the files have had time to settle. */
  #lookSoon(): void {
    if (this.#timeout !== undefined) return;
    this.#timeout = setTimeout(() => {
      this.#timeout = undefined;
      this.#look();
    }, SETTLING);
    this.#timeout.unref();
  }

  #look(): void {
    this.#watchFolders();
    const marks = this.#marks();
    const isTold = [...marks].every(([file, mark]) => this.#told.get(file) === mark);
    if (isTold) {
      this.#told = marks;
      this.#seen = undefined;
      return;
    }
    const hasSettled =
      this.#seen !== undefined && [...marks].every(([file, mark]) => this.#seen?.get(file) === mark);
    this.#seen = marks;
    if (!hasSettled || this.#mayComeBack(marks)) return this.#lookSoon();
    this.#told = marks;
    this.#seen = undefined;
    this.#missingSince = undefined;
    this.#options.changed();
  }

  #mayComeBack(marks: ReadonlyMap<string, string>): boolean {
    if (![...marks.values()].includes(MISSING)) return false;
    this.#missingSince ??= performance.now();
    return performance.now() - this.#missingSince < ABSENCE;
  }

  #marks(): ReadonlyMap<string, string> {
    return new Map(this.#options.files().map((file) => [file, markOf(file)]));
  }

  /** The folders of the files, and of what they are links to; one that is another by now is watched anew. */
  #watchFolders(): void {
    const folders = new Map<string, string>();
    for (const file of this.#options.files())
      for (const folder of [dirname(resolve(file)), folderBehind(file)]) {
        const mark = identityOf(folder);
        if (mark !== MISSING) folders.set(`${mark} ${folder}`, folder);
      }
    for (const [key, watcher] of this.#watchers)
      if (!folders.has(key)) {
        watcher.close();
        this.#watchers.delete(key);
      }
    for (const [key, folder] of folders) if (!this.#watchers.has(key)) this.#watchFolder(key, folder);
  }

  #watchFolder(key: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(key);
      });
      this.#watchers.set(key, watcher);
    } catch {
      // No more watches for this user, or a file system without: the interval does.
    }
  }
}

const MISSING = 'missing';

/** What tells a file from what it was before. */
const markOf = (file: string): string => {
  try {
    const { dev, ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${dev}:${ino} ${size} ${mtimeNs}`;
  } catch {
    return MISSING;
  }
};

const identityOf = (folder: string): string => {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return MISSING;
  }
};

/** Of what a link leads to. */
const folderBehind = (file: string): string => {
  try {
    return dirname(realpathSync(file));
  } catch {
    return dirname(resolve(file));
  }
};
