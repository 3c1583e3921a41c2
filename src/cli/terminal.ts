import type { LogLevel } from '../config/configuration.js';
import { type Colors, colors } from '../text/colors.js';
import { printableLines } from '../text/printable.js';
import type { Io, Output } from './io.js';
import { jsonPieces } from './json-pieces.js';

/** The flags that every command takes, before or after its name. */
export interface GlobalFlags {
  readonly name?: string;
  readonly json?: true;
  readonly color?: 'auto' | 'always' | 'never';
  /** How often `-v` was given. */
  readonly verbose?: number;
  readonly quiet?: true;
  readonly debug?: true;
}

/** The output of one run of the program: the answer on stdout, everything else on stderr. */
export interface Terminal {
  readonly io: Io;
  readonly flags: GlobalFlags;
  /** For stdout. */
  readonly colors: Colors;
  /** For stderr. */
  readonly errorColors: Colors;
  readonly isJson: boolean;
  /** Of stdout, in columns: that of the terminal as it is now, else what `COLUMNS` says; undefined for any length. */
  readonly width: number | undefined;
  /** One or more lines of the answer. */
  print(text: string): void;
  /** The whole answer as one JSON document. */
  printJson(value: unknown): void;
  /** One item of a streamed answer: a JSON object on a line. */
  printJsonLine(value: unknown): void;
  /** A remark for a person, not part of the answer; `-q` leaves it out. */
  hint(text: string): void;
}

export const terminal = (io: Io, flags: GlobalFlags): Terminal => ({
  io,
  flags,
  colors: colorsFor(io.stdout, io, flags),
  errorColors: colorsFor(io.stderr, io, flags),
  isJson: flags.json === true,
  get width() {
    // A terminal that does not know its size says 0.
    return io.stdout.columns || columnsFrom(io.env.COLUMNS);
  },
  print: (text) => void io.stdout.write(`${text}\n`),
  printJson: (value) => {
    for (const piece of jsonPieces(value)) io.stdout.write(piece);
    io.stdout.write('\n');
  },
  printJsonLine: (value) => void io.stdout.write(`${JSON.stringify(value)}\n`),
  hint: (text) => {
    if (flags.quiet !== true) io.stderr.write(`${printableLines(text)}\n`);
  },
});

const columnsFrom = (text: string | undefined): number | undefined =>
  /^[1-9]\d{0,4}$/.test(text ?? '') ? Number(text) : undefined;

/** The log level that `-q` or `-v` asks for, or else the configured one. */
export const logLevel = (flags: GlobalFlags, configured: LogLevel): LogLevel => {
  if (flags.quiet) return 'error';
  if (flags.verbose !== undefined) return flags.verbose > 1 ? 'trace' : 'debug';
  return configured;
};

/** The colors for a stream. Source: no-color.org. */
const colorsFor = (output: Output, io: Io, flags: GlobalFlags): Colors => {
  if (flags.color === 'always') return colors(true);
  if (flags.color === 'never') return colors(false);
  const isUnwanted = (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  return colors(output.isTTY === true && !isUnwanted);
};
