import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { formatPrefix } from '../address.js';
import { fault, isFault } from '../text/fault.js';
import { type LineFault, parseRouteLine } from '../text/route-line.js';
import { fastRoute } from './route-octets.js';
import { RouteTable } from './route-table.js';
import { whyUnreadable } from './unreadable.js';

/** About seven hundred lines, which take half a millisecond. */
const PIECE = 1 << 14;
const LONGEST_LINE = 1000;
/** More than a piece has: none has so few octets. */
const MOST_LINES = (PIECE + LONGEST_LINE) / 16;
const MOST_ROUTES = 10_000_000;
/** As many as a report keeps; the others are only counted. */
const MOST_REFUSALS = 10_000;
/** More than the kernel's clock takes to go on, in milliseconds. */
const TICK = 100;
const NEWLINE = 0x0a;

/** A line that is no route of a table, and why. */
export interface Refusal {
  /** From 1. */
  readonly line: number;
  readonly excerpt: string;
  readonly why: LineFault;
}

/** What was read of a file of routes. */
export interface RouteFile {
  readonly table: RouteTable;
  readonly refusals: readonly Refusal[];
  /** How many there are besides. */
  readonly omitted: number;
  /** Why it could not be read at all, in words; undefined if it could. */
  readonly failure: string | undefined;
  /** Which file it was, and in what state: the same as long as nobody has changed it. Undefined for a pipe. */
  readonly state: string | undefined;
}

/**
 * Reads a table of routes, one a line; yields after each piece.
 *
 * `file` is its name in the configuration, `place` where it is. A pipe, which may keep its reader waiting, is read
 * only where that may be. No more than `most` routes are read.
 */
export function* readRouteFile(
  file: string,
  place: string,
  mayWait: boolean,
  most = MOST_ROUTES,
): Generator<void, RouteFile> {
  const table = new RouteTable(file, place);
  const nothing = { table, refusals: [], omitted: 0, state: undefined };
  try {
    const descriptor = openSync(place, mayWait ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor, { bigint: true });
      if (!status.isFile() && !(status.isFIFO() && mayWait))
        return { ...nothing, failure: `\`${file}\` is not a file${mayWait ? ' or a pipe' : ''}` };
      const reader = new TableReader(table, Number(status.size), most);
      yield* reader.read(descriptor);
      const isSame = stateOf(fstatSync(descriptor, { bigint: true })) === stateOf(status);
      // A change within one tick of the kernel's clock would not show.
      const isSettled = Date.now() - Number(status.mtimeMs) > TICK;
      const state = status.isFile() && isSame && isSettled ? stateOf(status) : undefined;
      return { table, refusals: reader.refusals, omitted: reader.omitted, failure: undefined, state };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { ...nothing, failure: `cannot read \`${file}\`: ${whyUnreadable(error, place)}` };
  }
}

/** What changes whenever a file does. */
export const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join();

class TableReader {
  readonly refusals: Refusal[] = [];
  omitted = 0;
  readonly #table: RouteTable;
  /** Octets of the whole file; 0 if that is not known. */
  readonly #length: number;
  readonly #most: number;
  #line = 0;

  constructor(table: RouteTable, length: number, most: number) {
    this.#table = table;
    this.#length = length;
    this.#most = most;
  }

  *read(descriptor: number): Generator<void, void> {
    const buffer = Buffer.allocUnsafe(PIECE + LONGEST_LINE);
    let kept = 0;
    let isFirst = true;
    for (;;) {
      yield* this.#table.makeRoom(MOST_LINES);
      const length = readSync(descriptor, buffer, kept, PIECE, null);
      const end = kept + length;
      const isLast = length === 0;
      let start = 0;
      for (
        let at = buffer.indexOf(NEWLINE, start);
        at >= 0 && at < end;
        at = buffer.indexOf(NEWLINE, start)
      ) {
        if (!this.#readLine(buffer, start, at)) return;
        start = at + 1;
      }
      if (isLast) {
        if (start < end) this.#readLine(buffer, start, end);
        return;
      }
      // The others are probably as long as those of the first piece.
      if (isFirst && start > 0) yield* this.#table.makeRoom(Math.ceil((this.#line / start) * this.#length));
      isFirst = false;
      kept = end - start;
      if (kept > LONGEST_LINE) {
        this.#readLine(buffer, start, end);
        return;
      }
      buffer.copy(buffer, 0, start, end);
      yield;
    }
  }

  /** False where nothing more is to be read. */
  #readLine(octets: Buffer, start: number, end: number): boolean {
    this.#line += 1;
    if (end - start > LONGEST_LINE) {
      this.#refuse('', {
        ...fault('E-TYPE', `the line is longer than ${LONGEST_LINE} octets`, 'write one route a line'),
        column: 1,
      });
      return false;
    }
    const route = fastRoute(octets, start, end) ?? parseRouteLine(octets.toString('utf8', start, end));
    if (route === undefined) return true;
    const text = (): string => octets.toString('utf8', start, end);
    if (isFault(route)) this.#refuse(text(), route);
    else if (this.#table.size >= this.#most) {
      this.#refuse(text(), {
        ...fault('E-RANGE', `more than ${this.#most} routes`, 'aggregate them'),
        column: 1,
      });
      return false;
    } else if (!this.#table.add(route.to, route, this.#line))
      this.#refuse(text(), {
        ...fault(
          'E-DUPLICATE',
          `there is already a route to ${formatPrefix(route.to)} with metric ${route.metric}`,
          'remove the line, or give it another metric',
        ),
        column: 1,
      });
    return true;
  }

  #refuse(excerpt: string, why: LineFault): void {
    if (this.refusals.length < MOST_REFUSALS) this.refusals.push({ line: this.#line, excerpt, why });
    else this.omitted += 1;
  }
}
