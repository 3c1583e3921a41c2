import { constants } from 'node:fs';
import { Failure } from '../failure.js';
import { systemError } from './system-error.js';

/** The part of koffi's interface that is used here. */
interface Koffi {
  load(library: string | null): {
    func(prototype: string): CFunction;
  };
  errno(): number;
}

type CFunction = ((...values: unknown[]) => number) & {
  async(...values: unknown[]): void;
};

/** The system calls that a TUN device needs, through koffi; they throw like Node's own. */
export interface Calls {
  open(path: string, flags: number): number;
  close(fd: number): void;
  /** Returns the length that was read, or a negative errno. */
  read(fd: number, octets: Uint8Array): number;
  write(fd: number, octets: Uint8Array): number;
  ioctl(fd: number, request: number, argument: Uint8Array | number, name: string): void;
  fcntl(fd: number, command: number, argument: number): number;
  setns(fd: number): void;
  /** A network namespace of its own for this thread. */
  unshareNetwork(): void;
  mount(source: string, target: string, flags: number): void;
  /** Takes a mount off at once, whoever uses it; links are not followed. */
  umount(target: string): void;
  /** Gives what a descriptor holds a name. */
  linkDescriptor(fd: number, path: string): void;
  netlinkSocket(groups: number): number;
  /** Keeps what is closed within for the end, and closes it on threads of libuv's pool. */
  closeTogether(body: () => void): Promise<void>;
  /** Sends a datagram to a Unix socket, without waiting; `address` is a `struct sockaddr_un`. 0 or the errno. */
  sendToUnixSocket(address: Uint8Array, octets: Uint8Array): number;
  eventfd(): number;
  /** A timer on CLOCK_MONOTONIC that is not set. */
  timerfd(): number;
  /** Sets a timer to ring once, at this time of its clock; 0 for never. */
  setTimer(fd: number, nanoseconds: number): void;
  /** Takes `struct pollfd`s, and writes the events to the same octets. */
  poll(descriptors: Uint8Array, count: number): number;
  /** The same on a thread of libuv's pool, waiting for an event. */
  pollAsync(descriptors: Uint8Array, count: number, done: () => void): void;
}

let loaded: Promise<Calls> | undefined;

/** Loads koffi, an optional dependency; throws a `Failure` (4) where that is not possible. */
export function loadCalls(): Promise<Calls> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Calls> {
  const id: string = 'koffi';
  try {
    const module: { default: Koffi } = await import(id);
    return callsOf(module.default);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Failure(4, `koffi cannot be loaded: ${reason}`, 'npm install koffi');
  }
}

const CLONE_NEWNET = 0x40000000;
const AF_NETLINK = 16;
/** More than the threads of libuv's pool gain nothing, and koffi allows only so many calls at once. */
const CLOSING_AT_ONCE = 16;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const DETACH_NO_FOLLOW = 0x2 | 0x8; // MNT_DETACH, UMOUNT_NOFOLLOW
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | constants.O_NONBLOCK | 0o2000000;
const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | constants.O_NONBLOCK | 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const CLOCK_MONOTONIC = 1;
const TFD_NONBLOCK_CLOEXEC = constants.O_NONBLOCK | 0o2000000;
const TFD_TIMER_ABSTIME = 1;
const EFD_NONBLOCK_CLOEXEC = constants.O_NONBLOCK | 0o2000000;

