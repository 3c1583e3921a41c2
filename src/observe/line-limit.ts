/** So many lines of a kind are written in an interval; the rest is summed up at its end. */
const MOST_LINES = 10;
/** In milliseconds. */
const INTERVAL = 10_000;

interface Window {
  lines: number;
  held: number;
  last: string;
}

/**
 * Keeps what traffic can cause from flooding the log: at most ten lines of a kind in ten seconds.
 *
 * At the end of the interval one line says how many more there were. Kinds are few: as many as interfaces and
 * links, times the kinds of their events.
 */
export class LineLimit {
  readonly #windows = new Map<string, Window>();

  /** Writes the line, or holds it back; `sumUp` writes what was held back, at the end of the interval. */
  write(kind: string, line: string, write: (line: string) => void, sumUp = write): void {
    const window = this.#windows.get(kind) ?? this.#open(kind, sumUp);
    window.lines += 1;
    if (window.lines <= MOST_LINES) return write(line);
    window.held += 1;
    window.last = line;
  }

  #open(kind: string, sumUp: (line: string) => void): Window {
    const window: Window = { lines: 0, held: 0, last: '' };
    this.#windows.set(kind, window);
    const timer = setTimeout(() => {
      this.#windows.delete(kind);
      const { held, last } = window;
      if (held === 1) sumUp(last);
      else if (held > 1) sumUp(`${held} more lines of this kind in ${INTERVAL / 1000} s, the last: ${last}`);
    }, INTERVAL);
    timer.unref();
    return window;
  }
}
