import { constants } from 'node:fs';
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
  netlinkSocket(groups: number): number;
  eventfd(): number;
  /** Takes `struct pollfd`s, and writes the events to the same octets. */
  poll(descriptors: Uint8Array, count: number): number;
  /** The same on a thread of libuv's pool, waiting for an event. */
  pollAsync(descriptors: Uint8Array, count: number, done: () => void): void;
}

/** Loads koffi, an optional dependency; throws what `import` throws if it is not installed. */
export async function loadCalls(): Promise<Calls> {
  const id: string = 'koffi';
  const module = (await import(id)) as { default: Koffi };
  return callsOf(module.default);
}

const CLONE_NEWNET = 0x40000000;
const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | constants.O_NONBLOCK | 0o2000000;
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
  const socket = libc.func('int socket(int family, int kind, int protocol)');
  const bind = libc.func('int bind(int fd, const uint8_t *address, unsigned int length)');
  const eventfd = libc.func('int eventfd(unsigned int initial, int flags)');
  const poll = libc.func('int poll(_Inout_ uint8_t *descriptors, unsigned long count, int timeout)');

  const checked = (result: number, syscall: string): number => {
    if (result >= 0) return result;
    throw systemError(koffi.errno(), syscall);
  };
  return {
    open: (path, flags) => checked(open(path, flags), 'open'),
    close: (fd) => void close(fd),
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
    netlinkSocket(groups) {
      const fd = checked(socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, 0), 'netlink');
      const address = new Uint8Array(12); // struct sockaddr_nl
      new Uint16Array(address.buffer)[0] = AF_NETLINK;
      new Uint32Array(address.buffer)[2] = groups;
      checked(bind(fd, address, address.length), 'netlink');
      return fd;
    },
    eventfd: () => checked(eventfd(0, EFD_NONBLOCK_CLOEXEC), 'eventfd'),
    poll: (descriptors, count) => poll(descriptors, count, 0),
    pollAsync: (descriptors, count, done) => poll.async(descriptors, count, -1, done),
  };
}
