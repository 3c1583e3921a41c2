import type { Configuration } from '../config/configuration.js';
import type { Log } from '../observe/log.js';
import type { ServiceManager } from './service-manager.js';

export interface StartOptions {
  /** The path of the configuration; undefined if there is no file. */
  readonly configFile: string | undefined;
  /** Whether there still is what was read; true by default, and false of stdin. */
  readonly canReload?: boolean;
  readonly log: Log;
  /**
   * Written when every host and router answers, removed at the end.
   *
   * Where something is there already that is not such a file, it stays, and the start fails (6) with nothing changed.
   */
  readonly readyFile?: string;
  readonly rootless?: boolean;
  /** Told how many of the host interfaces are ready, while the lab starts. */
  readonly progress?: (done: number, total: number) => void;
  /** Does to a configuration that is read again what was done to the first one; by default nothing. */
  readonly adopt?: (read: Configuration) => Configuration;
  /** Whether the file is read again whenever it, or a table of routes that it names, has changed. */
  readonly watch?: boolean;
  /**
   * Whether signals, and errors that nobody caught, stop the lab: what a process that is nothing but a lab wants.
   *
   * False by default: they are the caller's, and only `stop` and the control socket end the lab.
   */
  readonly handleSignals?: boolean;
  /** Who supervises this process, and is told how the lab is doing; nobody by default. */
  readonly service?: ServiceManager | undefined;
}
