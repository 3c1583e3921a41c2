import { constants } from 'node:fs';
import type { ReadBuffer } from './arena.js';
import { type Descriptor, type Driver, EAGAIN, EINVAL, type OpenedDevice, type Ready } from './descriptor.js';
import { type Calls, loadCalls } from './koffi-calls.js';
import { visit } from './koffi-namespace.js';
import { type KoffiPoller, koffiPoller, POLLIN, POLLOUT } from './koffi-poller.js';
import { systemError } from './system-error.js';

const TUNSETIFF = 0x400454ca;
const TUNSETPERSIST = 0x400454cb;
const TUNGETIFF = 0x800454d2;
const IFF_TUN_NO_PI = 0x1001;
const IFNAMSIZ = 16;
const IFREQ_LENGTH = 40;
/** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV4_RULE */
const LINKS_AND_ROUTES = 0x01 | 0x10 | 0x40 | 0x80;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
const EPROTOTYPE = 91;

let loaded: Promise<Driver> | undefined;

/** The driver for machines without a C compiler: system calls through koffi, an optional dependency (measured: 0.8 of native). */
export function koffiDriver(): Promise<Driver> {
  loaded ??= loadCalls().then(driverOn);
  return loaded;
}

function driverOn(calls: Calls): Driver {
  const poller = koffiPoller(calls);
  const opened = (fd: number, request: Uint8Array): OpenedDevice => ({
    descriptor: new KoffiDescriptor(calls, poller, fd),
    name: nameOf(request),
  });
  return {
    backend: 'koffi',
    io: 'read-write',
    open(namespace, device, persistent) {
      const request = new Uint8Array(IFREQ_LENGTH);
      new TextEncoder().encodeInto(device, request.subarray(0, IFNAMSIZ - 1));
      new Uint16Array(request.buffer)[IFNAMSIZ / 2] = IFF_TUN_NO_PI;
      const fd = inNamespace(calls, namespace, () => {
        const fd = calls.open('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK | O_CLOEXEC);
        try {
          calls.ioctl(fd, TUNSETIFF, request, 'TUNSETIFF');
          if (persistent) calls.ioctl(fd, TUNSETPERSIST, 1, 'TUNSETPERSIST');
        } catch (error) {
          calls.close(fd);
          throw error;
        }
        return fd;
      });
      return opened(fd, request);
    },
    adopt(fd) {
      const request = new Uint8Array(IFREQ_LENGTH);
      calls.ioctl(fd, TUNGETIFF, request, 'TUNGETIFF');
      const flags = new Uint16Array(request.buffer)[IFNAMSIZ / 2]!;
      if ((flags & 0x5003) !== IFF_TUN_NO_PI) throw systemError(EPROTOTYPE, 'TUNGETIFF');
      calls.fcntl(fd, F_SETFL, calls.fcntl(fd, F_GETFL, 0) | constants.O_NONBLOCK);
      calls.fcntl(fd, F_SETFD, FD_CLOEXEC);
      return opened(fd, request);
    },
    openLinkSocket(namespace) {
      const fd = inNamespace(calls, namespace, () => calls.netlinkSocket(LINKS_AND_ROUTES));
      return new KoffiDescriptor(calls, poller, fd);
    },
    openRouteSocket(namespace) {
      const fd = inNamespace(calls, namespace, () => calls.netlinkSocket(0));
      return {
        ask(request, answer) {
          const written = calls.write(fd, request);
          return written < 0 ? written : calls.read(fd, answer);
        },
        close: () => calls.close(fd),
      };
    },
  };
}

const nameOf = (request: Uint8Array): string =>
  new TextDecoder().decode(request.subarray(0, request.indexOf(0)));

function inNamespace<Result>(calls: Calls, path: string | undefined, body: () => Result): Result {
  if (path === undefined) return body();
  const there = openNamespace(calls, path);
  try {
    return visit(calls, there, body);
  } finally {
    calls.close(there);
  }
}

function openNamespace(calls: Calls, path: string): number {
  try {
    return calls.open(path, constants.O_RDONLY | O_CLOEXEC);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { syscall: 'open namespace' });
  }
}

class KoffiDescriptor implements Descriptor {
  readonly header = 0;
  readonly #calls: Calls;
  readonly #poller: KoffiPoller;
  #fd: number | undefined;
  #buffer: ReadBuffer | undefined;
  #ready: Ready = () => {};

  constructor(calls: Calls, poller: KoffiPoller, fd: number) {
    this.#calls = calls;
    this.#poller = poller;
    this.#fd = fd;
  }

  listen(buffer: ReadBuffer, ready: Ready): void {
    this.#buffer = buffer;
    this.#ready = ready;
    this.resume(false);
  }

  resume(alsoWritable: boolean): void {
    if (this.#fd === undefined || this.#buffer === undefined) return;
    const events = alsoWritable ? POLLIN | POLLOUT : POLLIN;
    this.#poller.watch(this.#fd, events, (happened) => this.#happened(happened));
  }

  pause(): void {
    if (this.#fd !== undefined) this.#poller.unwatch(this.#fd);
  }

  write(
    octets: Uint8Array,
    offsets: Uint32Array,
    lengths: Uint32Array,
    count: number,
    errors: Int32Array,
  ): number {
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      const written = this.#calls.write(this.#fd ?? -1, octets.subarray(at, at + lengths[i]!));
      errors[i] = written < 0 ? -written : 0;
      if (written < 0) refused++;
    }
    return refused;
  }

  /** None: the header is for the native back end. */
  setOffload(): number {
    return EINVAL;
  }

  isWritable(): boolean {
    if (this.#fd === undefined) return false;
    const question = new Uint8Array(8);
    const view = new DataView(question.buffer);
    view.setInt32(0, this.#fd, true);
    view.setInt16(4, POLLOUT, true);
    return this.#calls.poll(question, 1) === 1 && view.getInt16(6, true) === POLLOUT;
  }

  setPersistent(on: boolean): void {
    this.#calls.ioctl(this.#fd ?? -1, TUNSETPERSIST, on ? 1 : 0, 'TUNSETPERSIST');
  }

  /** Nothing to do: a descriptor that does not keep the process alive is closed together with a device that does. */
  setReferenced(): void {}

  /**
   * The thread may be waiting for the descriptor at this moment. That is harmless: it has a hold on what the number
   * meant, is woken at once, and nothing of its answer is told, because nobody watches the number any more.
   */
  close(): void {
    if (this.#fd === undefined) return;
    this.#poller.unwatch(this.#fd);
    this.#calls.close(this.#fd);
    this.#fd = undefined;
  }

  #happened(events: number): void {
    const { offsets, lengths, octets, limit, room } = this.#buffer!;
    let count = 0;
    let errno = 0;
    for (let at = 64; count < offsets.length && at + room <= limit; ) {
      const length = this.#calls.read(this.#fd!, octets.subarray(at, at + room));
      if (length < 0 && length !== -EAGAIN) errno = -length;
      if (length <= 0) break;
      offsets[count] = at;
      lengths[count] = length;
      count++;
      at = Math.ceil((at + length + 16) / 64) * 64;
    }
    // As with libuv: an error is reported once, and the descriptor left alone until it is resumed.
    if (errno !== 0) this.pause();
    this.#ready(count, errno, (events & POLLOUT) !== 0);
  }
}
