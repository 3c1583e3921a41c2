import { readBuffer } from './arena.js';
import type { Descriptor, Driver } from './descriptor.js';
import { type LinkChange, linkChanges, linkDumpRequest } from './rtnetlink.js';

/** A dump arrives in messages of up to 32 KiB. */
const ROOM = 32 * 1024;
/** Shared by all watches: each burst is processed before the next is read. */
const buffer = readBuffer(4 * ROOM, ROOM, 32);

export interface LinkWatch {
  close(): void;
}

/**
 * Reports every link of a namespace once, and then every change to one, without any traffic.
 *
 * If changes arrived faster than they were read, the kernel dropped some: all links are reported again.
 * It does not keep the process alive.
 */
export function watchLinks(
  driver: Driver,
  namespace: string | undefined,
  changed: (change: LinkChange) => void,
): LinkWatch {
  const socket = driver.openLinkSocket(namespace);
  let closed = false;
  socket.listen(buffer, (count, errno) => {
    const octets: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      octets.push(buffer.octets.slice(buffer.offsets[i]!, buffer.offsets[i]! + buffer.lengths[i]!));
    }
    for (const change of octets.flatMap(linkChanges)) {
      if (!closed) changed(change);
    }
    if (errno !== 0 && !closed) {
      socket.resume(false);
      requestAll(socket);
    }
  });
  socket.setReferenced(false);
  requestAll(socket);
  return {
    close() {
      closed = true;
      socket.close();
    },
  };
}

function requestAll(socket: Descriptor): void {
  const request = linkDumpRequest();
  socket.write(request, Uint32Array.of(0), Uint32Array.of(request.length), 1, new Int32Array(1));
}
