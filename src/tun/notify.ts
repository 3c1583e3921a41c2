import { Failure } from '../failure.js';
import { loadAddon } from './addon.js';
import { EINVAL } from './descriptor.js';
import { loadCalls } from './koffi-calls.js';

/**
 * Sends one datagram to a Unix socket, and never waits for whoever reads it.
 *
 * The address is a path, or begins with `@` for the abstract namespace. Gives 0 or the errno: EAGAIN where the
 * socket's queue is full.
 */
export type Notify = (address: string, message: Uint8Array) => number;

/** A way to send such datagrams, which Node has not: by our own addon, or by koffi; undefined without both. */
export async function loadNotify(): Promise<Notify | undefined> {
  try {
    const addon = loadAddon();
    return (address, message) => (isAddress(address) ? addon.notify(address, message) : EINVAL);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  try {
    return await koffiNotify();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}

/** By koffi; throws a `Failure` where that cannot be loaded. */
export async function koffiNotify(): Promise<Notify> {
  const calls = await loadCalls();
  return (address, message) =>
    isAddress(address) ? calls.sendToUnixSocket(octetsOf(address), message) : EINVAL;
}

/** The kernel's `sun_path` without its closing zero. */
const LONGEST = 107;
const AF_UNIX = 1;

const isAddress = (text: string): boolean => /^[/@][^\0]*$/.test(text) && Buffer.byteLength(text) <= LONGEST;

/** As a `struct sockaddr_un`. Source: unix(7). */
const octetsOf = (address: string): Uint8Array => {
  const name = Buffer.from(address);
  if (address.startsWith('@')) name[0] = 0;
  return Buffer.concat([new Uint8Array(Uint16Array.of(AF_UNIX).buffer), name]);
};
