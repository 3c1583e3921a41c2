import { describe, expect, it } from 'vitest';
import type { ReadBuffer } from '../../src/tun/arena.js';
import type { Descriptor, Driver, Ready } from '../../src/tun/descriptor.js';
import { watchLinks } from '../../src/tun/link-watch.js';
import { LITTLE, request } from '../../src/tun/netlink.js';
import { ip } from '../support/datagram.js';

const ENOBUFS = 105;
const DONE = 3;
const NEW_LINK = 16;
const NEW_ADDRESS = 20;
const NEW_ROUTE = 24;
const DELETED_ROUTE = 25;
const KINDS: Readonly<Record<number, string>> = { 18: 'links', 22: 'addresses', 26: 'routes' };

/** A message about link 7; its only attribute is the last octet of 192.0.2.x. */
const message = (type: number, last = 0): Uint8Array => {
  const fixed = type === NEW_ADDRESS ? 8 : 16;
  const octets = new Uint8Array(16 + fixed + (type === NEW_ADDRESS ? 8 : 0));
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint32(20, 7, LITTLE);
  if (type !== NEW_ADDRESS) return octets;
  octets[16] = 2;
  view.setUint16(24, 8, LITTLE);
  view.setUint16(26, 2, LITTLE);
  octets.set([192, 0, 2, last], 28);
  return octets;
};

/** A route by link 7 via 192.0.2.x. */
const route = (last: number, type = NEW_ROUTE): Uint8Array => {
  const via = Uint8Array.of(192, 0, 2, last);
  const octets = request(type, 0, Uint8Array.of(2, ...new Uint8Array(11)), [
    [5, via],
    [4, 7],
  ]);
  return octets;
};

/** A kernel that does one dump at a time: whatever else is asked for meanwhile it refuses. */
class FakeKernel {
  /** What is being dumped. */
  dumping: string | undefined;
  refused = 0;
  #buffer: ReadBuffer | undefined;
  #ready: Ready = () => {};

  readonly driver = { openLinkSocket: (): Descriptor => this.#descriptor } as unknown as Driver;

  readonly #descriptor = {
    listen: (buffer: ReadBuffer, ready: Ready): void => {
      this.#buffer = buffer;
      this.#ready = ready;
    },
    write: (octets: Uint8Array): number => {
      if (this.dumping !== undefined) this.refused++;
      else this.dumping = KINDS[new DataView(octets.buffer).getUint16(4, LITTLE)];
      return 0;
    },
    resume: (): void => {},
    setReferenced: (): void => {},
    close: (): void => {},
  } as unknown as Descriptor;

  /** What one burst brings; DONE ends the dump. */
  says(messages: readonly Uint8Array[], errno = 0): void {
    const { octets, offsets, lengths } = this.#buffer!;
    const burst = Buffer.concat(messages);
    octets.set(burst);
    [offsets[0], lengths[0]] = [0, burst.length];
    if (messages.some((each) => new DataView(each.buffer).getUint16(4, LITTLE) === DONE))
      this.dumping = undefined;
    this.#ready(messages.length === 0 ? 0 : 1, errno, false);
  }
}

const watched = () => {
  const kernel = new FakeKernel();
  const told: string[] = [];
  watchLinks(kernel.driver, undefined, {
    linkChanged: ({ index }) => told.push(`link ${index}`),
    addressesChanged: (index, addresses) => told.push(`${index}: ${addresses.join()}`),
    routesChanged: (named) => told.push(`via ${[...named(7)].map((each) => each & 255).join(' ')}`),
  });
  return { kernel, told };
};

describe('a watch over the links of a namespace', () => {
  it('asks for the links, then for their addresses, then for the routes', () => {
    const { kernel, told } = watched();
    expect(kernel.dumping).toBe('links');
    kernel.says([message(NEW_LINK), message(DONE)]);
    expect(kernel.dumping).toBe('addresses');
    kernel.says([message(NEW_ADDRESS, 1)]);
    expect(told).toEqual(['link 7']);
    kernel.says([message(DONE)]);
    expect(told).toEqual(['link 7', `7: ${ip('192.0.2.1')}`]);
    expect(kernel.dumping).toBe('routes');
    kernel.says([route(1), message(DONE)]);
    expect(told.slice(2)).toEqual(['via 1']);
    expect(kernel.dumping).toBeUndefined();
  });

  it('tells which next hops routes have named, and of every change of a route or a rule', () => {
    const { kernel, told } = watched();
    kernel.says([message(NEW_LINK), message(DONE), message(DONE)]);
    kernel.says([message(DONE)]);
    kernel.says([route(1), route(2)]);
    kernel.says([route(2, DELETED_ROUTE)]);
    kernel.says([request(32, 0, new Uint8Array(12))]);
    expect(told).toEqual(['link 7', 'via ', 'via 1 2', 'via 1 2', 'via 1 2']);
  });

  it('asks for all of it again when changes were lost', () => {
    const { kernel, told } = watched();
    kernel.says([message(NEW_LINK), message(DONE)]);
    kernel.says([message(NEW_ADDRESS, 1), message(DONE)]);
    kernel.says([route(1), message(DONE)]);
    kernel.says([], ENOBUFS);
    expect(kernel.dumping).toBe('links');
    kernel.says([message(NEW_LINK), message(DONE)]);
    kernel.says([message(NEW_ADDRESS, 2), message(DONE)]);
    kernel.says([route(2), message(DONE)]);
    expect(told.slice(3)).toEqual(['link 7', `7: ${ip('192.0.2.2')}`, 'via 2']);
  });

  it.each(['links', 'addresses', 'routes'])(
    'waits for the end of a list of %s that changes were lost in',
    (kind) => {
      const { kernel, told } = watched();
      if (kind !== 'links') kernel.says([message(DONE)]);
      if (kind === 'routes') kernel.says([message(DONE)]);
      kernel.says([], ENOBUFS);
      expect(kernel.dumping).toBe(kind);
      kernel.says([message(DONE)]);
      expect(kernel.dumping).toBe('links');
      kernel.says([message(NEW_LINK), message(DONE)]);
      expect(kernel.dumping).toBe('addresses');
      kernel.says([message(NEW_ADDRESS, 1), message(DONE)]);
      kernel.says([message(DONE)]);
      expect(told).toEqual(['link 7', `7: ${ip('192.0.2.1')}`, 'via ']);
      expect([kernel.dumping, kernel.refused]).toEqual([undefined, 0]);
    },
  );
});
