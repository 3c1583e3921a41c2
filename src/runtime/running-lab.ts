import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.js';
import type { ReloadResult } from '../control/reload.js';
import { type ControlServer, startControlServer } from '../control/server.js';
import { kernelFailure } from '../host/kernel-failure.js';
import { multicastHindrances } from '../host/multicast-hindrances.js';
import type { NameProof } from '../host/namespaces.js';
import type { HttpServer } from '../http/server.js';
import { LabLoop } from '../lab/loop.js';
import type { Captures } from '../observe/capture/captures.js';
import { eventLog } from '../observe/event-log.js';
import { type EventRecord, eventFieldsOf, recordOf } from '../observe/event-record.js';
import { EventStream } from '../observe/event-stream.js';
import { watchForShortTtl } from '../observe/short-ttl.js';
import { setPolling } from '../tun/polling.js';
import { version } from '../version.js';
import { CaptureFiles } from './capture-files.js';
import { FileWatch } from './file-watch.js';
import { bringHost, type Ground } from './ground.js';
import { openHttp } from './http.js';
import { controlMethods } from './methods.js';
import { Reload } from './reload.js';
import { Reloads } from './reloads.js';
import { capturesOf } from './services/capture.js';
import { type Monitors, monitorsOf } from './services/monitor.js';
import { type Shower, showerOf } from './services/show.js';
import { handleSignals } from './signals.js';
import type { StartOptions } from './start-options.js';
import { statusLineOf } from './status-line.js';
import { StopOrder } from './stop-order.js';

export type { StartOptions } from './start-options.js';

