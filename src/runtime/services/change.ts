import { type Change, type ChangeKind, parseChange } from '../../change/change.js';
import type { ChangeResult } from '../../control/change.js';
import { performChange } from '../../lab/change/perform.js';
import type { LabLoop } from '../../lab/loop.js';
import { accepted } from '../../text/fault.js';
import type { Instant } from '../../time.js';

/** The lab that is changed. */
type Changed = Pick<LabLoop, 'lab' | 'perform'>;

/** Changes a running lab as the words say; throws a `Failure` if they mean nothing (2) or the lab refuses (7). */
export const change = (loop: Changed, words: readonly string[]): ChangeResult => {
  const wanted = accepted(parseChange(words));
  return loop.perform((now) => {
    const result = performChange(loop.lab, wanted, now);
    tell(loop, wanted, words, now);
    return result;
  });
};

/** The changes that no other event tells of. */
const CHANGES_OF_SETTINGS: ReadonlySet<ChangeKind> = new Set(['filter add', 'filter del', 'icmp set']);

const tell = (
  { lab: { observer } }: Changed,
  { kind }: Change,
  words: readonly string[],
  time: Instant,
): void => {
  if (CHANGES_OF_SETTINGS.has(kind) && observer.wants('config'))
    observer.notify({ type: 'config', time, event: 'applied', message: words.join(' ') });
};
