import { parseChange } from '../../change/change.js';
import type { ChangeResult } from '../../control/change.js';
import { performChange } from '../../lab/change/perform.js';
import type { LabLoop } from '../../lab/loop.js';
import { accepted } from '../../text/fault.js';

/** Changes a running lab as the words say; throws a `Failure` if they mean nothing (2) or the lab refuses (7). */
export const change = (loop: LabLoop, words: readonly string[]): ChangeResult => {
  const wanted = accepted(parseChange(words));
  return loop.perform((now) => performChange(loop.lab, wanted, now));
};
