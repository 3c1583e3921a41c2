import { describe, expect, it } from 'vitest';
import { Book, type Recorder } from '../../src/book.js';
import { NOBODY } from '../../src/event.js';
import * as ipv4 from '../../src/ip/header.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { unreachableEntrance } from '../../src/router/unreachable-entrance.js';
import { START } from '../../src/time.js';
import { datagram, hex, pattern } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { isTransportRight, superDatagram } from '../support/super-datagram.js';

/** What was sent to a next hop that nobody owns: how it was counted, and what an error would quote. */
const unreachable = (parcel: Parcel, isCaptured = false) => {
  const red = testInterface('red', ['192.0.2.1/24']);
  const quoted: Uint8Array[] = [];
  red.answer = (_reason, _detail, original) => void quoted.push(original);
  const book = new Book(NOBODY);
  const entered: number[] = [];
  const ignored = (): void => {};
  const recorder: Recorder = {
    entered: (_, { datagrams }) => void entered.push(datagrams),
    ...{ goesOn: ignored, left: ignored, ended: ignored, withheld: ignored, refused: ignored, lost: ignored },
  };
  book.recorder = isCaptured ? recorder : undefined;
  unreachableEntrance(red, book).take(parcel, START);
  const { inPackets, inDiscards } = red.counters;
  const drops = [...red.drops].map(([reason, { packets, octets }]) => [reason, packets, octets]);
  return { quoted, counted: [inPackets, inDiscards], drops, entered };
};

const TWO = { segment: 100, length: 150 };

describe('what a host sends to a next hop that nobody owns', () => {
  it('is received, ends as host unreachable, and is quoted as it came, without what is behind it', () => {
    const sent = datagram({ payload: pattern(24) });
    const padded = Uint8Array.of(...sent, 0, 0, 0);
    const { quoted, counted, drops } = unreachable(parcelOf(padded));
    expect([counted, drops]).toEqual([[1, 1], [['host-unreachable', 1, sent.length]]]);
    expect(quoted.map(hex)).toEqual([hex(sent)]);
  });

  it('ends for what is wrong with it, if it is no datagram', () => {
    const sent = datagram({ payload: pattern(24) });
    sent[10]! ^= 1;
    const { quoted, drops } = unreachable(parcelOf(Uint8Array.of(...sent, 0)));
    expect(drops).toEqual([['bad-checksum', 1, sent.length + 1]]);
    expect(quoted.map((each) => each.length)).toEqual([sent.length + 1]);
    const unsound = superDatagram(TWO);
    unsound.octets[10]! ^= 1;
    expect(unreachable(unsound).drops).toEqual([['bad-checksum', 2, 206]]);
  });

  it('is counted as the datagrams that it stands for, and answered once, with the first of them', () => {
    const parcel = superDatagram(TWO);
    const { quoted, counted, drops } = unreachable(parcel);
    expect([counted, drops]).toEqual([[2, 2], [['host-unreachable', 2, 206]]]);
    expect(quoted.map(ipv4.totalLength)).toEqual([128]);
    expect(quoted.every(isTransportRight)).toBe(true);
  });

  it('is one datagram after the other where somebody captures', () => {
    const { quoted, counted, drops, entered } = unreachable(superDatagram(TWO), true);
    expect([entered, counted, drops]).toEqual([[1, 1], [2, 2], [['host-unreachable', 2, 206]]]);
    expect(quoted.map(ipv4.totalLength)).toEqual([128, 78]);
    expect(quoted.every(isTransportRight)).toBe(true);
    expect(unreachable(parcelOf(datagram()), true).entered).toEqual([1]);
  });
});
