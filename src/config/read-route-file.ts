import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { formatPrefix } from '../address.js';
import { fault, isFault } from '../text/fault.js';
import { parseRouteLine } from '../text/route-line.js';
import type { Report } from './problem-report.js';
import { fastRoute } from './route-octets.js';
import { RouteTable } from './route-table.js';
import type { Path } from './tree.js';

const PIECE = 1 << 20;
const LONGEST_LINE = 1000;
const MOST_ROUTES = 10_000_000;
const NEWLINE = 0x0a;

/**
 * Reads a table of routes, one a line, in pieces; what is wrong goes into the report, with the place in that file.
 *
 * `file` is relative to the configuration's folder; `path` is where the configuration refers to it. A pipe, which may
 * keep its reader waiting, is read only where that may be.
 */
export const readRouteFile = (
  file: string,
  configuration: string,
  path: Path,
  report: Report,
  mayWait = true,
): RouteTable => {
  const place = isAbsolute(file) ? file : join(dirname(configuration), file);
  const table = new RouteTable(file, place);
  try {
    const descriptor = openSync(place, mayWait ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (status.isFile() || (status.isFIFO() && mayWait))
        new TableReader(table, path, report).read(descriptor);
      else
        report.error(
          'E-REF',
          path,
          `\`${file}\` is not a file${mayWait ? ' or a pipe' : ''}`,
          'name a file with one route a line',
        );
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    report.error('E-REF', path, `cannot read \`${file}\`: ${why}`, 'name a file with one route a line');
  }
  return table;
};

class TableReader {
  readonly #table: RouteTable;
  readonly #path: Path;
  readonly #report: Report;
  #line = 0;

  constructor(table: RouteTable, path: Path, report: Report) {
    this.#table = table;
    this.#path = path;
    this.#report = report;
  }

  read(descriptor: number): void {
    const buffer = Buffer.allocUnsafe(PIECE + LONGEST_LINE);
    let kept = 0;
    for (;;) {
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
      kept = end - start;
      if (kept > LONGEST_LINE) {
        this.#line += 1;
        this.#refuse(
          '',
          1,
          fault('E-TYPE', `the line is longer than ${LONGEST_LINE} octets`, 'write one route a line'),
        );
        return;
      }
      buffer.copy(buffer, 0, start, end);
    }
  }

  /** False where nothing more is to be read. */
  #readLine(octets: Buffer, start: number, end: number): boolean {
    this.#line += 1;
    const route = fastRoute(octets, start, end) ?? parseRouteLine(octets.toString('utf8', start, end));
    if (route === undefined) return true;
    const text = (): string => octets.toString('utf8', start, end);
    if (isFault(route)) this.#refuse(text(), route.column, route);
    else if (this.#table.size >= MOST_ROUTES) {
      this.#refuse(text(), 1, fault('E-RANGE', `more than ${MOST_ROUTES} routes`, 'aggregate them'));
      return false;
    } else if (!this.#table.add(route.to, route, this.#line))
      this.#refuse(
        text(),
        1,
        fault(
          'E-DUPLICATE',
          `there is already a route to ${formatPrefix(route.to)} with metric ${route.metric}`,
          'remove the line, or give it another metric',
        ),
      );
    return true;
  }

  #refuse(excerpt: string, column: number, { fault: code, message, fix }: ReturnType<typeof fault>): void {
    const place = { file: this.#table.place, line: this.#line, column, excerpt };
    this.#report.at(place, code, this.#path, message, fix);
  }
}
