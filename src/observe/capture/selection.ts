import { isOfRouter } from '../../book.js';
import type { DropReason } from '../../drop-reason.js';
import * as ipv4 from '../../ip/header.js';
import { type Match, type Matchable, parseMatch } from '../../text/match.js';
import { datagramFields } from '../datagram-fields.js';
import type { Fate } from './journal.js';

export type Only = 'drops' | 'forwarded' | 'local';

/** Which frames a capture has. */
export interface Wanted {
  /** As `show interfaces` names it; undefined for all, and the links. */
  readonly interface?: string | undefined;
  readonly only?: Only | undefined;
  /** As `parseMatch` reads it. */
  readonly match?: string | undefined;
}

/** What a frame shows. */
export interface Seen {
  readonly place: string;
  readonly fate: Fate;
  readonly reason: DropReason | undefined;
  readonly id: number;
  /** As far as they are kept. */
  readonly octets: Uint8Array;
  /** The length of the whole datagram, in octets. */
  readonly length: number;
}

/** Whether an address is one of a router's. */
export type IsOfRouters = (address: number) => boolean;

/** Decides about frames; undefined where all are wanted. */
export const selectionOf = (
  { interface: at, only, match }: Wanted,
  isOfRouters: IsOfRouters,
): ((seen: Seen) => boolean) | undefined => {
  const matches: Match | undefined =
    match === undefined || match.trim() === '' ? undefined : parseMatch(match);
  if (at === undefined && only === undefined && matches === undefined) return undefined;
  return (seen) =>
    (at === undefined || seen.place === at) &&
    (only === undefined || only === kindOf(seen, isOfRouters)) &&
    (matches === undefined || matches(fieldsOf(seen)));
};

const fieldsOf = ({ place, reason, octets, length }: Seen): Matchable => ({
  ...datagramFields(octets),
  length,
  interface: place,
  ...(reason === undefined ? {} : { reason }),
});

/** A drop, or to or from a router itself, or on its way between hosts. */
const kindOf = ({ fate, id, octets }: Seen, isOfRouters: IsOfRouters): Only => {
  if (fate === 'ends') return 'drops';
  if (fate === 'stays' || isOfRouter(id)) return 'local';
  const hasAddresses = octets.length >= ipv4.MINIMUM_HEADER_LENGTH;
  return hasAddresses && isOfRouters(ipv4.destination(octets)) ? 'local' : 'forwarded';
};
