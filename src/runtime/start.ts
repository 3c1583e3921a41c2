import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { describeConfiguration } from '../config/describe.js';
import type { ControlMethods, ShowWhat } from '../control/protocol.js';
import { type ControlServer, startControlServer } from '../control/server.js';
import { HostSide } from '../host/host-side.js';
import { multicastHindrances } from '../host/multicast-hindrances.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { LabLoop } from '../lab/loop.js';
import { eventLog } from '../observe/event-log.js';
import { EventStream } from '../observe/event-stream.js';
import type { Log } from '../observe/log.js';
import { watchForShortTtl } from '../observe/short-ttl.js';
import * as show from '../observe/show.js';
import { showGroups, showIgmp, showMroutes } from '../observe/show-igmp.js';
import { Arena } from '../tun/arena.js';
import { openPort } from '../tun/open-port.js';
import { version as packageVersion } from '../version.js';
import { sendEcho } from './echo.js';
import { forgetGroup, sendIgmpQuery } from './igmp.js';
import { monitorEvents } from './monitor.js';

export interface StartOptions {
  /** The path of the configuration; undefined where there is no file. */
  readonly configFile: string | undefined;
  readonly log: Log;
  /** Written when every host and router answers, removed at the end. */
  readonly readyFile?: string;
  readonly rootless?: boolean;
  /** Told of how many of the host interfaces are there, while the lab starts. */
  readonly progress?: (done: number, total: number) => void;
}

/** A lab on real devices, with everything around it. */
export interface RunningLab {
  /** The host changes made, one line each, in order. */
  readonly changes: readonly string[];
  /** What `show` prints as JSON. */
  show(what: ShowWhat): unknown;
  /** Resolves when the lab was told to stop and everything is undone; rejects where that was not possible. */
  readonly stopped: Promise<void>;
  /** Begins to stop; once is enough. */
  stop(why: string): void;
}

/**
 * Brings a lab up: the host side, the routers, the control socket. Resolves when every host and router answers.
 *
 * Throws a `Failure`, with everything undone, where something is in the way. SIGINT and SIGTERM stop it.
 */
export const startLab = async (configuration: Configuration, options: StartOptions): Promise<RunningLab> => {
  const { log } = options;
  const version = packageVersion();
  const changes: string[] = [];
  const arena = new Arena();
  const socket = configuration.control.socket ?? join(runtimeDirectory(), `${configuration.name}.sock`);
  const warnings: string[] = [];
  // Told to stop in the middle of the start: what is begun is finished first, and then undone as ever.
  let told: [why: string, failure?: unknown] | undefined;
  const early = listenForSignals(log, (...reason) => {
    told ??= reason;
  });
  const host = await HostSide.bring(configuration, {
    openPort: (port) => openPort(port, arena),
    instance: { socket, file: options.configFile, version, rootless: options.rootless ?? false },
    log: (line) => changes.push(line),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  }).catch((error: unknown) => {
    early.ignore();
    throw error;
  });
  const events = new EventStream(eventLog(log, configuration.log.level === 'debug'));
  const loop = new LabLoop(configuration, arena, events);
  let stopping = false;
  let settle: { resolve: () => void; reject: (reason: unknown) => void };
  const stopped = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever waits for it hears of it; nobody waiting is no unhandled rejection.
  stopped.catch(() => {});

  const shown = showerOf(configuration, loop, { changes, warnings }, options.configFile);
  const stop = (why: string, failure?: unknown): void => {
    if (stopping) return;
    stopping = true;
    log.info(`stopping: ${why}`);
    watch.end();
    tearDown(loop, host, control, options.readyFile)
      .then(() => (failure === undefined ? settle.resolve() : settle.reject(failure)), settle.reject)
      .finally(() => signals.ignore());
  };
  const identity = { name: configuration.name, pid: process.pid, version };
  const methods: ControlMethods = {
    ping: () => identity,
    show: ({ what }) => shown(what),
    echo: (params) => sendEcho(loop, params),
    igmpQuery: (params) => sendIgmpQuery(loop, params),
    igmpLeave: (params) => forgetGroup(loop, params),
    monitor: (params, caller) =>
      monitorEvents(events, params, caller, {
        name: configuration.name,
        wallClock: (at) => loop.wallClock(at),
      }),
    stop: () => {
      setImmediate(() => stop('told so by the control socket'));
      return identity;
    },
  };
  const warn = (warning: string): void => {
    warnings.push(warning);
    log.warn(warning);
  };
  const watch = watchForShortTtl(loop.lab, warn);
  const signals = listenForSignals(log, stop);
  // Not before: a signal that Node has not told of yet is lost where nobody listens for a moment.
  early.ignore();
  let control: ControlServer | undefined;
  try {
    control = await startControlServer({ path: socket, mode: configuration.control.mode, methods, log });
    for (const each of host.attachments) loop.connect(each.host, each.link, each.port);
    if (options.readyFile !== undefined) writeFileSync(options.readyFile, `${process.pid}\n`);
  } catch (error) {
    signals.ignore();
    watch.end();
    await tearDown(loop, host, control, options.readyFile);
    throw error;
  }
  if (told !== undefined) stop(...told);
  else void multicastHindrances(configuration).then((found) => found.forEach(warn));
  return { changes, show: shown, stopped, stop };
};

