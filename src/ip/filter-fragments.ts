import { after, type Duration, type Instant, NEVER } from '../time.js';
import type { FilterDecision } from './filter.js';
import { reassemblyKey } from './fragment-key.js';
import { deleteOldest } from './oldest.js';
import { REASSEMBLY_TIMEOUT } from './reassemble.js';

/** How many datagrams are remembered; beyond that, the oldest is forgotten. */
const REMEMBERED_DATAGRAMS = 1024;

/** The destination reassembles no longer than this, so no fragment that comes later is of use. */
const REMEMBERED_FOR: Duration = REASSEMBLY_TIMEOUT;

interface Remembered {
  readonly decisions: readonly FilterDecision[];
  readonly deadline: Instant;
}

/** What was decided about first fragments, for the fragments that follow them: only the first one has ports. */
export class FragmentDecisions {
  /** In order of their deadlines. */
  readonly #remembered = new Map<string, Remembered>();

  get size(): number {
    return this.#remembered.size;
  }

  /** What was decided about the first fragment of the datagram that a fragment is part of; undefined if it was not seen. */
  of(fragment: Uint8Array): readonly FilterDecision[] | undefined {
    return this.#remembered.get(reassemblyKey(fragment))?.decisions;
  }

  remember(first: Uint8Array, decisions: readonly FilterDecision[], now: Instant): void {
    const key = reassemblyKey(first);
    this.#remembered.delete(key);
    if (this.#remembered.size >= REMEMBERED_DATAGRAMS) deleteOldest(this.#remembered);
    this.#remembered.set(key, { decisions, deadline: after(now, REMEMBERED_FOR) });
  }

  /** Forgets what is too old. */
  poll(now: Instant): void {
    for (const [key, { deadline }] of this.#remembered) {
      if (deadline > now) return;
      this.#remembered.delete(key);
    }
  }

  nextDeadline(): Instant {
    if (this.#remembered.size === 0) return NEVER;
    for (const { deadline } of this.#remembered.values()) return deadline;
    return NEVER;
  }
}
