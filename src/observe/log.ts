import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogFormat, LogLevel } from '../config/configuration.js';

/** Names and numbers beside a message; keys are camelCase and include the unit. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where this program says how it is doing. Lines go to stderr at once, so that none is lost at the end. */
export interface Log {
  fatal(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
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
}

export const SILENT: Log = { fatal() {}, error() {}, warn() {}, info() {}, debug() {} };

/**
 * A log that writes each line before it returns.
 *
 * A reader that went away is no reason to fail: such lines are lost quietly.
 */
export const createLog = (options: LogOptions): Log => {
  const descriptor = options.descriptor ?? 2;
  const isPretty =
    options.format === 'pretty' ||
    (options.format === 'auto' && descriptor === 2 && process.stderr.isTTY === true);
  const destination = pino.destination({ fd: descriptor, sync: true });
  destination.on('error', () => {});
  const stream = isPretty
    ? pretty({
        destination,
        sync: true,
        colorize: options.color,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname,instance',
      })
    : destination;
  const logger = pino(
    {
      level: options.level,
      base: options.instance === undefined ? {} : { instance: options.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    fatal: (message, fields = {}) => logger.fatal(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    debug: (message, fields = {}) => logger.debug(fields, message),
  };
};
