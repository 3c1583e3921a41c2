import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { addressOctets } from '../../support/datagram.js';
import { type Expectation, passedOn } from '../expectation.js';
import { DUT, linkOf, type PortNumber, ROUTER } from '../topology.js';
import { error } from './expects.js';
import { joined } from './sends.js';

/** In front of an extension the quote has this length. */
export const QUOTE_LENGTH = 128;

/** A name with its length in front, filled up with NUL to a multiple of 4 octets. */
export const named = (text: string): number[] => {
  const length = (1 + text.length + 3) & ~3;
  return [length, ...Buffer.from(text), ...new Array<number>(length - 1 - text.length).fill(0)];
};

/** A number of four octets. */
export const word = (value: number): number[] => [0, 0, value >>> 8, value & 255];

/** An object of an extension: length, class and C-Type, then its parts. */
export const objectOf = (kind: number, type: number, ...parts: readonly (readonly number[])[]): number[] => {
  const payload = parts.flat();
  return [0, 4 + payload.length, kind, type, ...payload];
};

/** An Interface Information Object: class 2, and a C-Type of role and parts. */
export const object = (type: number, ...parts: readonly (readonly number[])[]): number[] =>
  objectOf(2, type, ...parts);

/** All four parts of one port: index, address, name and MTU, in that order. */
export const portObject = (role: 0 | 2, port: PortNumber, mtu = 1500): number[] =>
  object(
    (role << 6) | 0x0f,
    word(port + 1),
    [0, 1, 0, 0, ...addressOctets(ROUTER[port])],
    named(`${DUT}.${linkOf(port)}`),
    word(mtu),
  );

/** The extension header, version 2 with a checksum over all of it, and its objects. */
export const extension = (...objects: readonly (readonly number[])[]): Uint8Array => {
  const octets = Uint8Array.from([0x20, 0, 0, 0, ...objects.flat()]);
  writeUint16(octets, 2, checksum(octets, 0, octets.length));
  return octets;
};

export interface ExtendedWords {
  readonly type?: number;
  readonly code?: number;
  /** The first octet of the second header word, and its last two. */
  readonly pointer?: number;
  readonly mtu?: number;
  readonly objects: readonly (readonly number[])[];
  readonly to?: string;
  readonly on?: PortNumber;
}

/** An error with an extension: the quote filled up with zeros to 128 octets, of which the length octet tells. */
export const extended =
  ({ type = 11, code = 0, pointer = 0, mtu = 0, objects, on = 0 }: ExtendedWords): Expectation =>
  (sent) => {
    const bodyOf = (quoted: Uint8Array): Uint8Array => {
      const quote = new Uint8Array(QUOTE_LENGTH);
      quote.set(quoted.subarray(0, QUOTE_LENGTH));
      return joined([pointer, QUOTE_LENGTH / 4, mtu >>> 8, mtu & 255], quote, extension(...objects));
    };
    const original = sent.at(-1)!;
    const wanted = error({ on, type, code, body: bodyOf(original) })(sent);
    return { ...wanted, orElse: [error({ on, type, code, body: bodyOf(passedOn(original)) })(sent).octets] };
  };
