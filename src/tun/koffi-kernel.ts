import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { EINVAL } from './descriptor.js';
import type { Kernel } from './kernel.js';
import { type Calls, loadCalls } from './koffi-calls.js';
import { comeBack, visit } from './koffi-namespace.js';
import { DONE, ERROR, HEADER_LENGTH, LITTLE, messagesOf } from './netlink.js';
import { systemError } from './system-error.js';

const FOLDER = '/run/netns';
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SHARED = 1 << 20;
/** The kernel sends up to 32 KiB of a list at once. */
const ROOM = 64 * 1024;
const ETIMEDOUT = 110;

/** The kernel for machines without a C compiler: system calls by koffi, an optional dependency. */
export async function koffiKernel(): Promise<Kernel> {
  const calls = await loadCalls();
  return {
    backend: 'koffi',
    exchange: (namespace, requests) => visit(calls, namespace, () => exchange(calls, requests)),
    setting: (namespace, path, value) => visit(calls, namespace, () => setting(path, value)),
    makeNamespaces: (count) => makeNamespaces(calls, count),
    prepareFolder: () => prepareFolder(calls),
    attach: (namespace, placeholder, name) => attach(calls, namespace, placeholder, name),
    detach: (name) => detach(calls, name),
    closeTogether: (close) => calls.closeTogether(close),
  };
}

/** As netlink_exchange of native/netlink.c. */
function exchange(calls: Calls, requests: Uint8Array): Uint8Array {
  const fd = calls.netlinkSocket(0);
  try {
    const answers: Uint8Array[] = [];
    const view = new DataView(requests.buffer, requests.byteOffset, requests.byteLength);
    let sequence = 0;
    for (let at = 0; at < requests.length; ) {
      const length = at + HEADER_LENGTH <= requests.length ? view.getUint32(at, LITTLE) : 0;
      if (length < HEADER_LENGTH || at + length > requests.length) throw systemError(EINVAL, 'netlink');
      sequence++;
      view.setUint32(at + 8, sequence, LITTLE);
      const written = calls.write(fd, requests.subarray(at, at + length));
      if (written < 0) throw systemError(-written, 'netlink');
      answers.push(...receive(calls, fd, sequence));
      at += (length + 3) & ~3;
    }
    return Buffer.concat(answers);
  } finally {
    calls.close(fd);
  }
}

/** What came back for a request, up to its last word; the kernel answers before it takes the next. */
function receive(calls: Calls, fd: number, sequence: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = new Uint8Array(ROOM);
    const length = calls.read(fd, part);
    if (length <= 0) throw systemError(length === 0 ? ETIMEDOUT : -length, 'netlink');
    parts.push(part.subarray(0, length));
    if (isComplete(part.subarray(0, length), sequence)) return parts;
  }
}

const isComplete = (part: Uint8Array, wanted: number): boolean =>
  messagesOf(part).some(({ type, sequence }) => sequence === wanted && (type === ERROR || type === DONE));

function setting(path: string, value: string | undefined): string {
  const file = `/proc/sys/net/${path}`;
  if (value !== undefined) writeFileSync(file, value);
  return readFileSync(file, 'latin1');
}

function makeNamespaces(calls: Calls, count: number): readonly number[] {
  const made: number[] = [];
  const here = openSync('/proc/thread-self/ns/net', 'r');
  let hasMoved = false;
  try {
    while (made.length < count) {
      calls.unshareNetwork();
      hasMoved = true;
      made.push(openSync('/proc/thread-self/ns/net', 'r'));
    }
    return made;
  } catch (error) {
    for (const fd of made) closeSync(fd);
    throw error;
  } finally {
    if (hasMoved) comeBack(calls, here);
    closeSync(here);
  }
}

/** Without the lock of the native one: Node has no flock(2). Two that begin at once mount it twice, which does no harm. */
function prepareFolder(calls: Calls): void {
  mkdirSync(FOLDER, { recursive: true, mode: 0o755 });
  try {
    calls.mount('', FOLDER, MS_SHARED | MS_REC);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    calls.mount(FOLDER, FOLDER, MS_BIND | MS_REC);
    calls.mount('', FOLDER, MS_SHARED | MS_REC);
  }
}

function attach(calls: Calls, namespace: number, placeholder: number, name: string): void {
  const path = pathOf(name);
  calls.linkDescriptor(placeholder, path);
  try {
    calls.mount(`/proc/self/fd/${namespace}`, path, MS_BIND);
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

function detach(calls: Calls, name: string): void {
  const path = pathOf(name);
  try {
    calls.umount(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  }
  unlinkSync(path);
}

function pathOf(name: string): string {
  if (name === '' || name.startsWith('.') || name.includes('/'))
    throw systemError(EINVAL, 'name of a namespace');
  return `${FOLDER}/${name}`;
}
