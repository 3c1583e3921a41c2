import type { Address } from '../address.js';
import type { Instant } from '../time.js';
import type { Action } from './action.js';
import type { HostMembership } from './host-membership.js';
import * as igmp from './message.js';

/** What a host does about all its groups, of which it may have thousands: a piece at a time. */
export interface Walk {
  readonly kind: 'report' | 'answer' | 'spread';
  /** Those to come: of a map, which may change meanwhile. */
  readonly memberships: Iterator<readonly [Address, HostMembership]>;
  readonly since: Instant;
  /** Does it for a piece. */
  take(piece: readonly Step[], now: Instant): readonly Action[];
}

type Step = readonly [Address, HostMembership];

/** Octets of records: an answer fills datagrams; whatever else is done is done for each group by itself. */
const PIECE = { report: 256, answer: 1400, spread: 256 };

/** The next piece of a walk, and whether it was the last. */
export const nextPiece = ({
  kind,
  memberships,
}: Walk): { readonly piece: Step[]; readonly isLast: boolean } => {
  const piece: Step[] = [];
  let octets = 0;
  while (octets < PIECE[kind]) {
    const next = memberships.next();
    if (next.done === true) return { piece, isLast: true };
    piece.push(next.value);
    octets += igmp.RECORD_LENGTH + 4 * next.value[1].sources.size;
  }
  return { piece, isLast: false };
};
