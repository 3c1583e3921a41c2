import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { checkControlPath } from '../control/listen.js';
import { type ControlServer, startControlServer } from '../control/server.js';
import { HostSide } from '../host/host-side.js';
import { multicastHindrances } from '../host/multicast-hindrances.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import type { HttpServer } from '../http/server.js';
import { LabLoop } from '../lab/loop.js';
import { eventLog } from '../observe/event-log.js';
import { EventStream } from '../observe/event-stream.js';
import type { Log } from '../observe/log.js';
import { watchForShortTtl } from '../observe/short-ttl.js';
import { OwnedFile } from '../owned-file.js';
import { Arena } from '../tun/arena.js';
import { openPort } from '../tun/open-port.js';
import { version } from '../version.js';
import { openHttp } from './http.js';
import { controlMethods } from './methods.js';
import { type Monitors, monitorsOf } from './services/monitor.js';
import { type Shower, showerOf } from './services/show.js';
import { handleSignals } from './signals.js';
import { StopOrder } from './stop-order.js';

export interface StartOptions {
  /** The path of the configuration; undefined if there is no file. */
  readonly configFile: string | undefined;
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
  /**
   * Whether signals, and errors that nobody caught, stop the lab: what a process that is nothing but a lab wants.
   *
   * False by default: they are the caller's, and only `stop` and the control socket end the lab.
   */
  readonly handleSignals?: boolean;
}

/** A socket that only reads is for everybody on the machine. */
const READ_ONLY_MODE = 0o666;

/**
 * Brings a lab up: the host side, the routers, the control socket. Resolves when every host and router answers.
 *
 * Throws a `Failure`, with everything undone, if something is in the way. A signal that stops it in the middle of
 * the start takes effect once the start is complete.
 */
export const startLab = (configuration: Configuration, options: StartOptions): Promise<RunningLab> =>
  RunningLab.start(configuration, options);

/** A lab on real devices, with everything around it. */
export class RunningLab {
  /** The host changes made, one line each, in order. */
  readonly changes: readonly string[];
  /** What `show` prints as JSON. */
  readonly show: Shower;
  /** Resolves when the lab has stopped and everything is undone; rejects if that failed. */
  readonly stopped: Promise<void>;

  readonly #configuration: Configuration;
  readonly #options: StartOptions;
  readonly #order: StopOrder;
  readonly #ground: Ground;
  readonly #events: EventStream;
  readonly #loop: LabLoop;
  readonly #monitors: Monitors;
  readonly #warnings: string[] = [];
  readonly #shortTtl: { end(): void };
  #control: ControlServer | undefined;
  #http: HttpServer | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (failure: unknown) => void };

  static async start(configuration: Configuration, options: StartOptions): Promise<RunningLab> {
    const order = new StopOrder();
    const ignoreSignals = options.handleSignals === true ? handleSignals(options.log, order.give) : () => {};
    try {
      const ground = await bringHost(configuration, options);
      const lab = new RunningLab(configuration, options, order, ground);
      await lab.#open();
      // Whoever waits for it hears of a failure; nobody waiting is no unhandled rejection.
      void lab.stopped.then(ignoreSignals, ignoreSignals);
      order.obeyWith((why) => void lab.#end(why));
      if (!order.isGiven) lab.#lookForHindrances();
      return lab;
    } catch (error) {
      ignoreSignals();
      throw error;
    }
  }

  private constructor(configuration: Configuration, options: StartOptions, order: StopOrder, ground: Ground) {
    const { log, configFile } = options;
    const { changes } = ground;
    this.#configuration = configuration;
    this.#options = options;
    this.#order = order;
    this.#ground = ground;
    this.#events = new EventStream(eventLog(log, ['debug', 'trace'].includes(configuration.log.level)));
    const loop = new LabLoop(configuration, ground.arena, this.#events);
    this.#loop = loop;
    this.#monitors = monitorsOf(loop, this.#events);
    this.changes = changes;
    this.show = showerOf({ configFile, loop, changes, warnings: this.#warnings });
    this.#shortTtl = watchForShortTtl(loop.lab, (warning) => this.#warn(warning));
    this.stopped = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Begins to stop; once is enough. */
  stop(why: string): void {
    this.#order.give(why);
  }

  /** Lets datagrams and requests in; undoes everything if that fails. */
  async #open(): Promise<void> {
    const { name, control } = this.#configuration;
    const { log } = this.#options;
    const methods = controlMethods({
      identity: { name, pid: process.pid, version: version() },
      loop: this.#loop,
      monitors: this.#monitors,
      show: this.show,
      stop: (why) => this.stop(why),
    });
    try {
      this.#control = await startControlServer({
        path: this.#ground.socket,
        mode: control.mode,
        group: control.group,
        readOnly:
          control.readOnlySocket === undefined
            ? undefined
            : { path: control.readOnlySocket, mode: READ_ONLY_MODE, group: control.group },
        methods,
        log,
      });
      this.#http = await openHttp(this.#configuration, {
        loop: this.#loop,
        show: this.show,
        monitors: this.#monitors,
        isLastReloadSuccessful: () => true,
      });
      if (this.#http !== undefined) log.info(`metrics and events at ${this.#http.url}`);
      this.#loop.connectAll(this.#ground.host.attachments);
      this.#loop.begin();
      this.#ground.readyFile?.publish();
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  /** Warns of what keeps applications from their groups on this machine. */
  #lookForHindrances(): void {
    void multicastHindrances(this.#configuration).then((found) => {
      for (const warning of found) this.#warn(warning);
    });
  }

  #warn(warning: string): void {
    this.#warnings.push(warning);
    this.#options.log.warn(warning);
  }

  async #end(why: string): Promise<void> {
    this.#options.log.info(`stopping: ${why}`);
    try {
      await this.#close();
      if (this.#order.failure !== undefined) throw this.#order.failure;
      this.#settle.resolve();
    } catch (error) {
      this.#settle.reject(error);
    }
  }

  /** Undoes everything, from the traffic down to the host. */
  async #close(): Promise<void> {
    this.#shortTtl.end();
    this.#loop.close();
    this.#ground.readyFile?.remove();
    await Promise.all([this.#control?.close(), this.#http?.close()]);
    await this.#ground.host.close();
  }
}

/** What a lab stands on: the host side that was made for it, and where it is found. */
interface Ground {
  readonly host: HostSide;
  readonly arena: Arena;
  readonly socket: string;
  readonly changes: readonly string[];
  /** Written, and still to get its name. */
  readonly readyFile: OwnedFile | undefined;
}

const bringHost = async (configuration: Configuration, options: StartOptions): Promise<Ground> => {
  const arena = new Arena();
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
    return { host, arena, socket, changes, readyFile };
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
