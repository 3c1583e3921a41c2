import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { checkControlPath } from '../control/listen.js';
import { HostSide } from '../host/host-side.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { Arena } from '../tun/arena.js';
import { openPort } from '../tun/open-port.js';
import { loadTimers } from '../tun/open-timer.js';
import type { OpenTimer } from '../tun/timer.js';
import { version } from '../version.js';
import { ReadyFile } from './ready-file.js';
import type { StartOptions } from './start-options.js';

/** What a lab stands on: the host side that was made for it, and where it is found. */
export interface Ground {
  readonly host: HostSide;
  readonly arena: Arena;
  readonly openTimer: OpenTimer;
  readonly socket: string;
  readonly changes: readonly string[];
  /** It can be written, and is not yet. */
  readonly readyFile: ReadyFile | undefined;
}

/** Makes the host side of a lab; undoes everything if that fails. */
export const bringHost = async (configuration: Configuration, options: StartOptions): Promise<Ground> => {
  const arena = new Arena();
  const openTimer = await loadTimers();
  const socket = configuration.control.socket ?? join(runtimeDirectory(), `${configuration.name}.sock`);
  const changes: string[] = [];
  let readyFile: ReadyFile | undefined;
  const host = await HostSide.bring(configuration, {
    openPort: (port) => openPort({ ...port, warn: (line) => options.log.warn(line) }, arena),
    instance: {
      socket,
      readOnlySocket: configuration.control.readOnlySocket,
      file: options.configFile,
      version: version(),
      rootless: options.rootless ?? false,
    },
    log: (line) => changes.push(line),
    prepare: async () => {
      await checkControlPath(socket);
      if (options.readyFile !== undefined) readyFile = new ReadyFile(options.readyFile);
    },
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  return { host, arena, openTimer, socket, changes, readyFile };
};
