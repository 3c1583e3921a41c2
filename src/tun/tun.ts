import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { READ_ROOM, readBuffer } from './arena.js';
import { type Descriptor, EBADF, EBADFD, EFAULT, EINVAL } from './descriptor.js';
import { ipProgram } from './ip-program.js';
import { nativeDriver } from './native-port.js';
import { checkDeviceName, openFailure } from './open-failure.js';
import { isSystemError, systemError } from './system-error.js';

export interface TunOptions {
  /** At most 15 octets; may contain one `%d` for the kernel to fill in. Default: `tun%d`. */
  readonly name?: string;
  /** The file of its network namespace, for example `/run/netns/alice`. Default: ours. */
  readonly namespace?: string;
}

type WriteCallback = (error: Error | null | undefined) => void;

/** How many datagrams are read before the reader is asked whether it wants more. */
const HIGH_WATER_MARK = 64;
/** Shared by all: a burst is copied out before the next is read. */
const buffer = readBuffer(16 * READ_ROOM, READ_ROOM, 64);

/**
 * A TUN device as a stream of datagrams, compatible with the package tuntap2: one datagram per chunk, both ways.
 *
 * A datagram that the kernel does not take is an error in the callback of its `write` (and a `refused` event),
 * never the end of the stream. `release`, `destroy` and `end` + reading to the end remove the interface. Not
 * for the hot path: a stream costs about a quarter of the datagrams per second (measured).
 */
export class Tun extends Duplex {
  /** The name given by the kernel. */
  readonly name: string;
  readonly isTun = true;
  readonly isTap = false;
  readonly #namespace: string | undefined;
  readonly #descriptor: Descriptor;
  #isListening = false;

  constructor(options: TunOptions = {}) {
    super({
      objectMode: true,
      readableHighWaterMark: HIGH_WATER_MARK,
      writableHighWaterMark: HIGH_WATER_MARK,
    });
    const { descriptor, name } = open(options.name ?? 'tun%d', options.namespace);
    this.#namespace = options.namespace;
    this.#descriptor = descriptor;
    this.name = name;
  }

  /** A TUN device has no hardware address. */
  get mac(): string {
    return '00:00:00:00:00:00';
  }

  get mtu(): number {
    return this.#show().mtu;
  }

  set mtu(mtu: number) {
    if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65_535) throw systemError(EINVAL, 'mtu');
    this.#ip(['link', 'set', 'dev', this.name, 'mtu', String(mtu)]);
  }

  get isUp(): boolean {
    return this.#descriptor.isWritable();
  }

  set isUp(up: boolean) {
    this.#ip(['link', 'set', 'dev', this.name, up ? 'up' : 'down']);
  }

  /** The first IPv4 address with its prefix length, `192.0.2.1/24`; undefined if there is none. */
  get ipv4(): string | undefined {
    return this.#address('inet');
  }

  set ipv4(address: string) {
    this.#setAddress('-4', address, 4);
  }

  /** The first IPv6 address with its prefix length; undefined if there is none. */
  get ipv6(): string | undefined {
    return this.#address('inet6');
  }

  set ipv6(address: string) {
    this.#setAddress('-6', address, 6);
  }

  /** Removes the interface and ends the stream. */
  release(callback?: () => void): void {
    if (callback !== undefined) {
      if (this.closed) process.nextTick(callback);
      else this.once('close', callback);
    }
    this.destroy();
  }

  /**
   * Hands one datagram to the kernel immediately. Always returns true: nothing is ever buffered here.
   *
   * Bypasses the stream's own machinery, which would end at the first error.
   */
  override write(chunk: Uint8Array, callback?: WriteCallback): boolean;
  override write(chunk: Uint8Array, encoding?: BufferEncoding, callback?: WriteCallback): boolean;
  override write(chunk: Uint8Array, second?: BufferEncoding | WriteCallback, third?: WriteCallback): boolean {
    const callback = typeof second === 'function' ? second : third;
    if (this.destroyed || this.writableEnded || !(chunk instanceof Uint8Array)) {
      return super.write(chunk, callback);
    }
    const error = this.#writeNow(chunk);
    if (callback !== undefined) process.nextTick(callback, error);
    return true;
  }

  /** Writes the last datagram, from `end(datagram)`. */
  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    this.#writeNow(chunk);
    callback();
  }

  override _read(): void {
    if (this.#isListening) this.#descriptor.resume(false);
    else this.#descriptor.listen(buffer, (count, errno) => this.#ready(count, errno));
    this.#isListening = true;
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#descriptor?.close();
    callback(error);
  }

  #ready(count: number, errno: number): void {
    let wanted = true;
    for (let i = 0; i < count; i++) {
      const at = buffer.offsets[i]!;
      wanted = this.push(Buffer.from(buffer.octets.subarray(at, at + buffer.lengths[i]!)));
    }
    if (errno === EBADFD || errno === EBADF || errno === EFAULT) this.destroy(systemError(EBADFD, 'read'));
    else if (!wanted && !this.destroyed) this.#descriptor.pause();
  }

  #writeNow(datagram: Uint8Array): Error | null {
    const errors = new Int32Array(1);
    const length = Uint32Array.of(datagram.length);
    if (this.#descriptor.write(datagram, Uint32Array.of(0), length, 1, errors) === 0) return null;
    const error = systemError(errors[0]!, 'write');
    this.emit('refused', error, datagram);
    return error;
  }

  #address(family: 'inet' | 'inet6'): string | undefined {
    const found = this.#show().addr_info.find((address) => address.family === family);
    return found === undefined ? undefined : `${found.local}/${found.prefixlen}`;
  }

  #show(): LinkDescription {
    const shown = JSON.parse(this.#ip(['-j', 'addr', 'show', 'dev', this.name])) as LinkDescription[];
    return shown.find((link) => link.mtu !== undefined)!;
  }

  #ip(args: readonly string[]): string {
    return ipProgram(args, this.#namespace);
  }

  #setAddress(option: '-4' | '-6', address: string, version: 4 | 6): void {
    const [host, length, ...more] = address.split('/');
    const longest = version === 4 ? 32 : 128;
    const isValid =
      isIP(host!) === version &&
      /^\d{1,3}$/.test(length ?? '') &&
      Number(length) <= longest &&
      more.length === 0;
    if (!isValid) throw systemError(EINVAL, version === 4 ? 'ipv4' : 'ipv6');
    this.#ip([option, 'addr', 'flush', 'dev', this.name, 'scope', 'global']);
    this.#ip([option, 'addr', 'add', address, 'dev', this.name]);
  }
}

/** What `ip -j addr` prints about a device. */
interface LinkDescription {
  readonly mtu: number;
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

/** Turns a `Failure` into an error in the shape of Node's own. */
function open(name: string, namespace: string | undefined): { descriptor: Descriptor; name: string } {
  checkDeviceName(name);
  try {
    return nativeDriver().open(namespace, name, false);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const { message, fix } = openFailure({ device: name, namespace }, error);
    throw Object.assign(error, { message: fix === undefined ? message : `${message}. ${fix}` });
  }
}
