import * as ipv4 from '../../../src/ip/header.js';
import { validate } from '../../../src/ip/header.js';
import { DEFAULT_LIMITS, type GivenUp, REASSEMBLY_TIMEOUT, Reassembly } from '../../../src/ip/reassemble.js';
import { after, START, seconds } from '../../../src/time.js';
import { datagram } from '../../support/datagram.js';
import { guarded } from '../guard.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

const LIMITS = { totalOctets: 16 * 1024, datagramsPerSource: 3 };
/** Choice, offset, length, seconds. */
const RECORD = 4;

/** Every four octets say one fragment: whose it is and of what kind, where it begins, how long it is, how much later. */
export const reassembly: Target = {
  name: 'reassembly',
  run: (octets) => {
    for (const limits of [LIMITS, DEFAULT_LIMITS]) replay(octets, limits);
  },
  seeds: [
    [0x20, 0, 1, 0, 0x00, 1, 1, 0],
    [0x00, 1, 1, 0, 0x20, 0, 1, 0],
    [0x20, 0, 2, 0, 0x20, 1, 2, 0, 0x00, 3, 1, 0],
    [0x20, 0, 1, 0, 0x21, 0, 1, 0, 0x22, 0, 1, 0, 0x23, 0, 1, 0, 0x24, 0, 1, 40],
    [0x23, 0, 255, 0, 0x20, 255, 255, 0, 0x00, 1, 3, 0],
  ].map((seed) => Uint8Array.from(seed)),
  longest: 256,
  words: [
    [0x20, 0, 1, 0],
    [0x00, 1, 1, 0],
    [0x20, 1, 1, 0],
  ].map((word) => Uint8Array.from(word)),
};

const replay = (octets: Uint8Array, limits: typeof LIMITS): void => {
  const waiting = new Reassembly<number>(limits);
  let now = START;
  let ended = 0;
  let came = 0;
  let octetsCame = 0;
  let octetsEnded = 0;
  const giveUp = ({ fragments, octets: lost, first }: GivenUp<number>): void => {
    ended += fragments;
    octetsEnded += lost;
    if (first !== undefined) insist(validate(first) === undefined, 'what is given up can be quoted', first);
  };
  for (let at = 0; at + RECORD <= octets.length; at += RECORD) {
    const piece = fragmentOf(octets.subarray(at, at + RECORD));
    now = after(now, seconds(octets[at + 3]! & 63));
    waiting.poll(now, giveUp);
    came += 1;
    octetsCame += piece.length;
    const outcome = waiting.accept(guarded(piece), at, now, giveUp);
    if (outcome.fate !== 'held') {
      ended += outcome.fragments;
      octetsEnded += outcome.octets;
    }
    if (outcome.fate === 'complete' && ipv4.isFragment(piece)) {
      insist(validate(outcome.datagram) === undefined, 'what is complete passes the gate', outcome.datagram);
      insist(!ipv4.isFragment(outcome.datagram), 'what is complete is no fragment', outcome.datagram);
      checkPattern(outcome.datagram);
    }
    insist(came === ended + waiting.held, `every fragment has one fate: ${came}, ${ended}, ${waiting.held}`);
    insist(waiting.cost <= limits.totalOctets, `${waiting.cost} octets wait`);
    insist(waiting.cost >= waiting.held, 'what waits costs something');
  }
  waiting.poll(after(now, REASSEMBLY_TIMEOUT), giveUp);
  insist(
    came === ended && octetsCame === octetsEnded,
    'in the end every fragment and octet has had its fate',
  );
  insist(waiting.held === 0 && waiting.cost === 0, 'in the end nothing waits');
  insist(waiting.nextDeadline() === Number.POSITIVE_INFINITY, 'in the end nothing is due');
};

/** Its octets tell their place, so that a wrong one is seen. */
const fragmentOf = ([choice = 0, offset = 0, length = 0, more = 0]: Uint8Array): Uint8Array => {
  const start = (offset << 3) | ((more & 0x80) << 6) | ((more & 0x40) << 9);
  const octets = length * 8 + ((choice & 0x40) === 0 ? 0 : 3);
  return datagram({
    id: choice & 7,
    tos: (choice >>> 3) & 3,
    flags: (choice & 0x20) === 0 ? 0 : ipv4.FLAG_MORE_FRAGMENTS,
    offset: Math.min(start, 0xfff8),
    protocol: 253,
    options: (choice & 0x80) === 0 ? [] : [148, 4, 0, 0],
    payload: Uint8Array.from({ length: octets }, (_, at) => patternAt(Math.min(start, 0xfff8) + at)),
  });
};

const patternAt = (at: number): number => (at * 31 + (at >>> 8)) & 255;

const checkPattern = (whole: Uint8Array): void => {
  const start = ipv4.headerLength(whole);
  for (let at = start; at < whole.length; at += 1)
    insist(whole[at] === patternAt(at - start), `octet ${at} is where it belongs`, whole);
};
