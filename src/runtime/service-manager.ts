import type { Log } from '../observe/log.js';
import { printableColumns } from '../text/printable.js';
import { type Duration, duration } from '../time.js';
import { EAGAIN } from '../tun/descriptor.js';
import { loadNotify, type Notify } from '../tun/notify.js';
import { systemError } from '../tun/system-error.js';

/** What is read of the environment, and taken out of it: none of it is for the programs that we start. */
const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;
/** How long a message waits for room in the manager's queue before it is sent again. In milliseconds. */
const PAUSE = 50;
/** How often it is sent again. */
const ATTEMPTS = 100;
/** A status is for one line of `systemctl status`. In characters. */
const LONGEST_STATUS = 300;

/** How to reach whoever supervises this process, as systemd names it. Source: sd_notify(3). */
export interface Supervision {
  /** A path, or `@` and a name. */
  readonly socket: string;
  /** How often at the latest a sign of life is wanted; undefined where none is. */
  readonly patience: Duration | undefined;
}

/**
 * Reads who supervises this process, and takes that out of the environment, which children inherit.
 *
 * Undefined where nobody does.
 */
export const supervisionOf = (environment: NodeJS.ProcessEnv): Supervision | undefined => {
  const [socket, microseconds, pid] = VARIABLES.map((name) => environment[name]);
  for (const name of VARIABLES) delete environment[name];
  if (socket === undefined || socket === '') return undefined;
  const isForUs = pid === undefined || Number(pid) === process.pid;
  const patience = Number(microseconds) / 1000;
  return { socket, patience: isForUs && patience > 0 ? duration(patience) : undefined };
};

/**
 * Tells a service manager, such as systemd, how this process is doing. It never waits, and no failure ends it.
 *
 * Source: sd_notify(3).
 */
export class ServiceManager {
  /** How often a sign of life is sent: twice in the time after which it counts as dead. */
  readonly heartbeat: Duration | undefined;
  readonly #socket: string;
  readonly #notify: Notify;
  readonly #log: Log;
  /** What is still to be sent, and how often the first of it found no room. */
  readonly #queue: string[] = [];
  #refusals = 0;
  #retry: NodeJS.Timeout | undefined;
  #isStopping = false;
  #hasWarned = false;

  /** Undefined where nobody supervises this process, or where nothing here can reach him. */
  static async reach(
    supervision: Supervision | undefined,
    log: Log,
    notify: () => Promise<Notify | undefined> = loadNotify,
  ): Promise<ServiceManager | undefined> {
    if (supervision === undefined) return undefined;
    const how = await notify();
    if (how !== undefined) return new ServiceManager(supervision, how, log);
    log.warn('the service manager is not told anything: neither the native TUN part nor koffi is there');
    return undefined;
  }

  private constructor({ socket, patience }: Supervision, notify: Notify, log: Log) {
    this.#socket = socket;
    this.#notify = notify;
    this.#log = log;
    this.heartbeat = patience === undefined ? undefined : duration(patience / 2);
  }

  /** Says what is going on, for a person. */
  status(text: string): void {
    this.#send(statusLine(text));
  }

  /** Everything answers, for the first time or after a reload. */
  ready(status: string): void {
    if (!this.#isStopping) this.#send('READY=1', statusLine(status));
  }

  /** A reload begins; `ready` ends it, also where it was refused. */
  reloading(): void {
    if (!this.#isStopping) this.#send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  /** The end begins. */
  stopping(why: string): void {
    this.#isStopping = true;
    this.#send('STOPPING=1', statusLine(`stopping: ${why}`));
  }

  /** A sign of life; one that finds no room is left out, since the next one follows. */
  isAlive(): void {
    if (this.#queue.length === 0) this.#notify(this.#socket, Buffer.from('WATCHDOG=1'));
  }

  #send(...lines: readonly string[]): void {
    this.#queue.push(lines.join('\n'));
    if (this.#retry === undefined) this.#sendAll();
  }

  /** One message after the other; where there is no room for one, the rest follows later. */
  #sendAll(): void {
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      const errno = this.#notify(this.#socket, Buffer.from(message));
      if (errno === EAGAIN && this.#refusals++ < ATTEMPTS) {
        this.#retry = setTimeout(() => {
          this.#retry = undefined;
          this.#sendAll();
        }, PAUSE);
        this.#retry.unref();
        return;
      }
      this.#refusals = 0;
      if (errno !== 0) this.#warn(errno);
      this.#queue.shift();
    }
  }

  #warn(errno: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn('the service manager cannot be told how this lab is doing', {
      socket: this.#socket,
      reason: systemError(errno, 'send').message,
    });
  }
}

const statusLine = (text: string): string => `STATUS=${printableColumns(text).slice(0, LONGEST_STATUS)}`;
