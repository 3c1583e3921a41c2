import type { Address } from '../address.js';
import { uint32, writeUint32 } from './octets.js';
import {
  ADDRESSES_AND_TIMES,
  isFull,
  MAXIMUM_OVERFLOW,
  PRESPECIFIED_ADDRESSES,
  TIMES_ONLY,
} from './options.js';
import { pointerOf } from './source-route.js';

/**
 * The timestamp for a clock that cannot be trusted; its first bit means a non-standard time.
 *
 * Source: RFC 791 §3.1.
 */
export const NON_STANDARD_TIME = 0x8000_0000;

/**
 * Writes an address into the next slot of the Record Route option at `at`, unless it is full.
 *
 * The header checksum is left to the caller. Source: RFC 1812 §4.2.2.2, §5.3.13.5.
 */
export const stampRecordRoute = (octets: Uint8Array, at: number, address: Address): void => {
  if (isFull(octets, at)) return;
  const pointer = pointerOf(octets, at);
  writeUint32(octets, at + pointer - 1, address);
  octets[at + 2] = pointer + 4;
};

/**
 * Writes the time, and the address if requested, into the next slot of the Timestamp option at `at`.
 *
 * If it is full, its overflow count is incremented. If the next slot names an address that is not ours, nothing
 * changes. `utcMilliseconds` counts from midnight UT; undefined if the clock cannot be trusted. The header checksum
 * is left to the caller.
 *
 * Source: RFC 791 §3.1, RFC 1812 §5.3.13.6.
 */
export const stampTimestamp = (
  octets: Uint8Array,
  at: number,
  address: Address,
  isOurs: (address: Address) => boolean,
  utcMilliseconds: number | undefined,
): void => {
  const pointer = pointerOf(octets, at);
  const flag = octets[at + 3]! & 15;
  const time = utcMilliseconds === undefined ? NON_STANDARD_TIME : Math.floor(utcMilliseconds);
  const slot = at + pointer - 1;
  if (isFull(octets, at)) {
    if (flag !== PRESPECIFIED_ADDRESSES && octets[at + 3]! >>> 4 < MAXIMUM_OVERFLOW) octets[at + 3]! += 0x10;
    return;
  }
  if (flag === TIMES_ONLY) {
    writeUint32(octets, slot, time);
    octets[at + 2] = pointer + 4;
    return;
  }
  if (flag === ADDRESSES_AND_TIMES) writeUint32(octets, slot, address);
  else if (!isOurs(uint32(octets, slot))) return;
  writeUint32(octets, slot + 4, time);
  octets[at + 2] = pointer + 8;
};
