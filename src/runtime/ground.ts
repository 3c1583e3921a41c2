import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { checkControlPath } from '../control/listen.js';
import { HostSide } from '../host/host-side.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { OwnedFile } from '../owned-file.js';
import { Arena } from '../tun/arena.js';
import { openPort } from '../tun/open-port.js';
import { loadTimers } from '../tun/open-timer.js';
import type { OpenTimer } from '../tun/timer.js';
import { version } from '../version.js';
import type { StartOptions } from './start-options.js';

/** What a lab stands on: the host side that was made for it, and where it is found. */
export interface Ground {
  readonly host: HostSide;
  readonly arena: Arena;
  readonly openTimer: OpenTimer;
  readonly socket: string;
  readonly changes: readonly string[];
  /** Written, and still to get its name. */
  readonly readyFile: OwnedFile | undefined;
}

/** Makes the host side of a lab; undoes everything if that fails. */
export const bringHost = async (configuration: Configuration, options: StartOptions): Promise<Ground> => {
  const arena = new Arena();
  const openTimer = await loadTimers();
  const socket = configuration.control.socket ?? join(runtimeDirectory(), `${configuration.name}.sock`);
  const changes: string[] = [];
  let readyFile: OwnedFile | undefined;
  try {
    const host = await HostSide.bring(configuration, {
      openPort: (port) => openPort(port, arena),
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
        readyFile = prepareReadyFile(options.readyFile);
      },
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
    return { host, arena, openTimer, socket, changes, readyFile };
  } catch (error) {
    readyFile?.remove();
    throw error;
  }
};

/** One that a killed lab left is replaced, and so is an empty one, which somebody may be watching. */
const prepareReadyFile = (path: string | undefined): OwnedFile | undefined =>
  path === undefined
    ? undefined
    : OwnedFile.prepare({
        what: 'the ready file',
        path,
        text: `${process.pid}\n`,
        fix: 'name a file that is not there yet: --ready-file FILE',
        mayReplace: (text) => /^(\d+\n)?$/.test(text),
      });