function callsOf(koffi: Koffi): Calls {
  const libc = koffi.load(null);
  const open = libc.func('int open(const char *path, int flags)');
  const close = libc.func('int close(int fd)');
  const read = libc.func('long read(int fd, _Out_ uint8_t *octets, size_t length)');
  const write = libc.func('long write(int fd, const uint8_t *octets, size_t length)');
  // Declared with a fixed argument: Linux passes it as it would pass a variadic one.
  const ioctlPointer = libc.func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)');
  const ioctlValue = libc.func('int ioctl(int fd, unsigned long request, long argument)');
  const fcntl = libc.func('int fcntl(int fd, int command, long argument)');
  const setns = libc.func('int setns(int fd, int kind)');
  const unshare = libc.func('int unshare(int kind)');
  const mount = libc.func(
    'int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)',
  );
  const umount = libc.func('int umount2(const char *target, int flags)');
  const linkat = libc.func('int linkat(int from, const char *old, int to, const char *path, int flags)');
  const socket = libc.func('int socket(int family, int kind, int protocol)');
  const setsockopt = libc.func(
    'int setsockopt(int fd, int level, int name, const uint8_t *value, unsigned int length)',
  );
  const bind = libc.func('int bind(int fd, const uint8_t *address, unsigned int length)');
  const sendto = libc.func(
    'long sendto(int fd, const uint8_t *octets, size_t length, int flags, const uint8_t *address, unsigned int size)',
  );
  const eventfd = libc.func('int eventfd(unsigned int initial, int flags)');
  const timerfd = libc.func('int timerfd_create(int clock, int flags)');
  const setTimer = libc.func('int timerfd_settime(int fd, int flags, const uint8_t *value, const void *old)');
  const poll = libc.func('int poll(_Inout_ uint8_t *descriptors, unsigned long count, int timeout)');

  const checked = (result: number, syscall: string): number => {
    if (result >= 0) return result;
    throw systemError(koffi.errno(), syscall);
  };
  let held: number[] | undefined;
  return {
    open: (path, flags) => checked(open(path, flags), 'open'),
    close(fd) {
      if (held === undefined) close(fd);
      else held.push(fd);
    },
    async closeTogether(body) {
      const all: number[] = [];
      held = all;
      try {
        body();
      } finally {
        held = undefined;
      }
      const closeSome = async (): Promise<void> => {
        for (let fd = all.pop(); fd !== undefined; fd = all.pop())
          await new Promise<void>((resolve) => close.async(fd, () => resolve()));
      };
      await Promise.all(Array.from({ length: CLOSING_AT_ONCE }, closeSome));
    },
    read(fd, octets) {
      const length = read(fd, octets, octets.length);
      return length < 0 ? -koffi.errno() : length;
    },
    write(fd, octets) {
      const length = write(fd, octets, octets.length);
      return length < 0 ? -koffi.errno() : length;
    },
    ioctl(fd, request, argument, name) {
      const call = typeof argument === 'number' ? ioctlValue : ioctlPointer;
      checked(call(fd, request, argument), name);
    },
    fcntl: (fd, command, argument) => checked(fcntl(fd, command, argument), 'fcntl'),
    setns: (fd) => void checked(setns(fd, CLONE_NEWNET), 'setns'),
    unshareNetwork: () => void checked(unshare(CLONE_NEWNET), 'unshare'),
    mount: (source, target, flags) => void checked(mount(source, target, 'none', flags, null), 'mount'),
    umount: (target) => void checked(umount(target, DETACH_NO_FOLLOW), 'umount'),
    linkDescriptor: (fd, path) =>
      void checked(linkat(AT_FDCWD, `/proc/self/fd/${fd}`, AT_FDCWD, path, AT_SYMLINK_FOLLOW), 'link'),
    netlinkSocket(groups) {
      const fd = checked(socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, 0), 'netlink');
      // The kernel's reasons with its errors, and no copy of what was asked.
      const on = new Uint8Array(Int32Array.of(1).buffer);
      for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK]) setsockopt(fd, SOL_NETLINK, option, on, 4);
      const address = new Uint8Array(12); // struct sockaddr_nl
      new Uint16Array(address.buffer)[0] = AF_NETLINK;
      new Uint32Array(address.buffer)[2] = groups;
      checked(bind(fd, address, address.length), 'netlink');
      return fd;
    },
    sendToUnixSocket(address, octets) {
      const fd = socket(AF_UNIX, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
      if (fd < 0) return koffi.errno();
      const sent = sendto(fd, octets, octets.length, MSG_NOSIGNAL, address, address.length);
      const errno = sent < 0 ? koffi.errno() : 0;
      close(fd);
      return errno;
    },
    eventfd: () => checked(eventfd(0, EFD_NONBLOCK_CLOEXEC), 'eventfd'),
    timerfd: () => checked(timerfd(CLOCK_MONOTONIC, TFD_NONBLOCK_CLOEXEC), 'timerfd_create'),
    setTimer(fd, nanoseconds) {
      // struct itimerspec: no interval, then seconds and nanoseconds.
      const value = new BigInt64Array(4);
      value[2] = BigInt(nanoseconds) / 1_000_000_000n;
      value[3] = BigInt(nanoseconds) % 1_000_000_000n;
      checked(setTimer(fd, TFD_TIMER_ABSTIME, new Uint8Array(value.buffer), null), 'timerfd_settime');
    },
    poll: (descriptors, count) => poll(descriptors, count, 0),
    pollAsync: (descriptors, count, done) => poll.async(descriptors, count, -1, done),
  };
}
