import type { Address } from '../address.js';
import { type Instant, NEVER } from '../time.js';
import { type Action, NO_ACTIONS } from './action.js';
import type { HostMembership } from './host-membership.js';
import * as igmp from './message.js';
import { currentState } from './own-records.js';

/** What a host does about many of its groups, of which it may have thousands: a piece at a time. */
export interface Walk {
  readonly kind: 'settings' | 'report' | 'answer' | 'spread';
  /** Those to come: of a map or a set, which may change meanwhile. */
  readonly memberships: Iterator<Step>;
  readonly since: Instant;
  /** Does it for a piece. */
  take(piece: readonly Step[], now: Instant): readonly Action[];
}

type Step = readonly [Address, HostMembership];

/** Octets of records: an answer fills datagrams; whatever else is done is done for each group by itself. */
const PIECE = { settings: 256, report: 256, answer: 1400, spread: 256 };

/** What a host has begun to do about many of its groups, at most one walk of a kind. */
export class Walks {
  #walks: readonly Walk[] = [];

  /** Begins one, unless one of its kind is on its way; does the first piece at once where no other one is. */
  begin(walk: Walk): readonly Action[] {
    if (this.#walks.some(({ kind }) => kind === walk.kind)) return NO_ACTIONS;
    this.#walks = [...this.#walks, walk];
    return this.#walks.length > 1 ? NO_ACTIONS : this.goOn(walk.since);
  }

  /** Does the next piece; there must be one, see {@link since}. */
  goOn(now: Instant): readonly Action[] {
    const walk = this.#walks[0]!;
    const { piece, isLast } = nextPiece(walk);
    if (isLast) this.#walks = this.#walks.slice(1);
    return piece.length === 0 ? NO_ACTIONS : walk.take(piece, now);
  }

  /** Ends what there is to say to others, who have forgotten us; what the settings want is still to be wanted. */
  forget(): void {
    this.#walks = this.#walks.filter(({ kind }) => kind === 'settings');
  }

  /** Since when there is something to do. */
  get since(): Instant {
    return this.#walks[0]?.since ?? NEVER;
  }
}

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

/** Answers a general query for a piece. */
export const answered: Walk['take'] = (piece) => [{ type: 'send-report', records: piece.map(currentState) }];
