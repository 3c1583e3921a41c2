import { join } from 'node:path';
import { runtimeDirectory } from '../host/runtime-directory.js';

/** The end of a log's name, behind that of its lab. */
export const LOG_SUFFIX = '.log';

/** Where the log of a detached lab is. */
export const logPath = (name: string): string => join(runtimeDirectory(), `${name}${LOG_SUFFIX}`);