const tearDown = async (
  loop: LabLoop,
  host: HostSide,
  control: ControlServer | undefined,
  readyFile: string | undefined,
): Promise<void> => {
  loop.close();
  if (readyFile !== undefined) removeFile(readyFile);
  await control?.close();
  await host.close();
};

const removeFile = (file: string): void => {
  try {
    unlinkSync(file);
  } catch {
    // Somebody else has removed it: that is what was wanted.
  }
};

/** Stops the lab on a signal, and on an error that nobody caught, so that the host is restored even then. */
const listenForSignals = (log: Log, stop: (why: string, failure?: unknown) => void) => {
  const onSignal = (signal: NodeJS.Signals): void => stop(signal);
  const onReload = (): void => log.warn('SIGHUP: reload is not available yet; nothing was changed');
  const onError = (error: unknown): void => {
    log.fatal('internal error', { reason: error instanceof Error ? error.stack : String(error) });
    stop('internal error', error);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onReload);
  process.on('uncaughtException', onError);
  return {
    ignore: (): void => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      process.off('SIGHUP', onReload);
      process.off('uncaughtException', onError);
    },
  };
};

const showerOf = (
  configuration: Configuration,
  loop: LabLoop,
  { changes, warnings }: { readonly changes: readonly string[]; readonly warnings: readonly string[] },
  configFile: string | undefined,
) => {
  const { lab } = loop;
  const shown: Readonly<Record<ShowWhat, () => unknown>> = {
    status: () => ({
      name: configuration.name,
      state: 'running',
      pid: process.pid,
      uptimeSeconds: Math.round(loop.uptimeSeconds * 10) / 10,
      version: packageVersion(),
      config: configFile ?? null,
      routers: lab.routers.size,
      links: lab.links.size,
      hosts: configuration.hosts.size,
      ledgers: show.showLedgers(lab),
      warnings,
    }),
    interfaces: () => show.showInterfaces(lab),
    routes: () => show.showRoutes(lab),
    neighbors: () => show.showNeighbors(lab),
    icmp: () => show.showIcmp(lab),
    igmp: () => showIgmp(lab, loop.readClock()),
    groups: () => showGroups(lab, loop.readClock()),
    mroutes: () => showMroutes(lab),
    drops: () => show.showDrops(lab, (at) => loop.wallClock(at)),
    changes: () => changes,
    config: () => describeConfiguration(configuration),
  };
  return (what: ShowWhat): unknown => shown[what]();
};