/** A socket that only reads is for everybody on the machine. */
const READ_ONLY_MODE = 0o666;
/** How long those who read a capture have for the rest of it, in milliseconds. */
const FAREWELL = 1000;

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
  readonly #captures: Captures;
  readonly #captureFiles: CaptureFiles;
  readonly #warnings: string[] = [];
  readonly #shortTtl: { end(): void };
  readonly #reloads: Reloads;
  readonly #reload: Reload;
  #watch: FileWatch | undefined;
  #control: ControlServer | undefined;
  #http: HttpServer | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (failure: unknown) => void };

  static async start(configuration: Configuration, options: StartOptions): Promise<RunningLab> {
    const order = new StopOrder();
    let reload = (): void => options.log.warn('SIGHUP: the lab is still starting; nothing was read again');
    const ignoreSignals =
      options.handleSignals === true ? handleSignals(order.give, () => reload()) : () => {};
    try {
      const ground = await bringHost(configuration, options);
      let lab: RunningLab;
      try {
        lab = new RunningLab(configuration, options, order, ground);
      } catch (error) {
        await ground.host.close();
        throw error;
      }
      await lab.#open();
      reload = () => lab.#reloads.trigger();
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
    let { level } = configuration.log;
    this.#events = new EventStream(eventLog(log, () => level === 'debug' || level === 'trace'));
    const loop = new LabLoop(configuration, ground.arena, this.#events, ground.openTimer);
    this.#loop = loop;
    this.#monitors = monitorsOf(loop, this.#events);
    this.#captures = capturesOf(loop);
    this.#captureFiles = new CaptureFiles(this.#captures, (message) =>
      this.#events.notify({ type: 'config', time: loop.readClock(), event: 'warning', message }),
    );
    this.changes = changes;
    this.show = showerOf({
      configFile,
      loop,
      captures: this.#captures,
      changes,
      warnings: this.#warnings,
      http: () => this.url,
    });
    this.#shortTtl = watchForShortTtl(loop.lab, (warning) => this.#warn(warning));
    this.#reload = new Reload({
      name: configuration.name,
      file: options.canReload === false ? undefined : configFile,
      configuration,
      adopt: options.adopt ?? ((read) => read),
      host: ground.host,
      loop,
      captures: this.#captureFiles,
      hasRead: () => this.#watch?.hasRead(),
      setLogLevel: (wanted) => {
        level = wanted;
        log.setLevel?.(wanted);
      },
      warn: (warning) => log.warn(warning),
    });
    this.#reloads = new Reloads({
      perform: (params) => this.#reload.perform(params),
      isStopping: () => order.isGiven,
      log,
      events: this.#events,
      readClock: () => loop.readClock(),
      service: options.service,
      status: () => statusLineOf(this.configuration, this.url),
    });
    this.stopped = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** The configuration in force: that of the file, with what was changed at run time. */
  get configuration(): Configuration {
    return this.#loop.lab.configuration;
  }

  /** Where its dashboard is; undefined if there is none. */
  get url(): string | undefined {
    return this.#http?.url;
  }

  /** Whether something of it will stay on this machine when it has stopped. */
  get lasts(): boolean {
    return this.#ground.host.lasts;
  }

  /** The network namespaces that were made for it. */
  get namespaces(): readonly NameProof[] {
    return this.#ground.host.namespaces;
  }

  /**
   * Reads the file again, and applies what has changed in it: all of it, or nothing. Resolves when that is done.
   *
   * Where the file has errors nothing is applied, and the result has them. Throws a `Failure` (7) where something
   * refuses.
   */
  reload(): Promise<ReloadResult> {
    return this.#reloads.request();
  }

  /** Tells of every event, which is written down only if `record` is called; until the function that it gives is. */
  follow(tell: (record: () => EventRecord) => void): () => void {
    return this.#events.add({
      wants: (type) => type !== 'forward',
      notify: (event) => tell(() => recordOf(event, eventFieldsOf(event), this.#loop.wallClock(event.time))),
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
      captures: this.#captures,
      show: this.show,
      reload: (params) => this.#reloads.request(params),
      hostPlan: () => this.#reload.hostPlan,
      lastFile: () => this.#reload.lastFile,
      isAsked: () => this.#ground.host.restoreState(),
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
        log,
        isLastReloadSuccessful: () => this.#reloads.hasLastSucceeded,
      });
      if (this.#http !== undefined)
        log.info(`dashboard at ${this.#http.url}, metrics at ${this.#http.url}/metrics`);
      await this.#captureFiles.begin(this.#configuration.capture);
      this.#loop.connectAll(this.#ground.host.attachments);
      this.#loop.begin();
      setPolling(this.#configuration.poll);
      this.#ground.host.tell('running');
      if (this.#options.watch === true)
        this.#watch = new FileWatch({
          files: () => this.#reload.files,
          changed: () => this.#reloads.trigger(),
        });
      this.#ground.readyFile?.publish();
      const { service } = this.#options;
      service?.ready(statusLineOf(this.configuration, this.url));
      if (service?.heartbeat !== undefined) this.#loop.beat(service.heartbeat, () => service.isAlive());
    } catch (error) {
      await this.#close();
      throw kernelFailure(error, 'beginning to read from the devices');
    }
  }

  /** Warns of what keeps applications from their groups on this machine. */
  #lookForHindrances(): void {
    void multicastHindrances(this.configuration).then((found) => {
      for (const warning of found) this.#warn(warning);
    });
  }

  #warn(warning: string): void {
    this.#warnings.push(warning);
    this.#options.log.warn(warning);
  }

  async #end(why: string): Promise<void> {
    this.#options.log.info(`stopping: ${why}`);
    this.#options.service?.stopping(why);
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
    this.#ground.host.tellStopping();
    setPolling('interrupt');
    this.#watch?.end();
    await this.#reloads.idle();
    this.#shortTtl.end();
    this.#loop.close();
    this.#ground.readyFile?.remove();
    const captured = this.#captures.close();
    await Promise.race([captured, delay(FAREWELL, undefined, { ref: false })]);
    // Whoever still has not read what was captured is cut off with his connection.
    await Promise.all([this.#control?.close(), this.#http?.close()]);
    await captured;
    await this.#ground.host.close();
  }
}
