import { fragmentOptions } from '../../../src/ip/fragment.js';
import * as ipv4 from '../../../src/ip/header.js';
import { validate } from '../../../src/ip/header.js';
import { finishedRoute, rewriteOptions } from '../../../src/ip/option-rewrite.js';
import { isOptionFault, parseOptions, planOptions } from '../../../src/ip/options.js';
import { errorOptions, replyOptions } from '../../../src/ip/options-reply.js';
import type { OptionSettings } from '../../../src/settings.js';
import { START } from '../../../src/time.js';
import { datagram, ip } from '../../support/datagram.js';
import { testInterface } from '../../support/router.js';
import { guarded } from '../guard.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

const OURS = [ip('192.0.2.1'), ip('198.51.100.1')];
const isOurs = (address: number): boolean => OURS.includes(address);

const BLUE = testInterface('blue', ['198.51.100.1/24']);

const PROCESS: OptionSettings = {
  recordRoute: 'process',
  timestamp: 'process',
  routerAlert: 'process',
  looseSourceRoute: 'process',
  strictSourceRoute: 'process',
  other: 'process',
};

/** The first octet chooses the destination and whether there is a clock; the rest, at most 40, are the options. */
export const options: Target = {
  name: 'options',
  run: (octets) => {
    const choice = octets[0] ?? 0;
    const destination = (choice & 1) === 0 ? OURS[0]! : ip('203.0.113.9');
    const original = datagram({ destination, options: octets.subarray(1, 41) });
    const changed = guarded(original.slice());
    const plan = planOptions(changed, PROCESS, isOurs);
    insist(
      original.every((octet, at) => octet === changed[at]),
      'a plan changes nothing',
      original,
    );
    const copied = fragmentOptions(changed);
    insist(copied.length % 4 === 0 && copied.length <= 40, 'copied options make whole words', original);
    answer(changed, choice);
    if (plan.fault !== undefined) {
      insist(plan.fault.pointer < ipv4.headerLength(original), 'a fault points into the header', original);
      return;
    }
    if (isOurs(plan.destination)) {
      check(
        original,
        finishedRoute(changed, PROCESS, isOurs, (length) => new Uint8Array(length)),
      );
      insist(
        original.every((octet, at) => octet === changed[at]),
        'a finished route is a copy',
        original,
      );
      return;
    }
    rewriteOptions(changed, plan, PROCESS, OURS[1]!, isOurs, (choice & 2) === 0 ? undefined : 1000);
    check(original, changed);
  },
  seeds: [
    [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0],
    [68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    [68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [68, 12, 5, 3, 192, 0, 2, 1, 0, 0, 0, 0],
    [68, 12, 13, 0x10, 1, 1, 1, 1, 2, 2, 2, 2],
    [131, 11, 4, 198, 51, 100, 1, 203, 0, 113, 9],
    [137, 7, 4, 203, 0, 113, 9, 148, 4, 0, 0],
    [131, 7, 8, 203, 0, 113, 9, 1, 1, 130, 3, 0],
  ].flatMap((seed) => [0, 1, 2, 3].map((choice) => Uint8Array.from([choice, ...seed]))),
  longest: 41,
  words: [
    [192, 0, 2, 1],
    [198, 51, 100, 1],
    [224, 0, 0, 1],
    [255, 255, 255, 255],
    [7, 7, 4],
    [68, 8, 5, 0],
    [131, 7, 4],
    [137, 7, 4],
    [148, 4, 0, 0],
  ].map((word) => Uint8Array.from(word)),
};

/** What a rewritten header may differ in: options, destination and checksum. */
const check = (original: Uint8Array, changed: Uint8Array): void => {
  insist(validate(changed) === undefined, 'a rewritten header passes the gate', original);
  insist(changed.length === original.length, 'no option changes the length', original);
  if (hasRightSlots(original))
    insist(!isOptionFault(parseOptions(changed)), 'rewritten options are right', original);
  for (let at = 0; at < original.length; at += 1) {
    const mayChange = (at >= 10 && at < 12) || (at >= 16 && at < ipv4.headerLength(original));
    insist(mayChange || original[at] === changed[at], `octet ${at} stays`, original);
  }
};

/** The options of answers make whole words that fit into a header and can be read. */
const answer = (original: Uint8Array, choice: number): void => {
  const router = {
    isOurs,
    exitTo: () => ({ egress: BLUE, nextHop: ip('198.51.100.10') }),
    addressOn: () => OURS[1],
    utcMilliseconds: () => ((choice & 2) === 0 ? undefined : 1000),
  };
  for (const { options: written } of [
    replyOptions(original, OURS[0]!, router, START),
    errorOptions(original, (choice & 4) !== 0),
  ]) {
    insist(written.length % 4 === 0 && written.length <= 40, 'answered options fit', original);
    if (!hasRightSlots(original)) continue;
    const isReadable = !isOptionFault(parseOptions(datagram({ options: written })));
    insist(isReadable, 'answered options are right', original);
  }
};

/**
 * Whether options end behind a slot, their pointers stand at one, and overflows have some way to go.
 *
 * Nobody demands the first two, but a sender that gets it wrong runs into an error further on; and a Timestamp that
 * can count no further is one by itself.
 */
const hasRightSlots = (original: Uint8Array): boolean => {
  const parsed = parseOptions(original);
  if (isOptionFault(parsed)) return false;
  const { recordRoute, sourceRoute, timestamp } = parsed;
  const isAt = (at: number | undefined, first: number, slot: number): boolean =>
    at === undefined ||
    ((original[at + 2]! - first) % slot === 0 && (original[at + 1]! + 1 - first) % slot === 0);
  const hasRightTimestamp =
    timestamp === undefined ||
    (original[timestamp + 3]! < 0xd0 && isAt(timestamp, 5, (original[timestamp + 3]! & 15) === 0 ? 4 : 8));
  return isAt(recordRoute, 4, 4) && isAt(sourceRoute, 4, 4) && hasRightTimestamp;
};
