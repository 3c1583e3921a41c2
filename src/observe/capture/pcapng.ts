import { endianness } from 'node:os';

/** Raw IPv4, with nothing in front of it. Source: https://www.tcpdump.org/linktypes.html, LINKTYPE_IPV4. */
export const LINKTYPE_IPV4 = 228;
/** The longest datagram there is; a device may say a little more. In octets. */
export const WHOLE = 65_535;

export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

/** The direction of a frame, in the lowest bits of `epb_flags`. Source: draft-ietf-opsawg-pcapng §4.3.1. */
export const INBOUND = 1;
export const OUTBOUND = 2;
export const UNKNOWN_DIRECTION = 0;

const COMMENT = 1;
const IS_LITTLE = endianness() === 'LE';

/** Two numbers of 16 bits, in their order in the file, as a word of this machine. */
export const pair = (first: number, second: number): number =>
  (IS_LITTLE ? (second << 16) | first : (first << 16) | second) >>> 0;

/** A number as two words, in their order in the file. */
export const wide = (number: number): readonly [number, number] => {
  const [high, low] = [Math.floor(number / 2 ** 32), number >>> 0];
  return IS_LITTLE ? [low, high] : [high, low];
};

/** A moment as a block has it: microseconds since 1970, high word and low word. */
export const stampOf = (milliseconds: number): readonly [high: number, low: number] => {
  const microseconds = Math.round(milliseconds * 1000);
  return [Math.floor(microseconds / 2 ** 32), microseconds >>> 0];
};

/**
 * The beginning of a section. Numbers of this file are in the byte order of this machine, as its magic says.
 *
 * Source: draft-ietf-opsawg-pcapng §4.1.
 */
export const sectionHeader = (program: string): Uint8Array =>
  block(SECTION_HEADER, words(0x1a2b3c4d, pair(1, 0), 0xffffffff, 0xffffffff), option(4, text(program)), END);

/** One interface of a section, of which the next number is taken. Source: draft-ietf-opsawg-pcapng §4.2. */
export const interfaceDescription = (name: string, description: string, snaplen: number): Uint8Array =>
  block(
    INTERFACE_DESCRIPTION,
    words(pair(LINKTYPE_IPV4, 0), snaplen),
    option(2, text(name)),
    option(3, text(description)),
    END,
  );

/** How many frames an interface had, and how many of them are missing. Source: draft-ietf-opsawg-pcapng §4.6. */
export const interfaceStatistics = (
  number: number,
  at: number,
  { received, dropped }: { readonly received: number; readonly dropped: number },
): Uint8Array =>
  block(
    INTERFACE_STATISTICS,
    words(number, ...stampOf(at)),
    option(4, words(...wide(received))),
    option(5, words(...wide(dropped))),
    END,
  );

/** The comment of a block, as an option. */
export const commentOption = (comment: string): Uint8Array => option(COMMENT, text(comment));

/** The words of a block that holds a frame, by their place. Source: draft-ietf-opsawg-pcapng §4.3. */
export const FRAME = {
  type: 0,
  length: 1,
  interface: 2,
  high: 3,
  low: 4,
  kept: 5,
  original: 6,
  data: 7,
} as const;
/** The octets of its end: no more options, and its length again. */
export const FRAME_END = 8;

export interface Counted {
  readonly frames: number;
  /** Of the datagrams, as they were, not as they were cut. */
  readonly octets: number;
}

/** What a run of whole blocks holds, from an offset on. */
export const countedIn = (blocks: Uint8Array, from = 0): Counted => {
  let [frames, octets] = [0, 0];
  for (const { type, view } of blocksIn(blocks, from)) {
    if (type !== ENHANCED_PACKET) continue;
    frames += 1;
    octets += view.getUint32(FRAME.original * 4, IS_LITTLE);
  }
  return { frames, octets };
};

/** How many frames the statistics in a run of blocks say are missing. */
export const statisticsIn = (blocks: Uint8Array): { readonly dropped: number } => {
  let dropped = 0;
  for (const { type, view } of blocksIn(blocks))
    if (type === INTERFACE_STATISTICS) dropped += view.getUint32(DROPPED + (IS_LITTLE ? 0 : 4), IS_LITTLE);
  return { dropped };
};

/** Where the first statistics in a run of blocks begin; its end where there are none. */
export const statisticsAt = (blocks: Uint8Array): number => {
  for (const { type, from } of blocksIn(blocks)) if (type === INTERFACE_STATISTICS) return from;
  return blocks.length;
};

/** Has the statistics in a run of blocks say that so many more frames are missing. */
export const addDropped = (blocks: Uint8Array, more: number): void => {
  for (const { type, view } of blocksIn(blocks)) {
    if (type !== INTERFACE_STATISTICS) continue;
    const at = DROPPED + (IS_LITTLE ? 0 : 4);
    view.setUint32(at, view.getUint32(at, IS_LITTLE) + more, IS_LITTLE);
  }
};

/** Where the count of missing frames stands in our statistics, in octets. */
const DROPPED = 36;

export interface Block {
  readonly type: number;
  /** Where it begins and ends in what was given. */
  readonly from: number;
  readonly to: number;
  readonly view: DataView;
}

/** The whole blocks of a run, in the byte order of this machine; it may end in the middle of one. */
export function* blocksIn(octets: Uint8Array, from = 0): Generator<Block, void> {
  for (let at = from; at + 12 <= octets.length; ) {
    const view = new DataView(octets.buffer, octets.byteOffset + at);
    const length = view.getUint32(4, IS_LITTLE);
    if (length < 12 || at + length > octets.length) return;
    yield { type: view.getUint32(0, IS_LITTLE), from: at, to: at + length, view };
    at += length;
  }
}

const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const text = (value: string): Uint8Array => new TextEncoder().encode(value.slice(0, 4096));
const END = words(0);

const option = (code: number, value: Uint8Array): Uint8Array => {
  const octets = new Uint8Array(4 + padded(value.length));
  octets.set(words(pair(code, value.length)));
  octets.set(value, 4);
  return octets;
};

const padded = (length: number): number => (length + 3) & ~3;

const block = (type: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([words(type, length), ...parts, words(length)]);
};
