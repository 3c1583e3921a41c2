import { isatty } from 'node:tty';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogFormat, LogLevel } from '../config/configuration.js';
import { printable } from '../text/printable.js';
import { BoundedOutput } from './bounded-output.js';

/** Names and numbers beside a message; keys are camelCase and include the unit. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where this program says how it is doing. */
export interface Log {
  fatal(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Says from now on what is at least of this level; missing where the level stays. */
  setLevel?(level: LogLevel): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto` is pretty on a terminal, JSON lines otherwise. */
  readonly format: LogFormat;
  readonly color: boolean;
  /** The name of the lab, in every JSON line. */
  readonly instance?: string;
  /** The descriptor to write to; 2 (stderr) by default. */
  readonly descriptor?: number;
  /** What writes to that descriptor for others, too; by default one of its own. */
  readonly bounded?: BoundedOutput | undefined;
  /** What takes the lines in place of a descriptor, as JSON whatever the format is. */
  readonly output?: LineOutput;
}

/** Takes lines, each with its end. */
export interface LineOutput {
  write(line: string): void;
}

export const SILENT: Log = { fatal() {}, error() {}, warn() {}, info() {}, debug() {} };

/**
 * A log that writes each line at once if its reader keeps up, and never waits if not.
 *
 * Lines for which there is no room are lost, and the next line says how many.
 */
export const createLog = (options: LogOptions): Log => {
  const descriptor = options.descriptor ?? 2;
  const isPretty =
    options.output === undefined &&
    (options.format === 'pretty' || (options.format === 'auto' && isatty(descriptor)));
  const output = options.output ?? options.bounded ?? new BoundedOutput(descriptor);
  const format = isPretty ? prettyLine(options.color) : (line: string): string => line;
  const logger = pino(
    {
      level: options.level,
      base: options.instance === undefined ? {} : { instance: options.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => output.write(format(line)) },
  );
  if (output instanceof BoundedOutput)
    output.onLost = (lines, code) => {
      const why = code === undefined ? 'nobody read them in time' : `they could not be written (${code})`;
      logger.warn({ lines }, `${lines} lines of the log were lost: ${why}`);
    };
  return {
    fatal: (message, fields = {}) => logger.fatal(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    debug: (message, fields = {}) => logger.debug(fields, message),
    setLevel: (level) => {
      logger.level = level;
    },
  };
};

/** What makes a JSON line of a log one for a person, of which a terminal obeys nothing but its colors. */
export const prettyLine = (color: boolean): ((line: string) => string) => {
  const pretty = prettyFactory({
    colorize: color,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,instance',
  });
  // No other escape is left by then: messages lose them, and fields are JSON.
  return (line) => `${pretty(line).replace(/\n$/, '').split(ESCAPE).map(printable).join(ESCAPE)}\n`;
};

const ESCAPE = '\u001b';
